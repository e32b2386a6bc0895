package nodeapi

import (
	"net/http"

	"github.com/ascli-go/ascli/sandbox/world"
)

// pathInfo is what /files/info tells about a path (OpenAPI,
// files-info-metadata).
type pathInfo struct {
	Path        string           `json:"path"`
	Basename    string           `json:"basename,omitempty"`
	Type        string           `json:"type,omitempty"` // file, also for a link; or directory
	Size        *int64           `json:"size,omitempty"` // bytes, of a file
	Mtime       string           `json:"mtime,omitempty"`
	Permissions []pathPermission `json:"permissions,omitempty"`
	Error       *errorBody       `json:"error,omitempty"`
}

// describePaths tells about several paths. The error of one is told inside.
func describePaths(x *exchange) error {
	var request struct {
		Paths []struct {
			Path string `json:"path"`
		} `json:"paths"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	if request.Paths == nil {
		return refuse(http.StatusBadRequest, "paths is missing")
	}
	results := make([]pathInfo, len(request.Paths))
	for i, p := range request.Paths {
		e, err := x.browsed(world.Path(p.Path))
		if err != nil {
			results[i] = pathInfo{Path: p.Path, Error: x.explain(err)}
			continue
		}
		results[i] = x.pathInfo(e)
	}
	return x.json(http.StatusOK, map[string]any{"paths": results})
}

func (x *exchange) pathInfo(e world.Entry) pathInfo {
	shown := byPath(x.files, e)
	described := pathInfo{Path: shown.Path, Basename: shown.Basename, Type: shown.Type, Mtime: shown.Mtime, Permissions: shown.Permissions}
	if e.Type == world.Folder {
		return described
	}
	described.Type, described.Size = pathTypes[world.File], &e.Size
	if shown.Target != nil {
		described.Size, described.Mtime = &shown.Target.Size, shown.Target.Mtime
	}
	return described
}

// diskUsage counts what is at a path and below (OpenAPI, files-du).
func diskUsage(x *exchange) error {
	var request struct {
		Path *string `json:"path"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	if request.Path == nil {
		return refuse(http.StatusBadRequest, "path is missing")
	}
	m, err := x.files.Measure(x.Context(), world.Path(*request.Path))
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, struct {
		Path         string `json:"path"`
		TotalSize    int64  `json:"total_size"` // bytes
		FileCount    int    `json:"file_count"`
		DirCount     int    `json:"dir_count"`
		SpecialCount int    `json:"special_count"`
		FailedCount  int    `json:"failed_count"`
	}{*request.Path, m.Size, m.Files, m.Folders, m.Special, m.Failed})
}
