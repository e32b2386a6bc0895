package nodeapi_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// fuzzAnswer checks what holds for the answer to any request by path.
func fuzzAnswer(t *testing.T, got answer) {
	switch got.status {
	case 200, 400, 403, 404, 409, 413:
	default:
		t.Errorf("status = %d, body %s", got.status, got.body)
	}
	if !json.Valid([]byte(got.body)) {
		t.Errorf("body is not JSON: %s", got.body)
	}
}

func FuzzBrowse(f *testing.F) {
	for _, seed := range []string{`{"path":"/"}`, `{"path":"/..","skip":1,"count":2}`, `{"path":"/","sort":"size_a"}`,
		`{"path":"/","filters":{"types":["file"],"basenames":["*"],"mtime_min":"2011-01-31 12:59:59"}}`, `{"path":"a\u0000"}`, `[`} {
		f.Add(seed)
	}
	n := newNode(f)
	n.put("d/f", "x")
	f.Fuzz(func(t *testing.T, body string) {
		n := n.in(t)
		fuzzAnswer(t, n.call(asUser, "POST", "/files/browse", body))
		fuzzAnswer(t, n.call(asUser, "POST", "/files/search", body))
	})
}

func FuzzCreate(f *testing.F) {
	for _, seed := range []string{`{"paths":[{"type":"directory","path":"/a/../b"}]}`, `{"paths":[{"type":"file","path":"f","contents":"eA=="}]}`,
		`{"paths":[{"type":"symbolic_link","path":"/l","target":{"path":"../x"}}]}`, `{"paths":null}`} {
		f.Add(seed)
	}
	n := newNode(f)
	f.Fuzz(func(t *testing.T, body string) {
		n := n.in(t)
		fuzzAnswer(t, n.call(asUser, "POST", "/files/create", body))
		entries, err := os.ReadDir(n.folder)
		if err != nil || len(entries) != 4 {
			t.Errorf("data folder now holds %v, %v", entries, err)
		}
	})
}

func FuzzContentsPath(f *testing.F) {
	for _, seed := range []string{"/d/f", "/../world.json", "a+b", "%2e", "\x00"} {
		f.Add(seed)
	}
	n := newNode(f)
	_, password := n.world.NodeUser()
	f.Fuzz(func(t *testing.T, p string) {
		n := n.in(t)
		var encoded strings.Builder
		for _, b := range []byte(p) {
			fmt.Fprintf(&encoded, "%%%02X", b)
		}
		got := n.call(asUser, "GET", "/files/"+encoded.String()+"/contents", "")
		if got.status == 200 || strings.Contains(got.body, password) {
			t.Errorf("%q gives %s", p, got.body)
		}
	})
}
