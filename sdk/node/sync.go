package node

import (
	"context"

	"github.com/ascli-go/ascli/sdk/record"
)

// SyncKind is a kind of sync session.
type SyncKind string

// The kinds of sync sessions (spec/sync.md 4.1).
const (
	SyncUpload   SyncKind = "sync_upload"
	SyncDownload SyncKind = "sync_download"
	SyncBoth     SyncKind = "sync"
)

// SyncSetup asks for the transfer spec of a sync session between two folders.
// Null values are left out.
func (c *Client) SyncSetup(ctx context.Context, kind SyncKind, source, destination string) (*record.Object, error) {
	folders := []any{record.New("source", source, "destination", destination)}
	spec, err := c.setup(ctx, "files/sync_setup", folders, record.New("type", string(kind)))
	if err != nil {
		return nil, err
	}
	return record.DropNulls(spec), nil
}
