package gateway_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/gateway"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// authority: token "up" may write below /up, token "down" may read /down.
type authority struct{ root string }

func (a authority) AuthorizeToken(token string, _ []byte, direction grant.Direction) (grant.Grant, error) {
	switch {
	case token == "up" && direction == grant.Send:
		return grant.Grant{Owner: "ak1", Root: a.root, Destination: "/up"}, nil
	case token == "down" && direction == grant.Receive:
		return grant.Grant{Owner: "ak1", Root: a.root, Sources: []string{"/down"}}, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

func (authority) AuthorizePassword(string, string) (grant.Grant, error) {
	return grant.Grant{}, grant.ErrDenied
}

type world struct {
	t      testing.TB
	root   string
	server *httptest.Server
	// handlers are the requests that the gateway works on.
	handlers sync.WaitGroup
	// transfers is what the gateway recorded.
	transfers *activity.Journal
}

func newWorld(t testing.TB) *world {
	root, err := filepath.EvalSymlinks(t.TempDir())
	w := &world{t: t, root: root}
	w.check(err)
	w.transfers, err = activity.Open(t.TempDir(), "node-1", nil)
	w.check(err)
	handler := gateway.New(gateway.Config{
		Authority: authority{w.root}, BaseURL: "https://gw.test:1", Transfers: w.transfers, Log: slog.New(slog.DiscardHandler),
	})
	w.server = httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.handlers.Add(1)
		defer w.handlers.Done()
		handler.ServeHTTP(out, r)
	}))
	t.Cleanup(func() {
		w.server.Close()
		w.handlers.Wait()
		w.check(w.transfers.Close())
	})
	return w
}

// files gives the content of all files by path.
func (w *world) files() map[string]string {
	found := map[string]string{}
	w.check(filepath.WalkDir(w.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(w.root, path)
		found[filepath.ToSlash(name)] = string(content)
		return err
	}))
	return found
}

func (w *world) put(name, content string) {
	path := filepath.Join(w.root, filepath.FromSlash(name))
	w.check(os.MkdirAll(filepath.Dir(path), 0o700))
	w.check(os.WriteFile(path, []byte(content), 0o600))
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) info() map[string]any {
	response, err := w.server.Client().Get(w.server.URL + "/aspera/http-gwy/v1/info")
	w.check(err)
	defer response.Body.Close()
	var info map[string]any
	w.check(json.NewDecoder(response.Body).Decode(&info))
	return info
}

func TestInfo(t *testing.T) {
	info := newWorld(t).info()
	if info["version"] == "" || info["download_endpoint"] == nil || !strings.Contains(fmt.Sprint(info["endpoints"]), "https://gw.test:1/aspera/http-gwy/v2/upload") {
		t.Errorf("info: %v", info)
	}
}
