package nodeapi

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/world"
)

// maxContents is the most bytes that GET /files/{path}/contents gives (OpenAPI).
const maxContents = 4096

// pathResult is what became of one path of a call on several.
type pathResult struct {
	Path        string     `json:"path"`
	Source      string     `json:"source,omitempty"`
	Destination string     `json:"destination,omitempty"`
	Error       *errorBody `json:"error,omitempty"`
}

// onPaths calls do for each path of a request {"paths":[...]} and answers with
// the results. An error of one path is told inside; the others are done.
func onPaths[P any](x *exchange, name func(P) pathResult, do func(P) error) error {
	var request struct {
		Paths []P `json:"paths"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	if request.Paths == nil {
		return refuse(http.StatusBadRequest, "paths is missing")
	}
	results := make([]pathResult, len(request.Paths))
	for i, p := range request.Paths {
		results[i] = name(p)
		if err := do(p); err != nil {
			results[i].Error = x.explain(err)
		}
	}
	return x.json(http.StatusOK, map[string]any{"paths": results})
}

// pathToCreate is an element of a creation by path.
type pathToCreate struct {
	Path   string `json:"path"`
	Type   string `json:"type"`
	Target struct {
		Path string `json:"path"`
	} `json:"target"` // of a symbolic_link
	Contents []byte `json:"contents"` // of a file; base64
}

func createPaths(x *exchange) error {
	name := func(p pathToCreate) pathResult { return pathResult{Path: p.Path} }
	return onPaths(x, name, func(p pathToCreate) (err error) {
		at := world.Path(p.Path)
		switch p.Type {
		case "directory":
			_, err = x.files.MakeFolder(at)
		case "file":
			_, err = x.files.MakeFile(at, p.Contents)
		case "symbolic_link":
			if p.Target.Path == "" {
				return refuse(http.StatusBadRequest, "target.path is missing")
			}
			_, err = x.files.MakeLink(at, p.Target.Path)
		default:
			return refuse(http.StatusBadRequest, "type cannot be %q; it is one of directory, file, symbolic_link", p.Type)
		}
		return err
	})
}

// pathToDelete is an element of a deletion by path.
type pathToDelete struct {
	Path string `json:"path"`
	// RecursiveDelete is true if absent (OpenAPI).
	RecursiveDelete *bool `json:"recursive_delete"`
}

func deletePaths(x *exchange) error {
	name := func(p pathToDelete) pathResult { return pathResult{Path: p.Path} }
	return onPaths(x, name, func(p pathToDelete) error {
		recursive := p.RecursiveDelete == nil || *p.RecursiveDelete
		return x.files.Delete(world.Path(p.Path), recursive)
	})
}

// pathToRename is an element of a renaming by path.
type pathToRename struct {
	Path        string `json:"path"` // the folder
	Source      string `json:"source"`
	Destination string `json:"destination"`
}

func renamePaths(x *exchange) error {
	name := func(p pathToRename) pathResult {
		return pathResult{Path: p.Path, Source: p.Source, Destination: p.Destination}
	}
	return onPaths(x, name, func(p pathToRename) error {
		if p.Source == "" || p.Destination == "" {
			return refuse(http.StatusBadRequest, "source or destination is missing")
		}
		folder := world.Path(p.Path)
		return x.files.Rename(folder.Join(p.Source), folder.Join(p.Destination))
	})
}

// contents gives the beginning of a file.
func contents(x *exchange) error {
	p, err := x.formEncodedPath()
	if err != nil {
		return err
	}
	f, err := x.files.Open(world.Path(p))
	if err != nil {
		return err
	}
	defer f.Close()
	beginning, err := io.ReadAll(io.LimitReader(f, maxContents))
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/octet-stream")
	x.w.Header().Set("Content-Length", strconv.Itoa(len(beginning)))
	_, _ = x.w.Write(beginning)
	return nil
}

// formEncodedPath returns the file path in the path of the request. It is in
// form encoding (node.md 4.4), in which a plus stands for a space: the value
// that the mux has decoded as a path element cannot tell one from the other.
func (x *exchange) formEncodedPath() (string, error) {
	encoded := strings.TrimPrefix(x.URL.EscapedPath(), "/files/")
	encoded = strings.TrimSuffix(encoded, "/contents")
	p, err := url.QueryUnescape(encoded)
	if err != nil {
		return "", refuse(http.StatusBadRequest, "The path is not form encoded: %v", err)
	}
	return p, nil
}
