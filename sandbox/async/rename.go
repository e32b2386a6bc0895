package async

import (
	"context"
	"path"
	"slices"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// renames finds files that are new at the source and had another name at the
// target, and gives them the new one there.
func (p *pass) renames(ctx context.Context) error {
	if !p.session.config.ScanFileRename && !p.session.config.ScanDirRename {
		return nil
	}
	gone := map[snapdb.Content][]int{}
	for i, s := range p.steps {
		if _, there := s.ends(); (s.do == deleteLocal || s.do == deleteRemote) && there.kind == snapdb.File && s.known.Sum != "" {
			key := snapdb.Content{Size: there.size}
			gone[key] = append(gone[key], i)
		}
	}
	for i := range p.steps {
		s := &p.steps[i]
		from, to := s.ends()
		if s.do != toLocal && s.do != toRemote || to != nil || from.kind != snapdb.File {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		key := snapdb.Content{Size: from.size}
		at := slices.IndexFunc(gone[key], func(j int) bool { return p.renamed(ctx, *s, p.steps[j]) })
		if at < 0 {
			continue
		}
		old := gone[key][at]
		if err := p.rename(s, &p.steps[old]); err != nil {
			return err
		}
		gone[key] = slices.Delete(gone[key], at, at+1)
	}
	return nil
}

// renamed tells whether a new file has the content of one that is gone.
func (p *pass) renamed(ctx context.Context, s, old step) bool {
	if (s.do == toLocal) != (old.do == deleteLocal) {
		return false
	}
	source, _ := p.sides(s)
	from, _ := s.ends()
	sum, err := p.compare.sum(ctx, source, s.name, *from)
	// What cannot be read fails when it is moved.
	return err == nil && sum == old.known.Sum
}

func (p *pass) rename(s, old *step) error {
	_, target := p.sides(*s)
	if _, err := target.MkdirAll(target.at(path.Dir(s.name))); err != nil {
		return ascp.FailureOf(s.name, err)
	}
	if err := target.Rename(target.at(old.name), target.at(s.name)); err != nil {
		return ascp.FailureOf(s.name, err)
	}
	from, _ := s.ends()
	_, there := old.ends()
	p.session.ledger.forget(old.name)
	p.finish(*s, copied{sum: old.known.Sum, source: p.seen(*from, snapdb.Content{}), target: p.seen(*there, snapdb.Content{})})
	s.do, old.do = leave, leave
	return nil
}
