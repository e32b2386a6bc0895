package world

import (
	"path"
	"path/filepath"
	"strings"
)

// Ref names a file of a [View], by path or by file id.
type Ref struct {
	byID bool
	id   string
	path string // slash path below the file id, or below the root of the view
}

// Path refers to a file by its path, as clients write it: with or without a
// slash in front, "/" or "" being the root of the view.
func Path(p string) Ref { return Ref{path: p} }

// ID refers to a file by its id.
func ID(id string) Ref { return Ref{byID: true, id: id} }

// Join refers to the file at a path relative to that of r.
func (r Ref) Join(relative string) Ref {
	r.path += "/" + relative
	return r
}

// localize turns a path of a client into one that os.Root takes: relative,
// clean, "." for the root. A path that climbs above the root is refused, here
// already: silently reading another file would hide a mistake of the client.
func localize(p string) (string, error) {
	if strings.ContainsRune(p, 0) {
		return "", ErrBadPath
	}
	// path.Clean would stop "/.." at the slash: it must see a relative path.
	clean := path.Clean(strings.TrimLeft(p, "/"))
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return "", ErrOutside
	}
	// On Windows this refuses drives, backslashes used as separators, and
	// reserved device names.
	if _, err := filepath.Localize(clean); err != nil {
		return "", ErrBadPath
	}
	return clean, nil
}

// absolute turns a relative path into the form that clients see.
func absolute(rel string) string { return path.Join("/", rel) }
