package nodeapi

import (
	"cmp"
	"net/http"

	"github.com/ascli-go/ascli/sandbox/world"
)

// Types of a synchronization, as the client sees it (node.md 14).
const (
	syncUpload   = "sync_upload"
	syncDownload = "sync_download"
	syncBoth     = "sync"
)

// authorizeSync allows to synchronize one folder (node.md S3.2). Only a folder
// that is read must exist.
func (x *exchange) authorizeSync(asked transferRequest) (*transferSpec, error) {
	if len(asked.Paths) != 1 {
		return nil, refuse(http.StatusBadRequest, "A synchronization needs one element in paths")
	}
	spec, err := x.syncSpec(asked)
	if err != nil {
		return nil, err
	}
	spec.Type = asked.Type
	return spec, nil
}

func (x *exchange) syncSpec(asked transferRequest) (*transferSpec, error) {
	pair := asked.Paths[0]
	switch asked.Type {
	case syncDownload:
		asked.Paths = []transferPath{{Source: pair.Source}}
		spec, err := x.authorizeDownload(asked)
		if err == nil {
			spec.Paths = []transferPath{pair}
		}
		return spec, err
	case syncUpload:
		asked.DestinationRoot = x.syncFolder(pair)
		return x.authorizeUpload(asked)
	case syncBoth:
		asked.DestinationRoot = x.syncFolder(pair)
		return x.authorizeBothWays(asked)
	}
	return nil, refuse(http.StatusBadRequest, "type cannot be %q; it is one of %s, %s, %s", asked.Type, syncUpload, syncDownload, syncBoth)
}

func (x *exchange) authorizeBothWays(asked transferRequest) (*transferSpec, error) {
	if asked.DestinationRoot == "" {
		return nil, refuse(http.StatusBadRequest, "A synchronization needs a destination, or a source")
	}
	if err := x.mayBeMissing(asked.DestinationRoot); err != nil {
		return nil, err
	}
	life, err := asked.tokenLife()
	if err != nil {
		return nil, err
	}
	token, err := x.files.SyncToken(asked.DestinationRoot, life)
	if err != nil {
		return nil, err
	}
	return x.transferSpec(asked, "", token), nil
}

// syncFolder returns the folder of this node in a pair of paths that is to be
// written to. Clients disagree on which one that is: in ascli 4.21 it is the
// source, later the destination (node.md 14). So it is the one that exists,
// and the destination if both do or neither.
func (x *exchange) syncFolder(pair transferPath) string {
	for _, name := range []string{pair.Destination, pair.Source} {
		if name == "" {
			continue
		}
		if e, err := x.files.Stat(world.Path(name)); err == nil && e.Type == world.Folder {
			return name
		}
	}
	return cmp.Or(pair.Destination, pair.Source)
}
