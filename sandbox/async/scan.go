package async

import (
	"context"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

const (
	// partialPrefix and partialSuffix are around the name of a file that is not
	// complete. It has a fixed length, so that any name has one.
	partialPrefix = ".asp-"
	partialSuffix = ".async-partial"
	// maxFollowed is how many links to folders may lie in each other: links may
	// lead in circles.
	maxFollowed = 8
)

// side is one of the two folders.
type side struct {
	ascp.Tree
	// base is the folder, as a path of the tree.
	base string
	// keep receives what is deleted, "" for nobody; keepRename moves it there.
	keep       string
	keepRename func(from, to string) error
	remote     bool
	// isSource sides are only read; made ones were missing before this run.
	isSource, made bool
}

func (s *side) at(name string) string { return s.Join(s.base, name) }

// entry is a path on one side.
type entry struct {
	kind snapdb.Kind
	// size is in bytes, modified in seconds since 1970.
	size, modified int64
	// target is that of a link.
	target string
	// resolved tells that a link was followed to get here.
	resolved bool
}

// listing is all paths of a side that take part.
type listing struct {
	entries map[string]entry
	// unknown are paths that could not be looked at: of what lies there nothing
	// is known, so that nothing is deleted for its absence.
	unknown map[string]error
	// partials are files that an earlier run of the session left incomplete.
	partials []string
}

// hides tells whether a path could not be looked at.
func (l *listing) hides(name string) bool {
	for {
		if l.unknown[name] != nil {
			return true
		}
		if name == "." {
			return false
		}
		name = path.Dir(name)
	}
}

// scanner lists a side.
type scanner struct {
	side   *side
	filter filter
	links  string
	// session is the name of the session.
	session string
	// skip are paths that never take part.
	skip map[string]bool
	into *listing
}

func (s *scanner) scan(ctx context.Context) (*listing, error) {
	s.into = &listing{entries: map[string]entry{}, unknown: map[string]error{}}
	if err := s.folder(ctx, "", 0); err != nil {
		return nil, err
	}
	return s.into, nil
}

// folder lists what is in a folder. Its error ends the session.
func (s *scanner) folder(ctx context.Context, name string, followed int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	items, err := s.side.ReadDir(s.side.at(name))
	if err != nil && (name == "" || ascp.IsLost(err)) {
		return err
	}
	if err != nil {
		s.into.unknown[name] = err
		return nil
	}
	for _, item := range items {
		if strings.ContainsAny(item.Name(), "/\x00") || item.Name() == ".." || item.Name() == "." {
			return ascp.Failf(ascp.CodeFailed, "the server lists a file of the name %q", item.Name())
		}
		if err := s.item(ctx, path.Join(name, item.Name()), item, followed); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) item(ctx context.Context, name string, info fs.FileInfo, followed int) error {
	if s.skip[name] || path.Base(name) == snapdb.PrivateFolder {
		return nil
	}
	if base := path.Base(name); strings.HasPrefix(base, partialPrefix) && strings.HasSuffix(base, partialSuffix) {
		if strings.HasPrefix(base, partialOf(s.session)) {
			s.into.partials = append(s.into.partials, name)
		}
		return nil
	}
	e, err := s.look(name, info)
	if err != nil {
		if s.filter.excludes(name, false) {
			return nil
		}
		s.into.unknown[name] = err
		return nil
	}
	if e.kind == 0 || s.filter.excludes(name, e.kind == snapdb.Dir) {
		return nil
	}
	s.into.entries[name] = e
	if e.kind != snapdb.Dir {
		return nil
	}
	if e.resolved {
		followed++
	}
	if followed > maxFollowed {
		delete(s.into.entries, name)
		s.into.unknown[name] = ascp.Failf(ascp.CodeFailed, "too many levels of symbolic links")
		return nil
	}
	return s.folder(ctx, name, followed)
}

// look tells what a path is; kind 0 is for what takes no part.
func (s *scanner) look(name string, info fs.FileInfo) (entry, error) {
	e := entry{size: info.Size(), modified: info.ModTime().Unix()}
	if info.Mode()&os.ModeSymlink != 0 {
		switch s.links {
		case skipLinks:
			return entry{}, nil
		case followLinks:
			found, err := s.side.Stat(s.side.at(name))
			if err != nil {
				return e, err
			}
			e, err = s.look(name, found)
			e.resolved = true
			return e, err
		}
		target, err := s.side.Readlink(s.side.at(name))
		return entry{kind: snapdb.Link, target: target, modified: e.modified}, err
	}
	switch {
	case info.IsDir():
		return entry{kind: snapdb.Dir, modified: e.modified}, nil
	case info.Mode().IsRegular():
		e.kind = snapdb.File
		return e, nil
	}
	return entry{}, nil
}
