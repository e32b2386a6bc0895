package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sandbox/docroot"
)

// Values of overwrite in a transfer spec (spec transfer.md section 6). What comes
// through a gateway has no date and is newer than what exists: then only never
// keeps that.
const overwriteNever = "never"

func overwritePolicies() []string {
	return []string{overwriteNever, "always", "diff", "older", "diff+older"}
}

// landing gives the path at the server, as the client knows it, of each file of
// an upload (spec transfer.md section 4).
func landing(folder *docroot.Folder, spec *transferSpec) ([]string, error) {
	destination := spec.DestinationRoot
	if destination == "" {
		destination = folder.Destination()
	}
	paths := make([]string, len(spec.Paths))
	for i, p := range spec.Paths {
		name := p.Source
		if p.Destination != "" {
			name = p.Destination
		}
		if err := checkName(name); err != nil {
			return nil, err
		}
		paths[i] = path.Join("/", destination, name)
		if _, err := folder.Writable(paths[i]); err != nil {
			return nil, err
		}
	}
	if spec.CreateDir {
		return paths, nil
	}
	renamed, err := isNewName(folder, destination, len(paths))
	if renamed {
		paths[0] = path.Join("/", destination)
	}
	return paths, err
}

// isNewName tells whether the destination is the name of the one file to come
// rather than a folder.
func isNewName(folder *docroot.Folder, destination string, count int) (bool, error) {
	name, err := folder.Writable(destination)
	if err != nil {
		return false, err
	}
	info, err := folder.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, err
	case count > 1 && err == nil:
		return false, fmt.Errorf("the destination of several files must be a folder: %s", destination)
	case count > 1:
		return false, fmt.Errorf("the destination of several files must be a folder: %s does not exist", destination)
	}
	parent, err := folder.Creatable(path.Dir(path.Join("/", destination)))
	if err != nil {
		return false, err
	}
	if info, err := folder.Stat(parent); err != nil || !info.IsDir() {
		return false, fmt.Errorf("the folder of the destination %s does not exist", destination)
	}
	return true, nil
}

// checkName refuses names that would not be stored as they read.
func checkName(name string) error {
	if path.Clean("/"+name) == "/" {
		return fmt.Errorf("%q is not a file name", name)
	}
	if slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }), "..") {
		return fmt.Errorf("%q leads out of the destination folder", name)
	}
	return nil
}
