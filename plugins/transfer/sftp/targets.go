package sftp

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// fewFiles in a folder are looked at one by one: the folder may be large.
	fewFiles = 8
	// folderMakers is how many folders are made at the same time.
	folderMakers = 16
)

// targets knows the destination.
type targets struct {
	job  *job
	tree targetTree

	mutex    sync.Mutex
	listings map[string]*listing
}

// listing is what a folder of the destination had when the attempt began.
type listing struct {
	names map[string]attributes
	// whole listings have every name.
	whole bool
	// problem is why nothing can be put into the folder.
	problem error
}

// prepare makes the folders and looks what they have.
func (t *targets) prepare(ctx context.Context) error {
	if t.job.spec.discard {
		return nil
	}
	if err := t.prepareRoot(); err != nil {
		return err
	}
	if err := t.job.deleteExtra(t.tree); err != nil {
		return err
	}
	t.listings["."] = t.look(".")
	for _, level := range levels(t.job.plan.folders) {
		if err := t.prepareLevel(ctx, level); err != nil {
			return err
		}
	}
	return t.listings["."].problem
}

// prepareRoot finds or makes the destination folder.
func (t *targets) prepareRoot() error {
	folder := t.job.spec.destination
	a, err := t.tree.stat(".", true)
	switch {
	case err == nil && a.kind != fs.ModeDir:
		return &finalError{coded(codeNotFolder, "%s: %s", transfer.LookupCode(codeNotFolder).Info, folder)}
	case err == nil || lost(err):
		return err
	case errors.Is(err, fs.ErrNotExist) && t.job.spec.createDir:
		err = t.tree.makeRoot()
	}
	if err == nil || lost(err) {
		return err
	}
	return &finalError{fileFailure(folder, err)}
}

// levels groups folders by their depth: those above come first.
func levels(folders []*entry) [][]*entry {
	var list [][]*entry
	for _, f := range folders {
		depth := strings.Count(f.target, "/")
		for len(list) <= depth {
			list = append(list, nil)
		}
		list[depth] = append(list[depth], f)
	}
	return list
}

func (t *targets) prepareLevel(ctx context.Context, folders []*entry) error {
	slots := make(chan struct{}, folderMakers)
	var running sync.WaitGroup
	var broken error
	for _, f := range folders {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			l := t.folder(f)
			t.mutex.Lock()
			defer t.mutex.Unlock()
			t.listings[f.target] = l
			if l.problem != nil && lost(l.problem) {
				broken = l.problem
			}
		})
	}
	running.Wait()
	if broken == nil {
		broken = ctx.Err()
	}
	return broken
}

// folder finds or makes one.
func (t *targets) folder(f *entry) *listing {
	above := t.listing(path.Dir(f.target))
	if above.problem != nil {
		return &listing{problem: above.problem}
	}
	if known, there := above.names[path.Base(f.target)]; there && known.kind == fs.ModeDir {
		return t.look(f.target)
	}
	if f.implied && !t.job.spec.createDir {
		if _, err := t.tree.stat(f.target, true); err != nil {
			return t.refuse(f, err)
		}
	}
	err := t.tree.makeFolder(f.target)
	if err == nil {
		return &listing{whole: true}
	}
	// The server does not say that a folder was there.
	a, statErr := t.tree.stat(f.target, true)
	switch {
	case statErr == nil && a.kind == fs.ModeDir:
		return t.look(f.target)
	case statErr == nil:
		err = coded(codeNotFolder, "%s: %s", transfer.LookupCode(codeNotFolder).Info, f.target)
	}
	return t.refuse(f, err)
}

// refuse notes that a folder cannot be had; a folder that files need only fails
// with them.
func (t *targets) refuse(f *entry, err error) *listing {
	if lost(err) {
		return &listing{problem: err}
	}
	failed := fileFailure(f.target, err)
	if !f.settled {
		f.settled = true
		t.job.fail(failed)
	}
	return &listing{problem: failed}
}

// look lists a folder, unless few files go into it.
func (t *targets) look(folder string) *listing {
	if t.job.plan.perFolder[folder] < fewFiles {
		return &listing{}
	}
	list, err := t.tree.list(folder)
	if err != nil {
		if lost(err) {
			return &listing{problem: err}
		}
		// A folder that may be written to but not read.
		return &listing{}
	}
	l := &listing{names: make(map[string]attributes, len(list)), whole: true}
	for _, n := range list {
		l.names[n.name] = n.attributes
	}
	return l
}

func (t *targets) listing(folder string) *listing {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if l := t.listings[folder]; l != nil {
		return l
	}
	return &listing{}
}

// existing returns what is at a place; false when nothing is. Links are followed.
func (t *targets) existing(target string, follow bool) (attributes, bool, error) {
	if t.job.spec.discard {
		return attributes{}, false, nil
	}
	l := t.listing(path.Dir(target))
	if l.whole {
		a, there := l.names[path.Base(target)]
		if !there || a.kind != fs.ModeSymlink || !follow {
			return a, there, nil
		}
	}
	a, err := t.tree.stat(target, follow)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return attributes{}, false, nil
		}
		return attributes{}, false, err
	}
	return a, true, nil
}
