package nodeapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/nodeapi"
	"github.com/ascli-go/ascli/sandbox/world"
)

const sshPort = 33001

// testNode is a node over a folder of the test.
type testNode struct {
	testing.TB
	handler http.Handler
	world   *world.World
	folder  string // data folder
}

func newNode(t testing.TB) *testNode {
	t.Helper()
	return openNode(t, t.TempDir())
}

func openNode(t testing.TB, folder string, options ...world.Option) *testNode {
	t.Helper()
	w, err := world.Open(folder, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	handler := nodeapi.New(nodeapi.Config{World: w, SSHPort: sshPort, Log: slog.New(slog.DiscardHandler)})
	return &testNode{TB: t, handler: handler, world: w, folder: folder}
}

// in returns the same node for a part of a test.
func (n *testNode) in(t testing.TB) *testNode {
	part := *n
	part.TB = t
	return &part
}

// put writes a file into the store as another program would.
func (n *testNode) put(name, content string) {
	n.Helper()
	file := filepath.Join(n.folder, "files", name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		n.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		n.Fatal(err)
	}
}

// answer is what came back for a request.
type answer struct {
	testing.TB
	status int
	header http.Header
	body   string
}

// credentials name who asks.
type credentials func(*testNode) (name, secret string)

func asUser(n *testNode) (string, string) { return n.world.NodeUser() }

func asKey(n *testNode) (string, string) {
	id, secret, _ := n.world.DefaultAccessKey()
	return id, secret
}

// call makes a request. Headers are given as name, value pairs.
func (n *testNode) call(as credentials, method, target, body string, headers ...string) answer {
	n.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if as != nil {
		r.SetBasicAuth(as(n))
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	n.handler.ServeHTTP(w, r)
	return answer{TB: n.TB, status: w.Code, header: w.Header(), body: w.Body.String()}
}

// is fails the test unless the answer has a status.
func (a answer) is(status int) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status = %d, want %d; body: %s", a.status, status, a.body)
	}
	return a
}

// into decodes a JSON answer.
func (a answer) into(value any) {
	a.Helper()
	if got := a.header.Get("Content-Type"); got != "application/json" {
		a.Fatalf("Content-Type = %q; body: %s", got, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), value); err != nil {
		a.Fatalf("%v in %s", err, a.body)
	}
}

// failure is the error in an answer.
type failure struct {
	Code        int    `json:"code"`
	Reason      string `json:"reason"`
	UserMessage string `json:"user_message"`
}

// failure returns the error of an answer, which must agree with its status.
func (a answer) failure() failure {
	a.Helper()
	var body struct{ Error failure }
	a.into(&body)
	if body.Error.Code != a.status || body.Error.Reason != http.StatusText(a.status) || body.Error.UserMessage == "" {
		a.Errorf("error = %+v for status %d", body.Error, a.status)
	}
	return body.Error
}

// idEntry is what tests look at in an entry of a call by file id.
type idEntry struct {
	ID, Name, Type string
	Path           string
	Size           *int64
	RecursiveSize  *int64 `json:"recursive_size"`
	FileCount      *int   `json:"recursive_file_count"`
	TargetNodeID   string `json:"target_node_id"`
	TargetID       string `json:"target_id"`
}

// children lists a folder by its id.
func (n *testNode) children(id string) map[string]idEntry {
	n.Helper()
	var entries []idEntry
	n.call(asKey, "GET", "/files/"+id+"/files", "").is(200).into(&entries)
	found := map[string]idEntry{}
	for _, e := range entries {
		found[e.Name] = e
	}
	return found
}

// quoted writes a text as JSON.
func quoted(text string) string {
	data, _ := json.Marshal(text) // a string can always be written
	return string(data)
}
