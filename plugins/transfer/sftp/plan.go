package sftp

import (
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/faux"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// entry is a file, a folder or a link to transfer.
type entry struct {
	// source is the path in the source tree, target that in the target tree.
	source, target string
	attributes
	// link is where a link to copy points to.
	link string
	// fake is the content of a source that exists nowhere.
	fake *faux.File
	// named entries are sources themselves, not found in one.
	named bool
	// implied folders are those that a destination has, not a source.
	implied bool

	// settled entries need no further attempt: done, skipped or failed.
	settled bool
	// done entries are complete at the destination.
	done bool
}

// plan is all that a job moves.
type plan struct {
	folders, files, links []*entry
	// passed are the targets of what the sources have and the job leaves out.
	passed []string
	bytes  int64
	// perFolder counts what goes directly into a folder of the target.
	perFolder map[string]int
}

// arrange sorts what was found, and adds the folders that destinations need. Of
// two sources with one target the second fails.
func arrange(found []*entry, foldCase bool) (*plan, []*transfer.Error) {
	slices.SortStableFunc(found, func(a, b *entry) int { return strings.Compare(a.target, b.target) })
	p := &plan{perFolder: map[string]int{}}
	seen := map[string]*entry{}
	key := func(target string) string {
		if foldCase {
			return strings.ToLower(target)
		}
		return target
	}
	var failures []*transfer.Error
	for _, e := range found {
		earlier := seen[key(e.target)]
		switch {
		case earlier == nil:
			seen[key(e.target)] = e
		case earlier.kind == fs.ModeDir && e.kind == fs.ModeDir:
			continue
		default:
			failures = append(failures, coded(codeAlreadyExists, "%s and %s would both become %s: %s",
				earlier.source, e.source, e.target, e.source))
			continue
		}
		for parent := path.Dir(e.target); parent != "."; parent = path.Dir(parent) {
			if seen[key(parent)] != nil {
				break
			}
			implied := &entry{target: parent, attributes: attributes{kind: fs.ModeDir}, implied: true}
			seen[key(parent)] = implied
			p.folders = append(p.folders, implied)
		}
		p.add(e)
	}
	slices.SortFunc(p.folders, func(a, b *entry) int { return strings.Compare(a.target, b.target) })
	return p, failures
}

func (p *plan) add(e *entry) {
	switch e.kind {
	case fs.ModeDir:
		p.folders = append(p.folders, e)
		return
	case fs.ModeSymlink:
		p.links = append(p.links, e)
	default:
		p.files = append(p.files, e)
		p.bytes += e.size
	}
	p.perFolder[path.Dir(e.target)]++
}

// targetOf returns where a source goes: under its base name, or the rest behind
// src_base, or where a pair says (spec/transfer.md 4). "." is the destination
// folder itself.
func (o *order) targetOf(s transfer.Source) (string, error) {
	slashed := s.Source
	if o.direction == transfer.Send {
		slashed = filepath.ToSlash(slashed)
	}
	target := path.Base(path.Clean(slashed))
	switch {
	case s.Destination != "":
		target = strings.TrimLeft(filepath.ToSlash(s.Destination), "/")
	case o.sourceBase != "":
		rest, below := strings.CutPrefix(path.Clean(slashed), path.Clean(filepath.ToSlash(o.sourceBase))+"/")
		if !below {
			return "", failure.Argumentf("source %s is not below src_base %s", s.Source, o.sourceBase)
		}
		target = rest
	case target == "/" || target == "..":
		target = "."
	}
	target = path.Clean(target)
	if target == ".." || strings.HasPrefix(target, "../") {
		return "", failure.Argumentf("%s would leave the destination folder", s.Destination)
	}
	return target, nil
}

// sourceOf is the path of a source in its tree.
func (o *order) sourceOf(s transfer.Source) string {
	if o.sourceRoot == "" {
		return s.Source
	}
	return strings.TrimSuffix(o.sourceRoot, "/") + "/" + s.Source
}

// foldsCase tells whether file names that differ in case only are one file here.
func foldsCase() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// fitsHere tells whether a name that a server gave can be that of a file here.
func fitsHere(name string) bool {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return false
	}
	return runtime.GOOS != "windows" || filepath.IsLocal(name) && !strings.ContainsAny(name, `\:<>"|?*`)
}
