package nodeapi

import (
	"errors"
	"math"
	"net/http"

	"github.com/ascli-go/ascli/sandbox/diskspace"
	"github.com/ascli-go/ascli/sandbox/world"
)

// spaceResult tells the room of the file system that holds a path (OpenAPI,
// space-paths).
type spaceResult struct {
	Path        string     `json:"path"`
	BytesTotal  uint64     `json:"bytes_total"`
	BytesFree   uint64     `json:"bytes_free"`
	PercentFree float64    `json:"percent_free"`
	Error       *errorBody `json:"error,omitempty"`
}

func space(x *exchange) error {
	var request struct {
		Paths []struct {
			Path string `json:"path"`
		} `json:"paths"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	results := make([]spaceResult, len(request.Paths))
	for i, p := range request.Paths {
		results[i].Path = p.Path
		if err := x.measure(&results[i]); err != nil {
			results[i].Error = x.explain(err)
		}
	}
	return x.json(http.StatusOK, map[string]any{"paths": results})
}

func (x *exchange) measure(result *spaceResult) error {
	f, err := x.files.Open(world.Path(result.Path))
	if errors.Is(err, world.ErrNotFile) {
		f, err = x.files.OpenFolder(world.Path(result.Path))
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if disk := x.node.World.Disk(); disk != nil {
		total, free, err := disk.Space()
		if err != nil {
			return err
		}
		result.BytesTotal, result.BytesFree = uint64(total), uint64(free)
	} else if result.BytesTotal, result.BytesFree, err = diskspace.Of(f); err != nil {
		return err
	}
	if result.BytesTotal > 0 {
		percent := 100 * float64(result.BytesFree) / float64(result.BytesTotal)
		result.PercentFree = math.Round(percent*100) / 100
	}
	return nil
}
