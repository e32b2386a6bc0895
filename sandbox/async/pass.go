package async

import (
	"context"
	"errors"
	"path"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// copiers is how many files move at once: small files wait for answers.
const copiers = 8

// pass looks at both folders once and makes them the same.
type pass struct {
	session       *session
	local, remote *side
	copier        copier
	steps         []step
	compare       *comparer
	// started is before the look at the folders.
	started time.Time
}

// newPass lists both sides and decides.
func (s *session) newPass(ctx context.Context, local, remote *side) (*pass, error) {
	s.ledger.pass()
	started := time.Now()
	listings := map[*side]*listing{}
	for _, one := range []*side{local, remote} {
		scan := scanner{side: one, session: s.config.Name, filter: s.filter, links: s.config.SymbolicLinks, skip: s.hidden(one)}
		found, err := scan.scan(ctx)
		if err != nil {
			return nil, ascp.FailureOf(one.base, err)
		}
		listings[one] = found
	}
	p := &pass{
		session: s, started: started, local: local, remote: remote, copier: copier{config: s.config, meter: s.meter},
		compare: &comparer{local: local, remote: remote, checksums: s.config.Checksum != noChecksum, sums: map[sumKey]string{}},
	}
	plan := planner{
		config: s.config, filter: s.filter, local: listings[local], remote: listings[remote], known: s.ledger.known(), compare: p.compare,
	}
	var err error
	if p.steps, err = plan.plan(ctx); err != nil {
		return nil, err
	}
	p.dropPartials(local, listings[local])
	p.dropPartials(remote, listings[remote])
	return p, nil
}

// dropPartials removes what an earlier run left of files that are not to be
// transferred now.
func (p *pass) dropPartials(s *side, l *listing) {
	wanted := map[string]bool{}
	for _, step := range p.steps {
		if step.do == toLocal && !s.remote || step.do == toRemote && s.remote {
			wanted[partialName(p.session.config.Name, step.name)] = true
		}
	}
	for _, name := range l.partials {
		if !wanted[name] {
			// One that cannot be removed does no harm: it takes no part.
			_ = s.Remove(s.at(name))
		}
	}
}

// run does the steps. Paths that fail are told and noted; an error ends the
// session.
func (p *pass) run(ctx context.Context) error {
	p.begin()
	for _, phase := range []func(context.Context) error{p.renames, p.deletes, p.folders, p.files, p.lateDeletes} {
		if err := phase(ctx); err != nil {
			return err
		}
	}
	return nil
}

// begin notes what needs no work, and what is waiting.
func (p *pass) begin() {
	for _, s := range p.steps {
		switch s.do {
		case note:
			p.noteSame(s)
		case forget:
			p.session.ledger.forget(s.name)
		case conflict:
			p.session.conflict(s)
		case newer:
			p.session.ledger.mark(s.name, kindOf(s), snapdb.PotentialConflict, "the destination has a newer one")
		case failed:
			p.session.failed(s, s.err)
		case toLocal, toRemote:
			p.session.ledger.mark(s.name, kindOf(s), snapdb.Pending, "")
		}
	}
}

func kindOf(s step) snapdb.Kind {
	source, target := s.ends()
	switch {
	case source != nil:
		return source.kind
	case target != nil:
		return target.kind
	}
	return s.known.Kind
}

// noteSame notes that both sides have the same.
func (p *pass) noteSame(s step) {
	r := snapdb.Record{
		Path: s.name, Kind: s.local.kind, Base: s.local.kind, State: snapdb.Synced,
		Local: p.seen(*s.local, s.known.Local), Peer: p.seen(*s.remote, s.known.Peer),
	}
	switch s.local.kind {
	case snapdb.Link:
		r.Sum = linkSum(s.local.target)
	case snapdb.File:
		if s.known.Base == snapdb.File && r.Local.Modified == s.known.Local.Modified && r.Local.Size == s.known.Local.Size {
			r.Sum = s.known.Sum
		}
		for _, remote := range []bool{false, true} {
			if sum, ok := p.compare.known(remote, s.name); ok {
				r.Sum = sum
			}
		}
	}
	p.session.ledger.put(r)
}

// seen is how a path is at the time of this pass. A time that tells as much
// stays, so that nothing has to be written.
func (p *pass) seen(e entry, before snapdb.Content) snapdb.Content {
	if e.size == before.Size && e.modified == before.Modified && before.Modified < before.Seen {
		return before
	}
	return snapdb.Content{Size: e.size, Modified: e.modified, Seen: p.started.Unix()}
}

// target gives the side of a step that is written, and the other one.
func (p *pass) sides(s step) (source, target *side) {
	if s.do == toLocal || s.do == deleteLocal {
		return p.remote, p.local
	}
	return p.local, p.remote
}

// deletes removes paths, what is in a folder before it. With delete_delay that
// comes last, but for what is in the way of something else.
func (p *pass) deletes(ctx context.Context) error { return p.delete(ctx, p.session.config.DeleteDelay) }

func (p *pass) lateDeletes(ctx context.Context) error {
	if !p.session.config.DeleteDelay {
		return nil
	}
	return p.delete(ctx, false)
}

func (p *pass) delete(ctx context.Context, onlyInTheWay bool) error {
	replaced := map[string]bool{}
	for _, s := range p.steps {
		if source, target := s.ends(); (s.do == toLocal || s.do == toRemote) && target != nil && target.kind != source.kind {
			replaced[s.name] = true
		}
	}
	for i := len(p.steps) - 1; i >= 0; i-- {
		s := p.steps[i]
		if s.do != deleteLocal && s.do != deleteRemote || onlyInTheWay && !inside(s.name, replaced) {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.deleteOne(s, &p.steps[i]); err != nil {
			return err
		}
	}
	return nil
}

// inside tells whether a path lies below one of the others.
func inside(name string, others map[string]bool) bool {
	for name != "." {
		if name = path.Dir(name); others[name] {
			return true
		}
	}
	return false
}

// deleteOne removes a path. A folder that is not empty goes back to the other
// side when the session goes both ways.
func (p *pass) deleteOne(s step, kept *step) error {
	_, target := p.sides(s)
	_, there := s.ends()
	stays, err := p.copier.remove(target, s.name, there.kind)
	switch {
	case err != nil && ascp.IsLost(err):
		return ascp.FailureOf("", err)
	case err != nil:
		p.session.failed(s, err)
	case stays && p.session.config.Direction == bidi:
		kept.do = toRemote
		if s.do == deleteRemote {
			kept.do = toLocal
		}
		return nil
	default:
		p.session.ledger.forget(s.name)
		p.session.deleted(s)
	}
	kept.do = leave
	return nil
}

// folders makes the folders and links that are missing, and takes away what is
// in the way of something else.
func (p *pass) folders(ctx context.Context) error {
	for i := range p.steps {
		s := &p.steps[i]
		if s.do != toLocal && s.do != toRemote {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.place(s); err != nil {
			if ascp.IsLost(err) {
				return ascp.FailureOf("", err)
			}
			p.session.failed(*s, err)
			s.do = leave
		}
	}
	return nil
}

func (p *pass) place(s *step) error {
	_, target := p.sides(*s)
	from, to := s.ends()
	if to != nil && to.kind != from.kind {
		stays, err := p.copier.remove(target, s.name, to.kind)
		if stays {
			err = ascp.Failf(ascp.CodeFailed, "a folder that is not empty is in the way at the destination")
		}
		if err != nil {
			return err
		}
	}
	switch from.kind {
	case snapdb.Dir:
		if _, err := target.MkdirAll(target.at(s.name)); err != nil {
			return err
		}
		p.finish(*s, copied{})
		s.do = leave
	case snapdb.Link:
		done, err := p.copier.link(target, s.name, *from)
		if err != nil {
			return err
		}
		p.finish(*s, done)
		s.do = leave
	}
	return nil
}

// files moves a number of files at once. A lost connection stops all.
func (p *pass) files(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan step)
	var workers sync.WaitGroup
	for range copiers {
		workers.Go(func() {
			for s := range queue {
				if err := p.file(ctx, s); err != nil {
					stop(err)
				}
			}
		})
	}
feed:
	for _, s := range p.steps {
		if s.do != toLocal && s.do != toRemote {
			continue
		}
		select {
		case queue <- s:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// file moves one file; its error is the session's.
func (p *pass) file(ctx context.Context, s step) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	source, target := p.sides(s)
	from, _ := s.ends()
	p.session.begun(s)
	done, err := p.copier.file(ctx, source, target, s.name, *from)
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && ascp.IsLost(err):
		return ascp.FailureOf("", err)
	case err != nil:
		p.session.failed(s, err)
		return nil
	}
	if p.session.config.RemoveSources {
		if err := source.Remove(source.at(s.name)); err != nil {
			p.session.failed(s, errors.Join(errors.New("remove the source"), err))
			return nil
		}
	}
	p.finish(s, done)
	return nil
}

// finish notes that a path was made the same on both sides.
func (p *pass) finish(s step, done copied) {
	from, _ := s.ends()
	if p.session.config.RemoveSources && from.kind == snapdb.File {
		// There is nothing left to compare with.
		p.session.ledger.forget(s.name)
	} else {
		r := snapdb.Record{
			Path: s.name, Kind: from.kind, Base: from.kind, State: snapdb.Synced, Sum: done.sum, Local: done.source, Peer: done.target,
		}
		if s.do == toLocal {
			r.Local, r.Peer = r.Peer, r.Local
		}
		p.session.ledger.put(r)
	}
	p.session.ledger.moved(done, from.kind)
	p.session.done(s, done)
}
