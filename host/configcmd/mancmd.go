package configcmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/host/manpage"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

// man writes the manual pages of the program and its plugins.
func (c commands) man(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	folder := inv.Text("folder")
	if folder == "" {
		folder = "."
	}
	released, err := time.Parse(time.DateOnly, c.host.ProgramReleased())
	if err != nil {
		return nil, failure.Toolf("day of the release: %w", err)
	}
	manifests, err := c.host.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	pages, err := manpage.Pages(manpage.Release{Version: c.host.ProgramVersion(), Date: released}, options.Globals(), manifests)
	if err != nil {
		return nil, err
	}
	folder = filepath.Join(folder, "man1")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, failure.Argumentf("cannot make the folder: %w", err)
	}
	for _, page := range pages {
		if err := os.WriteFile(filepath.Join(folder, page.File), []byte(page.Text), 0o644); err != nil {
			return nil, failure.Argumentf("cannot write a page: %w", err)
		}
	}
	return sdk.Status(fmt.Sprintf("Written: %d pages in %s", len(pages), folder)), nil
}
