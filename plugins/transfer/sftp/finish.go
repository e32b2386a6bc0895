package sftp

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/faux"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// afterFile removes a source that was moved, or puts it aside.
func (m *mover) afterFile(e *entry) error {
	switch {
	case e.fake != nil:
		return nil
	case m.spec.remove:
		return m.source.remove(e.source)
	case m.spec.archive != "":
		return m.putAside(e)
	}
	return nil
}

// putAside moves a source below the archive folder, where it keeps its place among
// the other sources.
func (m *mover) putAside(e *entry) error {
	to := m.source.join(m.spec.archive, e.target)
	err := m.source.rename(e.source, to)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := m.spec.archive
	_ = m.source.makeFolder(folder)
	for part := range strings.SplitSeq(path.Dir(e.target), "/") {
		if part != "." {
			folder = m.source.join(folder, part)
			_ = m.source.makeFolder(folder)
		}
	}
	return m.source.rename(e.source, to)
}

// finish does what comes after the files: links, times and sources of folders.
func (m *mover) finish() error {
	for _, e := range m.plan.links {
		if e.settled {
			continue
		}
		e.settled = true
		if err := m.copyLink(e); lost(err) {
			e.settled = false
			return err
		} else if err != nil {
			m.fail(fileFailure(e.source, err))
		}
	}
	for _, e := range slices.Backward(m.plan.folders) {
		if err := m.finishFolder(e); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) finishFolder(e *entry) error {
	if e.implied || e.source == "" {
		return nil
	}
	if m.spec.modTime && !m.spec.discard && m.targets.listing(e.target).problem == nil && !isFaux(e) {
		accessed, modified := m.spec.times(e)
		if err := m.targets.tree.setTimes(e.target, int64(accessed), int64(modified)); lost(err) {
			return err
		}
	}
	if m.spec.removeFolders && !isFaux(e) && (!e.named || m.spec.removeSource) {
		// A folder that is not empty stays: it is no error.
		if err := m.source.removeFolder(e.source); lost(err) {
			return err
		}
	}
	return nil
}

// copyLink makes a link like that of the source. What stands in its place stays,
// unless the policy is to replace it.
func (m *mover) copyLink(e *entry) error {
	if m.spec.discard {
		return nil
	}
	if problem := m.targets.listing(path.Dir(e.target)).problem; problem != nil {
		return problem
	}
	existing, there, err := m.targets.existing(e.target, false)
	switch {
	case err != nil:
		return err
	case there && (m.spec.links != linksCopyForce || existing.kind == fs.ModeDir):
		return nil
	case there:
		if err := m.targets.tree.remove(e.target); err != nil {
			return err
		}
	}
	if err := m.targets.tree.symlink(e.link, e.target); err != nil {
		return err
	}
	m.progress.FileDone(e.target, 0)
	return m.afterFile(e)
}

// deleteExtra removes what the destination has of a source folder and the source
// has not, once (field delete_before_transfer).
func (j *job) deleteExtra(tree targetTree) error {
	if !j.spec.deleteBefore || j.cleaned {
		return nil
	}
	if len(j.failures) > 0 {
		return &finalError{coded(j.failures[0].Code, "nothing is deleted at the destination, because not all of the source can be read: %s", j.failures[0].Message)}
	}
	planned := map[string]bool{}
	for _, target := range j.plan.passed {
		planned[target] = true
	}
	for _, list := range [][]*entry{j.plan.folders, j.plan.files, j.plan.links} {
		for _, e := range list {
			planned[e.target] = true
			partial, info := partialNames(e.target)
			planned[partial], planned[info] = true, true
		}
	}
	for _, e := range j.plan.folders {
		if e.named {
			if err := deleteUnplanned(tree, e.target, planned); err != nil {
				return err
			}
		}
	}
	j.cleaned = true
	return nil
}

func deleteUnplanned(tree targetTree, folder string, planned map[string]bool) error {
	list, err := tree.list(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return deletion(folder, err)
	}
	for _, n := range list {
		p := path.Join(folder, n.name)
		switch {
		case n.kind == fs.ModeDir:
			if err := deleteUnplanned(tree, p, planned); err != nil {
				return err
			}
			if planned[p] {
				continue
			}
			err = tree.removeFolder(p)
		case planned[p]:
			continue
		default:
			err = tree.remove(p)
		}
		if err != nil {
			return deletion(p, err)
		}
	}
	return nil
}

// deletion is the error of a file that cannot be deleted.
func deletion(p string, err error) error {
	if lost(err) {
		return err
	}
	failed := fileFailure(p, err)
	return &finalError{&transfer.Error{Code: failed.Code, Message: "cannot delete before the transfer: " + failed.Message, Cause: err}}
}

func isFaux(e *entry) bool { return faux.Is(e.source) }
