package nodeapi

import (
	"net/http"
	"slices"

	"github.com/ascli-go/ascli/sandbox/world"
)

// pathEntry describes a file in calls by path (node.md S3.1).
type pathEntry struct {
	Path        string           `json:"path"`
	Basename    string           `json:"basename"`
	Type        string           `json:"type"`
	Size        int64            `json:"size"` // bytes, 0 for a folder
	Mtime       string           `json:"mtime"`
	Permissions []pathPermission `json:"permissions"`
	Target      *pathEntry       `json:"target,omitempty"` // of a link
}

type pathPermission struct {
	Name string `json:"name"`
}

// pathTypes are the names of types in calls by path.
var pathTypes = map[world.Type]string{
	world.File:   "file",
	world.Folder: "directory",
	world.Link:   "symbolic_link",
}

// byPath describes an entry, and the target of a link if that exists.
func byPath(files *world.View, e world.Entry) pathEntry {
	described := pathEntry{
		Path: e.Path, Basename: e.Name, Type: pathTypes[e.Type], Size: e.Size, Mtime: wireTime(e.Modified),
		Permissions: []pathPermission{{"view"}, {"edit"}, {"delete"}},
	}
	if e.Target == "" {
		return described
	}
	if target, err := files.Stat(world.Path(e.Target)); err == nil {
		target.Target = "" // one step is shown, not the chain
		shown := byPath(files, target)
		described.Target = &shown
	}
	return described
}

// browseAnswer is the answer to a browse (node.md S3.1).
type browseAnswer struct {
	Self       pathEntry        `json:"self"`
	Items      []pathEntry      `json:"items"`
	ItemCount  int              `json:"item_count"`
	TotalCount int              `json:"total_count"`
	Parameters searchParameters `json:"parameters"`
}

// searchAnswer is the answer to a search (node.md S3; OpenAPI, files-search-post-200).
type searchAnswer struct {
	Items      []pathEntry `json:"items"` // links without their target
	ItemCount  int         `json:"item_count"`
	TotalCount int         `json:"total_count"`
	Parameters searched    `json:"parameters"`
}

// searched tells which part of what was found is given (OpenAPI,
// files-search-parameters).
type searched struct {
	Path     string `json:"path"`
	Skip     int    `json:"skip"`
	Count    int    `json:"count"`
	DepthMin *int   `json:"depth_min,omitempty"`
	DepthMax *int   `json:"depth_max,omitempty"`
}

func browse(x *exchange) error {
	request, err := x.searchRequest()
	if err != nil {
		return err
	}
	at := world.Path(*request.Path)
	self, err := x.browsed(at)
	if err != nil {
		return err
	}
	var found []world.Entry
	if self.Type == world.Folder {
		listed, err := x.files.List(at, world.Selection{})
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(listed.Entries, func(e world.Entry) bool { return !request.match(e) })
	}
	request.order(found)
	items := x.pathEntries(request.page(found))
	return x.json(http.StatusOK, browseAnswer{
		Self: byPath(x.files, self), Items: items,
		ItemCount: len(items), TotalCount: len(found), Parameters: request.searchParameters,
	})
}

// browsed describes what is browsed: a link to a folder counts as a folder.
func (x *exchange) browsed(at world.Ref) (world.Entry, error) {
	self, err := x.files.Stat(at)
	if err != nil || self.Type != world.Link || self.Target == "" {
		return self, err
	}
	if target, err := x.files.Stat(world.Path(self.Target)); err == nil && target.Type == world.Folder {
		self.Type, self.Size, self.Target = world.Folder, 0, ""
	}
	return self, nil
}

func search(x *exchange) error {
	request, err := x.searchRequest()
	if err != nil {
		return err
	}
	at := world.Path(*request.Path)
	top, err := x.browsed(at)
	if err != nil {
		return err
	}
	var found []world.Entry
	if top.Type == world.Folder {
		err = x.files.Walk(x.Context(), at, func(e world.Entry, depth int) error {
			if request.Filters.reaches(depth) && request.match(e) {
				found = append(found, e)
			}
			return nil
		})
	} else if request.match(top) {
		found = append(found, top)
	}
	if err != nil {
		return err
	}
	request.order(found)
	items := x.pathEntries(request.page(found))
	for i := range items {
		items[i].Target = nil
	}
	return x.json(http.StatusOK, searchAnswer{
		Items: items, ItemCount: len(items), TotalCount: len(found),
		Parameters: searched{*request.Path, request.Skip, *request.Count, request.Filters.DepthMin, request.Filters.DepthMax},
	})
}

func (x *exchange) pathEntries(entries []world.Entry) []pathEntry {
	described := make([]pathEntry, len(entries))
	for i, e := range entries {
		described[i] = byPath(x.files, e)
	}
	return described
}
