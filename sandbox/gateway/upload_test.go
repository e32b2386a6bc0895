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
	return w.dialVersion("v2")
}

func (w *world) dialVersion(version string) *client {
	w.t.Helper()
	url := "wss" + strings.TrimPrefix(w.server.URL, "https") + "/aspera/http-gwy/" + version + "/upload"
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
		"create_dir": true,
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

// sliceV1 is a slice_upload message with its data.
func sliceV1(name string, index, size, number, total int, data string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(data))
	return strings.TrimSuffix(slice(name, index, size, number, total), "}}") + `,"data":"` + encoded + `"}}`
}

func TestUploadV1(t *testing.T) {
	w := newWorld(t)
	c := w.dialVersion("v1")
	for _, sent := range []string{
		spec("up", "none", "a.txt", "dir/é b", "last"),
		sliceV1("a.txt", 1, 7, 0, 3, "abc"), sliceV1("a.txt", 1, 7, 1, 3, "def"), sliceV1("a.txt", 1, 7, 2, 3, "g"),
		sliceV1("dir/é b", 2, 2, 0, 1, "hi"),
	} {
		if got := c.text("%s", sent); got != "end upload" {
			t.Fatalf("%s: got %q", sent, got)
		}
	}
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"up/none": "", "up/a.txt": "abcdefg", "up/dir/é b": "hi", "up/last": ""}
	if got := w.files(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestUploadV1IsRefused(t *testing.T) {
	good := spec("up", "a", "b")
	first := sliceV1("a", 0, 4, 0, 2, "12")
	for _, tt := range []struct {
		name  string
		steps []string // the last one must give an error with the text
		text  string
	}{
		{"no data", []string{good, slice("a", 0, 4, 0, 2), slice("a", 0, 4, 1, 2)}, "ends after 0 of 4 bytes"},
		{"no base64", []string{good, `{"slice_upload":{"name":"a","size":4,"slice":0,"total_slices":1,"fileIndex":0,"data":"%"}}`}, "JSON"},
		{"a slice twice", []string{good, first, first}, `slice 0 of "a" comes instead of slice 1 of "a"`},
		{"a slice of another file", []string{good, first, sliceV1("b", 1, 4, 0, 1, "1234")}, `slice 0 of "b" comes instead of slice 1 of "a"`},
		{"too much data", []string{good, first, sliceV1("a", 0, 4, 1, 2, "345")}, "more than the 4 bytes"},
		{"too little data", []string{good, first, sliceV1("a", 0, 4, 1, 2, "3")}, "3 of 4 bytes"},
		{"binary", []string{good, "data:1234"}, "no binary messages"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.dialVersion("v1")
			got := ""
			for _, step := range tt.steps {
				if data, ok := strings.CutPrefix(step, "data:"); ok {
					got = c.data(data)
				} else {
					got = c.text("%s", step)
				}
			}
			if !strings.HasPrefix(got, "error:") || !strings.Contains(got, tt.text) {
				t.Errorf("got %q, want an error with %q", got, tt.text)
			}
			_, _, _ = c.conn.Read(t.Context())
			w.mustHaveNoMoreThan(false)
		})
	}
}

func TestUploadThatCountsFilesInAnotherOrder(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	c.text("%s", spec("up", "a", "b", "same", "same"))
	for index, name := range []string{"same", "b", "a", "same"} {
		for _, sent := range []string{slice(name, index, 1, 0, 1), "data:" + fmt.Sprint(index), slice(name, index, 1, 0, 1)} {
			got := ""
			if data, ok := strings.CutPrefix(sent, "data:"); ok {
				got = c.data(data)
			} else {
				got = c.text("%s", sent)
			}
			if strings.HasPrefix(got, "error:") {
				t.Fatalf("%s: %s", sent, got)
			}
		}
	}
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(w.files()); got != "map[up/a:2 up/b:1 up/same:3]" {
		t.Errorf("stored %v", got)
	}
}

