package simulator

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// defaultPage is how many entries a listing has unless the request says it.
const defaultPage = 100

// browseRequest is the body of a request for a listing.
type browseRequest struct {
	path        string
	skip, count int64
}

func parseBrowse(body []byte) (browseRequest, error) {
	request := browseRequest{count: defaultPage}
	o, err := record.ParseObject(body)
	if err != nil {
		return request, malformed("the body of the request is no JSON object: %v", err)
	}
	if request.path = o.Text("path"); request.path == "" {
		return request, malformed("path of the folder is missing")
	}
	for key, target := range map[string]*int64{"skip": &request.skip, "count": &request.count} {
		v, given := o.Get(key)
		if !given || v == nil {
			continue
		}
		number, _ := v.(json.Number)
		n, err := number.Int64()
		if err != nil || n < 0 {
			return request, malformed("%s shall be a whole number, not negative", key)
		}
		*target = n
	}
	return request, nil
}

// list shows a folder of this machine, by name. Links are shown as such.
func (r browseRequest) list() (any, error) {
	folder := filepath.Clean(filepath.FromSlash(r.path))
	about, err := os.Stat(folder)
	if err != nil || !about.IsDir() {
		return nil, &refusal{http.StatusInternalServerError, "Path does not exist or is not a directory: " + r.path}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	total := int64(len(entries))
	first := min(r.skip, total)
	entries = entries[first : first+min(r.count, total-first)]
	items := make([]any, 0, len(entries))
	for _, e := range entries {
		items = append(items, entry(filepath.Join(folder, e.Name())))
	}
	self := describe(folder, about)
	return record.New("self", self, "items", items, "item_count", len(items), "total_count", total,
		"parameters", record.New("path", r.path, "skip", r.skip, "count", r.count)), nil
}

// entry describes what is in a folder. What cannot be looked at, since it is gone
// or not for this user, is of type unknown.
func entry(path string) *record.Object {
	about, err := os.Lstat(path)
	if err != nil {
		about = nil
	}
	return describe(path, about)
}

func describe(path string, about fs.FileInfo) *record.Object {
	e := record.New("path", filepath.ToSlash(path), "basename", filepath.Base(path), "type", kind(about), "size", 0)
	if about == nil {
		return addNote(e)
	}
	if !about.IsDir() {
		e.Set("size", about.Size())
	}
	e.Set("mtime", about.ModTime().UTC().Format(time.RFC3339))
	e.Set("permissions", []any{record.New("name", "view"), record.New("name", "edit"), record.New("name", "delete")})
	switch kind(about) {
	case typeFile:
		e.Set("partial_file", false)
	case typeLink:
		// The text of the link; one that cannot be read has none.
		target, _ := os.Readlink(path)
		e.Set("target", target)
	case typeUnknown:
		addNote(e)
	}
	return e
}

func addNote(e *record.Object) *record.Object {
	e.Set("note", "File type could not be determined")
	return e
}

// Types of entries are named as Ruby does.
const (
	typeFile    = "file"
	typeLink    = "link"
	typeUnknown = "unknown"
)

func kind(about fs.FileInfo) string {
	if about == nil {
		return typeUnknown
	}
	switch mode := about.Mode(); {
	case mode.IsRegular():
		return typeFile
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return typeLink
	case mode&fs.ModeNamedPipe != 0:
		return "fifo"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeCharDevice != 0:
		return "characterSpecial"
	case mode&fs.ModeDevice != 0:
		return "blockSpecial"
	}
	return typeUnknown
}
