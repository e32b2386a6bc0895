package install

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// limits bound what an archive may unpack to.
type limits struct {
	entries int
	bytes   int64
}

// generous is several times what the largest published SDK holds.
func generous() limits { return limits{entries: 20000, bytes: 4 << 30} }

// wantedPath is that of the files of an archive that belong in an SDK folder:
// those of folders bin and aspera (4.21.0), and of the four folders at the top
// (4.21.2) (spec/plugins/config.md 10.5, step 4).
var wantedPath = regexp.MustCompile(`/(bin|aspera)/|^[^/]*/(bin|lib|sbin|aspera)/`)

// extraction puts the files of an archive in one folder, without their own
// folders. Nothing is written elsewhere: the names are checked, and the system
// confines what is written to the folder.
type extraction struct {
	folder *os.Root
	limits limits
	warn   func(string)

	// files are the names written so far, links the targets of symbolic links by
	// name, which are made last.
	files map[string]bool
	links map[string]string
}

// extract writes the files of an archive that belong in an SDK folder. What it
// leaves out although it belongs there is told to warn.
func extract(archive *os.File, name, folder string, l limits, warn func(string)) error {
	entries, err := entriesOf(archive, name)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	x := extraction{folder: root, limits: l, warn: warn, files: map[string]bool{}, links: map[string]string{}}
	for e, err := range entries {
		if err != nil {
			return err
		}
		if x.limits.entries--; x.limits.entries < 0 {
			return failure.Otherf("RuntimeError", "the archive holds more than %d files: it is no SDK", l.entries)
		}
		if err := x.take(e); err != nil {
			return err
		}
	}
	return x.makeLinks()
}

func (x *extraction) take(e entry) error {
	clean := strings.TrimPrefix(e.path, "./")
	if e.mode.IsDir() || !wantedPath.MatchString(clean) {
		return nil
	}
	name := path.Base(clean)
	switch {
	case !fs.ValidPath(clean) || !isPlainName(name):
		x.warn(fmt.Sprintf("Rejecting file with unsafe path: %q", e.path))
	case x.files[name] || x.links[name] != "":
		x.warn("Rejecting file with duplicate basename: " + e.path)
	case e.mode&fs.ModeSymlink != 0:
		x.takeLink(e, clean, name)
	case e.mode.IsRegular():
		return x.write(e, name)
	default:
		x.warn("Rejecting special file: " + e.path)
	}
	return nil
}

// isPlainName tells whether a name is one on every system.
func isPlainName(name string) bool {
	return !strings.ContainsAny(name, "\\:\x00") && filepath.IsLocal(name)
}

// takeLink notes a link to another file that is extracted.
func (x *extraction) takeLink(e entry, clean, name string) {
	target := path.Join(path.Dir(clean), e.link)
	if path.IsAbs(e.link) || !fs.ValidPath(target) || !wantedPath.MatchString(target) || !isPlainName(path.Base(target)) {
		x.warn(fmt.Sprintf("Rejecting link leaving the folder: %s -> %q", e.path, e.link))
		return
	}
	// A link to a file of the same name in another folder is that file here.
	if base := path.Base(target); base != name {
		x.links[name] = base
	}
}

func (x *extraction) write(e entry, name string) error {
	mode := fs.FileMode(0o644)
	if e.mode&0o111 != 0 {
		mode = 0o755
	}
	file, err := x.folder.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, fs.ErrExist) {
		// The system does not tell upper from lower case.
		x.warn("Rejecting file with duplicate basename: " + e.path)
		return nil
	}
	if err != nil {
		return err
	}
	x.files[name] = true
	written, err := io.Copy(file, io.LimitReader(e.content, x.limits.bytes+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return damaged(err)
	}
	if x.limits.bytes -= written; x.limits.bytes < 0 {
		return failure.Otherf("RuntimeError", "the archive unpacks to too many bytes: it is no SDK")
	}
	return nil
}

// makeLinks makes the links that lead to a file in the end.
func (x *extraction) makeLinks() error {
	for _, name := range slices.Sorted(maps.Keys(x.links)) {
		target := x.links[name]
		end := target
		for range x.links {
			if next := x.links[end]; next != "" {
				end = next
			}
		}
		if !x.files[end] {
			x.warn(fmt.Sprintf("Rejecting link to a file that is not in the archive: %s -> %s", name, target))
			continue
		}
		if err := x.folder.Symlink(target, name); errors.Is(err, fs.ErrExist) {
			x.warn("Rejecting file with duplicate basename: " + name)
		} else if err != nil {
			return err
		}
	}
	return nil
}
