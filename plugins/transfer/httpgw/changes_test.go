package httpgw

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestUploadOfAFileThatChanges(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(path string) error
		want   string
	}{
		{"nothing", func(string) error { return nil }, ""},
		{"shorter", func(path string) error { return os.Truncate(path, 2) }, "has become shorter while it was sent"},
		{"longer", func(path string) error { return os.Truncate(path, 9) }, "has changed while it was sent"},
		{"rewritten", func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) }, "has changed while it was sent"},
		{"gone", os.Remove, "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(tree(t, map[string]string{"f": "12345"}), "f")
			files, err := collect("", []transfer.Source{{Source: path}}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.change(path); err != nil {
				t.Fatal(err)
			}
			reader := readSlices(t.Context(), files, 64000)
			got := <-reader.slices
			if tt.want == "" != (got.err == nil) || got.err != nil && !strings.Contains(got.err.Error(), tt.want) {
				t.Errorf("got %v", got.err)
			}
			if got.err != nil && !strings.Contains(got.err.Error(), path) {
				t.Errorf("%v does not name the file", got.err)
			}
			if _, more := <-reader.slices; more {
				t.Error("reading goes on")
			}
		})
	}
}

// A file that is removed while the gateway takes its first slices is not complete.
func TestUploadOfAFileRemovedMeanwhile(t *testing.T) {
	for _, version := range []string{"v1", "v2"} {
		t.Run(version, func(t *testing.T) {
			root := tree(t, map[string]string{"f": strings.Repeat("x", 100_000)})
			g := newGateway(t)
			tr := newTrial(t, g, sending(filepath.ToSlash(root), "f"), `{"upload_chunk_size":100,"synchronous":true}`)
			tr.job.Info.Set("api_version", version)
			outcomes, err := tr.agent.Run(t.Context(), tr.job, func(e transfer.Event) {
				if e.Kind == transfer.Transfer {
					_ = os.Remove(filepath.Join(root, "f")) // only the first time
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if outcomes[0] == nil || !strings.Contains(outcomes[0].Error(), "the file was removed while it was sent") {
				t.Errorf("outcome is %v", outcomes[0])
			}
			if len(g.files) != 0 {
				t.Error("the gateway has a complete file")
			}
		})
	}
}
