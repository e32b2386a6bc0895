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
	"github.com/ascli-go/ascli/sandbox/fault"
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
	faults   fault.Injector
	// transfers is what the gateway recorded.
	transfers *activity.Journal
}

func newWorld(t testing.TB, changes ...func(*gateway.Config)) *world {
	root, err := filepath.EvalSymlinks(t.TempDir())
	w := &world{t: t, root: root}
	w.check(err)
	w.transfers, err = activity.Open(t.TempDir(), "node-1", nil)
	w.check(err)
	config := gateway.Config{
		Authority: authority{w.root}, BaseURL: "https://gw.test:1", Transfers: w.transfers, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&config)
	}
	handler := w.faults.Wrap(gateway.New(config))
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
	for _, tt := range []struct {
		name            string
		change          func(*gateway.Config)
		version, upload string
		v2              bool
	}{
		{"both protocols", func(*gateway.Config) {}, "2.3.0", "https://gw.test:1/aspera/http-gwy/v2/upload", true},
		{"the first protocol", func(c *gateway.Config) { c.OnlyV1 = true }, "2.2.0", "https://gw.test:1/aspera/http-gwy/v1/upload", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.change)
			info := w.info()
			endpoints := fmt.Sprint(info["endpoints"])
			if info["version"] != tt.version || info["upload_endpoint"] != tt.upload || info["download_endpoint"] == nil ||
				!strings.Contains(endpoints, "/aspera/http-gwy/v1/upload") || strings.Contains(endpoints, "/v2/") != tt.v2 {
				t.Errorf("info: %v", info)
			}
			response, err := w.server.Client().Get(w.server.URL + "/aspera/http-gwy/v2/upload")
			w.check(err)
			response.Body.Close()
			if found := response.StatusCode != http.StatusNotFound; found != tt.v2 {
				t.Errorf("v2/upload: %s", response.Status)
			}
		})
	}
}

func TestWebPagesMayUseIt(t *testing.T) {
	w := newWorld(t)
	r, err := http.NewRequest(http.MethodOptions, w.server.URL+"/aspera/http-gwy/v1/download", nil)
	w.check(err)
	for name, value := range map[string]string{"Origin": "https://page.test", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"} {
		r.Header.Set(name, value)
	}
	response, err := w.server.Client().Do(r)
	w.check(err)
	response.Body.Close()
	h := response.Header
	if response.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") || h.Get("Access-Control-Allow-Headers") != "Content-Type" {
		t.Errorf("%s, %v", response.Status, h)
	}
}
