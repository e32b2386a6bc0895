package sftp

import (
	"context"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/plugins/transfer/faux"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// walkers is how many folders are listed at the same time.
	walkers = 8
	// maxMade bounds what a short text can ask for.
	maxMade = 10_000_000
)

// walker finds what the sources have.
type walker struct {
	ctx   context.Context
	order *order
	tree  sourceTree
	log   *slog.Logger

	slots   chan struct{}
	running sync.WaitGroup

	mutex    sync.Mutex
	found    []*entry
	passed   []string
	failures []*transfer.Error
	broken   error
}

// place is where a walk stands.
type place struct {
	source, target string
	// followed are the real paths of the links on the way.
	followed []string
}

// walk returns all that the job is to move, and the sources that cannot be read.
// Its error is one of the connection, or in what the user asked for.
func walk(ctx context.Context, o *order, tree sourceTree, log *slog.Logger) (*plan, []*transfer.Error, error) {
	w := &walker{ctx: ctx, order: o, tree: tree, log: log, slots: make(chan struct{}, walkers)}
	for _, s := range o.sources {
		source := o.sourceOf(s)
		switch {
		case faux.Is(s.Source):
			if err := w.makeFaux(s); err != nil {
				return nil, nil, err
			}
			continue
		case strings.HasPrefix(s.Source, "file://"):
			return nil, nil, failure.Argumentf("%s: growing files need ascp, agent sftp takes plain paths", s.Source)
		}
		target, err := o.targetOf(s)
		if err != nil {
			return nil, nil, err
		}
		w.running.Go(func() { w.top(place{source: source, target: target}) })
	}
	w.running.Wait()
	if w.broken != nil {
		return nil, nil, w.broken
	}
	p, duplicates := arrange(w.found, o.direction == transfer.Receive && foldsCase())
	p.passed = w.passed
	return p, append(w.failures, duplicates...), nil
}

func (w *walker) makeFaux(s transfer.Source) error {
	if w.order.direction != transfer.Send {
		return failure.Argumentf("%s: a server makes no files by SFTP", s.Source)
	}
	source, err := faux.Parse(s.Source)
	if err != nil {
		return err
	}
	// A name of several parts keeps them, unless a pair gives another one.
	target := strings.TrimLeft(path.Clean("/"+source.Name()), "/")
	if s.Destination != "" {
		if target, err = w.order.targetOf(s); err != nil {
			return err
		}
	}
	if source.IsFolder() {
		w.found = append(w.found, &entry{source: s.Source, target: target, attributes: attributes{kind: fs.ModeDir}})
	}
	for f := range source.Files() {
		if len(w.found) == maxMade {
			return failure.Argumentf("%s: more than %d files", s.Source, maxMade)
		}
		within := strings.TrimPrefix(f.Name, source.Name())
		w.found = append(w.found, &entry{
			source: s.Source, target: path.Join(target, within), attributes: attributes{size: f.Size}, fake: &f, named: !source.IsFolder(),
		})
	}
	return nil
}

func (w *walker) fail(source string, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if lost(err) {
		w.broken = err
		return
	}
	w.failures = append(w.failures, fileFailure(source, err))
}

func (w *walker) add(e *entry) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.found = append(w.found, e)
}

// pass notes what the source has and the job leaves out.
func (w *walker) pass(e *entry) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.passed = append(w.passed, e.target)
}

func (w *walker) top(p place) {
	w.slots <- struct{}{}
	a, err := w.tree.stat(p.source, false)
	<-w.slots
	if err != nil {
		w.fail(p.source, err)
		return
	}
	w.visit(p, a, true)
}

// visit takes one file, folder or link.
func (w *walker) visit(p place, a attributes, isNamed bool) {
	e := &entry{source: p.source, target: p.target, attributes: a, named: isNamed}
	if a.kind == fs.ModeSymlink {
		var wanted bool
		if e, p, wanted = w.link(e, p); !wanted {
			return
		}
	}
	switch e.kind {
	case fs.ModeDir:
		if e.target != "." {
			w.add(e)
		}
		w.running.Go(func() { w.folder(p) })
	case fs.ModeSymlink:
		w.add(e)
	case 0:
		if w.order.wants(e.modified) {
			w.add(e)
		} else {
			w.pass(e)
		}
	default:
		w.pass(e)
		if !w.order.quietSpecials {
			w.log.Warn("Ignoring non file/directory: " + e.source)
		}
	}
}

// link applies the policy: a link that is followed becomes what it leads to.
func (w *walker) link(e *entry, p place) (*entry, place, bool) {
	switch w.order.links {
	case linksSkip:
		w.pass(e)
		return nil, p, false
	case linksCopy, linksCopyForce:
		target, err := w.tree.readlink(e.source)
		if err != nil {
			w.fail(e.source, err)
			return nil, p, false
		}
		e.link = target
		return e, p, true
	}
	a, err := w.tree.stat(e.source, true)
	if err == nil && a.kind == fs.ModeDir {
		p, err = w.follow(p)
	}
	if err != nil {
		w.fail(e.source, err)
		return nil, p, false
	}
	e.attributes = a
	return e, p, true
}

// follow notes a link to a folder on the way; one that leads back is an error.
func (w *walker) follow(p place) (place, error) {
	real, err := w.tree.real(p.source)
	if err != nil {
		return p, err
	}
	here, err := w.tree.real(w.tree.parent(p.source))
	if err != nil {
		return p, err
	}
	leadsBack := here == real || strings.HasPrefix(here, real+"/") || strings.HasPrefix(here, real+`\`)
	if leadsBack || slices.Contains(p.followed, real) {
		return p, coded(codeLinkLoop, "%s: %s", transfer.LookupCode(codeLinkLoop).Info, p.source)
	}
	p.followed = append(slices.Clone(p.followed), real)
	return p, nil
}

func (w *walker) folder(p place) {
	w.slots <- struct{}{}
	list, err := w.tree.list(p.source)
	<-w.slots
	if err == nil {
		err = w.ctx.Err()
	}
	if err != nil {
		w.fail(p.source, err)
		return
	}
	for _, n := range list {
		if w.order.direction == transfer.Receive && !fitsHere(n.name) {
			w.fail(p.source, coded(codeBadPath, "the server names a file %q, which cannot be one here: %s", n.name, p.source))
			continue
		}
		w.visit(place{w.tree.join(p.source, n.name), path.Join(p.target, n.name), p.followed}, n.attributes, false)
	}
}

// wants tells whether a file is young and old enough.
func (o *order) wants(modified int64) bool {
	return (o.newerThan == nil || modified <= o.newerThan.Unix()) && (o.olderThan == nil || modified >= o.olderThan.Unix())
}