// TestWhereUploadsLand changes fields of the transfer spec of a file "f" that holds
// "new", and "e", which is empty.
func TestWhereUploadsLand(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change map[string]any
		paths  []map[string]string
		exists map[string]string
		want   string
		err    string
	}{
		{"a folder to be made", map[string]any{"destination_root": "/up/new/folder"}, nil, nil, "map[up/new/folder/e: up/new/folder/f:new]", ""},
		{"another name", nil, []map[string]string{{"source": "f", "destination": "x/g"}, {"source": "e"}}, nil, "map[up/e: up/x/g:new]", ""},
		{"another name that climbs", nil, []map[string]string{{"source": "f", "destination": "../g"}}, nil, "", "leads out"},
		{"exists", nil, nil, map[string]string{"up/f": "old", "up/e": "old"}, "map[up/e: up/f:new]", ""},
		{"exists, never", map[string]any{"overwrite": "never"}, nil, map[string]string{"up/f": "old", "up/e": "old"}, "map[up/e:old up/f:old]", ""},
		{"exists in part, never", map[string]any{"overwrite": "never"}, nil, map[string]string{"up/e": "old"}, "map[up/e:old up/f:new]", ""},
		{"exists, always", map[string]any{"overwrite": "always"}, nil, map[string]string{"up/f": "old"}, "map[up/e: up/f:new]", ""},
		{"exists, older", map[string]any{"overwrite": "older"}, nil, map[string]string{"up/f": "old"}, "map[up/e: up/f:new]", ""},
		{"no policy", map[string]any{"overwrite": "zoo"}, nil, nil, "", `overwrite "zoo"`},
		{"create_dir no, a folder", map[string]any{"create_dir": false}, nil, map[string]string{"up/x": ""}, "map[up/e: up/f:new up/x:]", ""},
		{"create_dir no, nothing there", map[string]any{"create_dir": false, "destination_root": "/up/d"}, nil, nil, "", "must be a folder"},
		{"create_dir no, a new name", map[string]any{"create_dir": false, "destination_root": "/up/d"}, []map[string]string{{"source": "f"}}, map[string]string{"up/x": ""}, "map[up/d:new up/x:]", ""},
		{"create_dir no, no parent", map[string]any{"create_dir": false, "destination_root": "/up/d/e"}, []map[string]string{{"source": "f"}}, nil, "", "does not exist"},
		{"create_dir no, a file there", map[string]any{"create_dir": false, "destination_root": "/up/x"}, nil, map[string]string{"up/x": ""}, "", "must be a folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			for name, content := range tt.exists {
				w.put(name, content)
			}
			if tt.paths == nil {
				tt.paths = []map[string]string{{"source": "f"}, {"source": "e"}}
			}
			asked := map[string]any{"direction": "send", "token": "up", "destination_root": "/up", "create_dir": true, "paths": tt.paths}
			for field, value := range tt.change {
				asked[field] = value
			}
			text, err := json.Marshal(map[string]any{"transfer_spec": asked})
			w.check(err)
			c := w.dial()
			if got := c.text("%s", text); tt.err != "" || got != "end upload" {
				if tt.err == "" || !strings.Contains(got, tt.err) {
					t.Errorf("got %q", got)
				}
				return
			}
			c.text("%s", slice("f", 0, 3, 0, 1))
			c.data("new")
			c.text("%s", slice("f", 0, 3, 0, 1))
			w.check(c.conn.Close(websocket.StatusNormalClosure, ""))
			if got := fmt.Sprint(w.files()); got != tt.want {
				t.Errorf("stored %s, want %s", got, tt.want)
			}
		})
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
		{"name of no file", []string{good, slice("z", 0, 4, 0, 1)}, "fileIndex"},
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

// An upload that is given up late takes nothing from the one that follows it.
func TestUploadBesideOneThatEnds(t *testing.T) {
	w := newWorld(t)
	first, second := w.dial(), w.dial()
	for _, c := range []*client{first, second} {
		c.text("%s", spec("up", "a"))
		c.text("%s", slice("a", 0, 4, 0, 2))
		c.data("12")
	}
	first.conn.CloseNow()
	second.data("34")
	if answer := second.text("%s", slice("a", 0, 4, 1, 2)); answer != "end_slice_upload" {
		t.Errorf("answer is %s", answer)
	}
	_ = second.conn.Close(websocket.StatusNormalClosure, "")
	w.mustHaveNoMoreThan(true)
	if content := w.files()["up/a"]; content != "1234" {
		t.Errorf("the file of the second upload holds %q", content)
	}
}
