package gateway_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/ascli-go/ascli/sandbox/activity"
)

// recorded gives the one transfer that the gateway recorded.
func (w *world) recorded() activity.Transfer {
	w.t.Helper()
	found, _ := w.transfers.List(activity.Query{Visible: func(owner string) bool { return owner == "ak1" }})
	if len(found) != 1 {
		w.t.Fatalf("%d transfers are recorded, want one: %+v", len(found), found)
	}
	return found[0].Transfer
}

func TestAnUploadIsRecordedFromItsFirstByteToItsEnd(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	c.text("%s", spec("up", "a", "none"))
	c.text("%s", slice("a", 0, 4, 0, 2))
	c.data("12")
	got := w.recorded()
	if got.Status != activity.Running || got.BytesTransferred != 2 || got.Files[0].Status != activity.Transferring {
		t.Errorf("running: %+v", got)
	}
	c.data("34")
	c.text("%s", slice("a", 0, 4, 1, 2))
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	got = w.recorded()
	if got.Status != activity.Completed || got.BytesTransferred != 4 || got.FilesCompleted != 2 || got.Files[0].Path != "/up/a" {
		t.Errorf("ended: %+v", got)
	}
	if s := got.StartSpec; s.Direction != "send" || s.DestinationPath != "/up" || !slices.Equal(s.SourcePaths, []string{"a", "none"}) {
		t.Errorf("start spec: %+v", s)
	}
	if got.Sessions[0].Transport != "https" {
		t.Errorf("session: %+v", got.Sessions[0])
	}
}

func TestABrokenUploadIsAFailure(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	c.text("%s", spec("up", "a"))
	c.text("%s", slice("a", 0, 4, 0, 2))
	c.conn.CloseNow()
	w.handlers.Wait()
	if got := w.recorded(); got.Status != activity.Failed || got.ErrorCode != "16" || got.Files[0].Status != activity.Failed {
		t.Errorf("ended: %+v", got)
	}
}

func TestACanceledUploadStops(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	c.text("%s", spec("up", "a"))
	w.check(w.transfers.Cancel(w.recorded().ID))
	if _, _, err := c.conn.Read(t.Context()); err == nil {
		t.Error("the connection goes on")
	}
	w.handlers.Wait()
	if got := w.recorded(); got.Status != activity.Canceled {
		t.Errorf("ended: %+v", got)
	}
}

func TestADownloadIsRecorded(t *testing.T) {
	for name, more := range map[string]map[string]any{"file": nil, "archive": {"zip_required": true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.put("down/f", "content")
			path, _ := w.prepare("down", more, "down/f")
			_, content := w.get(path)
			w.handlers.Wait()
			got := w.recorded()
			if got.Status != activity.Completed || got.BytesTransferred != int64(len(content)) || len(got.Files) != 1 ||
				got.StartSpec.Direction != "receive" || got.StartSpec.SourcePaths[0] != "/down/f" {
				t.Errorf("ended: %+v", got)
			}
		})
	}
}

func TestACanceledDownloadBreaksOff(t *testing.T) {
	w := newWorld(t)
	// More than the buffers of two sockets hold.
	w.put("down/f", strings.Repeat("x", 64<<20))
	path, _ := w.prepare("down", nil, "down/f")
	response, err := w.server.Client().Get(w.server.URL + path)
	w.check(err)
	defer response.Body.Close()
	w.check(w.transfers.Cancel(w.recorded().ID))
	if n, err := io.Copy(io.Discard, response.Body); err == nil {
		t.Errorf("all %d bytes came", n)
	}
	w.handlers.Wait()
	if got := w.recorded(); got.Status != activity.Canceled {
		t.Errorf("ended: %+v", got)
	}
}
