package async

import (
	"context"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// action is what to do with a path.
type action int

const (
	// leave: the path is not the business of the session.
	leave action = iota
	// note: both sides have the same.
	note
	// forget: neither side has it any more.
	forget
	toRemote
	toLocal
	deleteLocal
	deleteRemote
	conflict
	// newer: the destination has a newer one, which stays.
	newer
	// failed: nothing can be done, the step says why.
	failed
)

// step is one path with what is to be done.
type step struct {
	name          string
	do            action
	local, remote *entry
	known         snapdb.Record
	err           error
}

// source and target give the two ends of a copy.
func (s step) ends() (source, target *entry) {
	if s.do == toLocal || s.do == deleteLocal {
		return s.remote, s.local
	}
	return s.local, s.remote
}

// planner decides what to do, from both sides and the snapshot of their last
// agreement.
type planner struct {
	config        *config
	filter        filter
	local, remote *listing
	known         map[string]snapdb.Record
	compare       *comparer
}

// plan gives the steps, by path: a folder comes before what is in it.
func (p *planner) plan(ctx context.Context) ([]step, error) {
	names := map[string]bool{}
	for name := range p.local.entries {
		names[name] = true
	}
	for name := range p.remote.entries {
		names[name] = true
	}
	for name := range p.known {
		names[name] = true
	}
	for _, unknown := range []map[string]error{p.local.unknown, p.remote.unknown} {
		for name := range unknown {
			names[name] = true
		}
	}
	steps := make([]step, 0, len(names))
	for _, name := range slices.SortedFunc(maps.Keys(names), byElements) {
		steps = append(steps, step{name: name, known: p.known[name], local: pick(p.local, name), remote: pick(p.remote, name)})
	}
	// To compare contents takes an answer of the server for each.
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(copiers)
	for i := range steps {
		group.Go(func() error { return p.fill(ctx, &steps[i]) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(steps, func(s step) bool { return s.do == leave }), nil
}

// fill decides a step. Its error ends the session.
func (p *planner) fill(ctx context.Context, s *step) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var err error
	if s.do, err = p.decide(ctx, *s); err != nil {
		if ctx.Err() != nil || ascp.IsLost(err) {
			return err
		}
		s.do, s.err = failed, err
	}
	return nil
}

// byElements orders paths such that all below a folder follow it.
func byElements(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) }

func pick(l *listing, name string) *entry {
	if e, ok := l.entries[name]; ok {
		return &e
	}
	return nil
}

func (p *planner) decide(ctx context.Context, s step) (action, error) {
	if s.local == nil && s.remote == nil && p.filter.excludesBelow(s.name, s.known.Kind == snapdb.Dir) {
		if p.config.CleanExcluded {
			return forget, nil
		}
		return leave, nil
	}
	for _, l := range []*listing{p.local, p.remote} {
		if err := l.unknown[s.name]; err != nil {
			return failed, err
		}
		if l.hides(s.name) {
			return leave, nil
		}
	}
	if s.local == nil && s.remote == nil {
		return forget, nil
	}
	switch p.config.Direction {
	case push:
		return p.oneWay(ctx, s, oneWay{s.local, s.remote, p.compare.local, p.compare.remote, toRemote, deleteRemote})
	case pull:
		return p.oneWay(ctx, s, oneWay{s.remote, s.local, p.compare.remote, p.compare.local, toLocal, deleteLocal})
	}
	return p.bothWays(ctx, s)
}

// oneWay is a step as the direction sees it.
type oneWay struct {
	from, to         *entry
	source, target   *side
	transfer, remove action
}

func (p *planner) oneWay(ctx context.Context, s step, w oneWay) (action, error) {
	known := s.known.Base != 0
	switch {
	case w.from == nil && p.config.RemoveSources:
		return leave, nil
	case w.from == nil && p.config.IgnoreDelete:
		return leave, nil
	case w.from == nil && (known || p.config.Mirror):
		return w.remove, nil
	case w.from == nil:
		return leave, nil
	case w.to == nil:
		return w.transfer, nil
	}
	changed := true
	if known {
		source, err := p.compare.changed(ctx, w.source, s.name, w.from, s.known)
		if err != nil {
			return failed, err
		}
		if changed, err = p.compare.changed(ctx, w.target, s.name, w.to, s.known); err != nil {
			return failed, err
		}
		if !source && !changed {
			return note, nil
		}
	}
	same, err := p.compare.equal(ctx, s.name, w.from, w.to)
	if err != nil {
		return failed, err
	}
	switch {
	case same:
		return note, nil
	case p.config.Overwrite == older && w.to.modified >= w.from.modified && w.from.kind == w.to.kind:
		return newer, nil
	case p.config.Overwrite == onConflict && changed:
		return conflict, nil
	}
	return w.transfer, nil
}

func (p *planner) bothWays(ctx context.Context, s step) (action, error) {
	known := s.known.Base != 0
	if s.known.State == snapdb.Conflict && (s.local == nil) != (s.remote == nil) {
		// Somebody has decided.
		known = false
	}
	if !known {
		switch {
		case s.local == nil:
			return toLocal, nil
		case s.remote == nil:
			return toRemote, nil
		}
	}
	mine, theirs := true, true
	if known {
		var err error
		if mine, err = p.compare.changed(ctx, p.compare.local, s.name, s.local, s.known); err != nil {
			return failed, err
		}
		if theirs, err = p.compare.changed(ctx, p.compare.remote, s.name, s.remote, s.known); err != nil {
			return failed, err
		}
	}
	switch {
	case !mine && !theirs:
		return note, nil
	case mine && !theirs:
		return p.propagate(s.local, toRemote, deleteRemote), nil
	case theirs && !mine:
		return p.propagate(s.remote, toLocal, deleteLocal), nil
	}
	if s.local != nil && s.remote != nil {
		same, err := p.compare.equal(ctx, s.name, s.local, s.remote)
		if err != nil || same {
			return note, err
		}
	}
	return p.settle(s), nil
}

func (p *planner) propagate(changed *entry, transfer, remove action) action {
	switch {
	case changed != nil:
		return transfer
	case p.config.IgnoreDelete:
		return leave
	}
	return remove
}

// settle decides by the overwrite policy what changed on both sides. A side that
// was deleted is the older one.
func (p *planner) settle(s step) action {
	switch p.config.Overwrite {
	case always:
		return p.propagate(s.local, toRemote, deleteRemote)
	case older:
		switch {
		case s.remote == nil, s.local != nil && s.local.modified > s.remote.modified:
			return toRemote
		case s.local == nil, s.local.modified < s.remote.modified:
			return toLocal
		}
	}
	return conflict
}
