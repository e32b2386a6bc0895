package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// client is the client's end of an upload.
type client struct {
	t    testing.TB
	conn *websocket.Conn
}

func (w *world) dial() *client {
	w.t.Helper()
	url := "wss" + strings.TrimPrefix(w.server.URL, "https") + "/aspera/http-gwy/v2/upload"
	conn, _, err := websocket.Dial(w.t.Context(), url, &websocket.DialOptions{HTTPClient: w.server.Client()})
	w.check(err)
	w.t.Cleanup(func() { conn.CloseNow() })
	return &client{w.t, conn}
}

func (c *client) text(format string, values ...any) string {
	c.t.Helper()
	c.write(websocket.MessageText, []byte(fmt.Sprintf(format, values...)))
	return c.read()
}

func (c *client) data(data string) string {
	c.t.Helper()
	c.write(websocket.MessageBinary, []byte(data))
	return c.read()
}

func (c *client) write(kind websocket.MessageType, data []byte) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), kind, data); err != nil {
		c.t.Fatal(err)
	}
}

// read gives an acknowledgement, or the text of an error.
func (c *client) read() string {
	c.t.Helper()
	_, text, err := c.conn.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	encoded, quoted := strings.CutPrefix(string(text), `"`)
	if !quoted {
		return string(text)
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(encoded, `"`))
	if err != nil {
		c.t.Fatal(err)
	}
	var failure struct{ Message string }
	if err := json.Unmarshal(decoded, &failure); err != nil {
		c.t.Fatal(err)
	}
	return "error: " + failure.Message
}

func spec(token string, names ...string) string {
	paths := []map[string]string{}
	for _, name := range names {
		paths = append(paths, map[string]string{"source": name})
	}
	text, _ := json.Marshal(map[string]any{"transfer_spec": map[string]any{
		"direction": "send", "token": token, "destination_root": "/up", "paths": paths, "authentication": "token",
	}})
	return string(text)
}

// slice is a slice_upload message.
func slice(name string, index, size, number, total int) string {
	text, _ := json.Marshal(map[string]any{"slice_upload": map[string]any{
		"name": name, "type": "application/octet-stream", "size": size, "slice": number, "total_slices": total, "fileIndex": index,
	}})
	return string(text)
}

func TestUpload(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	// Empty files have no frame: "none" and "last" here.
	for _, step := range []struct{ sent, want string }{
		{spec("up", "none", "a.txt", "dir/é b", "last"), "end upload"},
		{slice("a.txt", 1, 7, 0, 3), "end_slice_upload"},
		{"data:abc", "end upload"},
		{"data:def", "end upload"},
		{"data:g", "end upload"},
		{slice("a.txt", 1, 7, 2, 3), "end_slice_upload"},
		{slice("dir/é b", 2, 2, 0, 1), "end_slice_upload"},
		{"data:hi", "end upload"},
		{slice("dir/é b", 2, 2, 0, 1), "end_slice_upload"},
	} {
		got := ""
		if data, ok := strings.CutPrefix(step.sent, "data:"); ok {
			got = c.data(data)
		} else {
			got = c.text("%s", step.sent)
		}
		if got != step.want {
			t.Fatalf("%s: got %q, want %q", step.sent, got, step.want)
		}
	}
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	// The close handshake is done: all must be there now.
	want := map[string]string{"up/none": "", "up/a.txt": "abcdefg", "up/dir/é b": "hi", "up/last": ""}
	if got := w.files(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestUploadIsRefused(t *testing.T) {
	good := spec("up", "a", "b")
	begin := slice("a", 0, 4, 0, 2)
	tests := []struct {
		name  string
		steps []string // the last one must give an error with the text
		text  string
	}{
		{"wrong token", []string{spec("nobody", "a")}, "authorization refused"},
		{"token of the other direction", []string{spec("down", "a")}, "authorization refused"},
		{"no paths", []string{spec("up")}, "no paths"},
		{"name that climbs", []string{spec("up", "../x")}, "leads out"},
		{"name that climbs inside", []string{spec("up", "a/../../x")}, "leads out"},
		{"no name", []string{spec("up", "")}, "not a file name"},
		{"folder outside of the grant", []string{strings.Replace(good, `"/up"`, `"/other"`, 1)}, "permission denied"},
		{"receive", []string{strings.Replace(good, `"send"`, `"receive"`, 1)}, "direction"},
		{"not JSON", []string{"hello"}, "JSON"},
		{"neither of the messages", []string{"{}"}, "either"},
		{"slice first", []string{begin}, "before the transfer spec"},
		{"data first", []string{"data:x"}, "before the transfer spec"},
		{"second transfer spec", []string{good, good}, "second"},
		{"data before slice_upload", []string{good, "data:x"}, "before slice_upload"},
		{"index out of range", []string{good, slice("a", 2, 4, 0, 1)}, "fileIndex"},
		{"negative index", []string{good, slice("a", -1, 4, 0, 1)}, "fileIndex"},
		{"name of another file", []string{good, slice("b", 0, 4, 0, 1)}, "fileIndex"},
		{"impossible size", []string{good, slice("a", 0, -4, 0, 1)}, "cannot be"},
		{"does not begin at 0", []string{good, slice("a", 0, 4, 1, 2)}, "instead of 0"},
		{"too much data", []string{good, begin, "data:12345"}, "more than the 4 bytes"},
		{"too many slices", []string{good, begin, "data:1", "data:2", "data:3"}, "more than the 2 slices"},
		{"ends too early", []string{good, begin, "data:12", slice("a", 0, 4, 1, 2)}, "1 of 2 slices"},
		{"too little data", []string{good, begin, "data:1", "data:2", slice("a", 0, 4, 1, 2)}, "2 of 4 bytes"},
		{"other file in between", []string{good, begin, slice("b", 1, 4, 0, 1)}, "before the end"},
		{"sent twice", []string{good, begin, "data:12", "data:34", slice("a", 0, 4, 1, 2), begin}, "twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.dial()
			got := ""
			for _, step := range tt.steps {
				if strings.HasPrefix(got, "error:") {
					t.Fatalf("before %s: %s", step, got)
				}
				if data, ok := strings.CutPrefix(step, "data:"); ok {
					got = c.data(data)
				} else {
					got = c.text("%s", step)
				}
			}
			if !strings.HasPrefix(got, "error:") || !strings.Contains(got, tt.text) {
				t.Errorf("got %q, want an error with %q", got, tt.text)
			}
			if _, _, err := c.conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
				t.Errorf("after the error: %v", err)
			}
			w.mustHaveNoMoreThan(tt.name == "sent twice")
		})
	}
}

// mustHaveNoMoreThan checks that nothing but file "a", if complete, was stored.
func (w *world) mustHaveNoMoreThan(complete bool) {
	w.t.Helper()
	w.handlers.Wait()
	for name := range w.files() {
		if name != "up/a" || !complete {
			w.t.Errorf("%s was stored", name)
		}
	}
}

func TestCutUploadLeavesNothing(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	c.text("%s", spec("up", "a", "empty"))
	c.text("%s", slice("a", 0, 4, 0, 2))
	c.data("12")
	c.conn.CloseNow()
	w.mustHaveNoMoreThan(false)
}

func TestUploadClosedTooEarlyLeavesNothing(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	c.text("%s", spec("up", "a", "empty"))
	c.text("%s", slice("a", 0, 4, 0, 2))
	c.data("12")
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
	w.mustHaveNoMoreThan(false)
}
