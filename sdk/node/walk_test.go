package node_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// walk walks all below the root and returns the paths met and the errors.
func walk(t *testing.T, c *node.Client, options node.WalkOptions) (paths []string, errs []error) {
	t.Helper()
	root, err := c.Root()
	if err != nil {
		t.Fatal(err)
	}
	for entry, err := range root.Walk(t.Context(), options) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		paths = append(paths, entry.Path)
	}
	return paths, errs
}

func walkAll(t *testing.T, c *node.Client, options node.WalkOptions) string {
	t.Helper()
	paths, errs := walk(t, c, options)
	if errs != nil {
		t.Fatal(errs)
	}
	if options.Unordered {
		slices.Sort(paths)
	}
	return strings.Join(paths, " ")
}

// linked resolves every link to a client of the same server, a new one each
// time, as a product with many nodes makes.
func linked(t *testing.T, script nodetest.Script) fixture {
	var f fixture
	f = start(t, script, func(config *node.Config) {
		config.Resolve = func(context.Context, string) (*node.Client, error) {
			return node.New(f.API(), node.Config{Settings: node.DefaultSettings(), Resolve: f.Config().Resolve}), nil
		}
	})
	return f
}

func TestWalk(t *testing.T) {
	const (
		plain     = "/dirA /f1.txt /l /dev /lost /dirA/f /dirA/sub /dirA/sub/deep.txt"
		withLinks = "/dirA /f1.txt /l /l/far /l/back /dev /lost /dirA/f /dirA/sub /dirA/sub/deep.txt"
	)
	sorted := func(paths string) string {
		list := strings.Fields(paths)
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	for _, c := range []struct {
		name    string
		options node.WalkOptions
		links   bool
		want    string
	}{
		{"breadth first", node.WalkOptions{}, false, plain},
		{"one folder at a time", node.WalkOptions{Concurrency: 1}, false, plain},
		{"through links", node.WalkOptions{}, true, withLinks},
		{"through links, one at a time", node.WalkOptions{Concurrency: 1}, true, withLinks},
		{"unordered", node.WalkOptions{Unordered: true}, false, sorted(plain)},
		{"unordered through links", node.WalkOptions{Unordered: true}, true, sorted(withLinks)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, tree(), nil)
			if c.links {
				f = linked(t, tree())
			}
			if got := walkAll(t, f.Client, c.options); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A link to a folder above it, and two links to the same place.
func TestWalkFollowsNoLinkTwice(t *testing.T) {
	f := linked(t, nodetest.Script{
		"GET /files/1/files": nodetest.JSON(`[
			{"id":"2","name":"up","type":"link","target_node_id":"9","target_id":"1"},
			{"id":"3","name":"a","type":"link","target_node_id":"9","target_id":"5"},
			{"id":"4","name":"b","type":"link","target_node_id":"9","target_id":"5"}]`),
		"GET /files/5/files": nodetest.JSON(`[{"id":"6","name":"again","type":"link","target_node_id":"9","target_id":"5"}]`),
	})
	if got, want := walkAll(t, f.Client, node.WalkOptions{}), "/up /a /a/again /b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWalkReportsFoldersThatCannotBeRead(t *testing.T) {
	script := tree()
	script["GET /files/2/files"] = nodetest.Answer{Status: http.StatusForbidden, Body: `{"error":{"user_message":"denied"}}`}
	paths, errs := walk(t, start(t, script, nil).Client, node.WalkOptions{})
	if got, want := strings.Join(paths, " "), "/dirA /f1.txt /l /dev /lost"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var unreadable *node.FolderError
	if len(errs) != 1 || !errors.As(errs[0], &unreadable) || unreadable.Path != "/dirA" || !strings.Contains(errs[0].Error(), "denied") {
		t.Errorf("errors %v", errs)
	}
}

func TestWalkIsGivenUp(t *testing.T) {
	folders := make([]string, 20)
	for i := range folders {
		folders[i] = fmt.Sprintf(`{"id":"1%02d","name":"d%d","type":"folder"}`, i, i)
	}
	root := nodetest.JSON("[" + strings.Join(folders, ",") + "]")
	t.Run("credentials refused", func(t *testing.T) {
		script := nodetest.Script{"GET /files/1/files": root, "GET /files/100/files": {Status: http.StatusUnauthorized}}
		_, errs := walk(t, start(t, script, nil).Client, node.WalkOptions{})
		var unreadable *node.FolderError
		if len(errs) != 1 || errors.As(errs[0], &unreadable) || !strings.HasPrefix(errs[0].Error(), "/d0: ") {
			t.Errorf("errors %v", errs)
		}
	})
	t.Run("server silent", func(t *testing.T) {
		script := nodetest.Script{"GET /files/1/files": root}
		for i := range folders {
			script[fmt.Sprintf("GET /files/1%02d/files", i)] = nodetest.JSON("<html>")
		}
		_, errs := walk(t, start(t, script, nil).Client, node.WalkOptions{})
		if len(errs) != 3 {
			t.Errorf("%d errors: %v", len(errs), errs)
		}
	})
}

// parallel serves a root of many folders, and answers none of them before as
// many as expected are asked for at the same time.
type parallel struct {
	folders, expected int

	mu      sync.Mutex
	waiting int
	most    int
	full    chan struct{}
}

func (p *parallel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/files/1/files" {
		var list []string
		for i := range p.folders {
			list = append(list, fmt.Sprintf(`{"id":"d%d","name":"%d","type":"folder"}`, i, i))
		}
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
		return
	}
	p.mu.Lock()
	p.waiting++
	p.most = max(p.most, p.waiting)
	if p.waiting == p.expected {
		close(p.full)
		p.full = make(chan struct{})
		p.waiting = 0
		p.mu.Unlock()
	} else {
		full := p.full
		p.mu.Unlock()
		<-full
	}
	_, _ = fmt.Fprint(w, "[]")
}

func client(t *testing.T, handler http.Handler, options map[string]any) *node.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	session, err := rest.NewSession(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	api, err := session.Client(server.URL, rest.Basic("ak1", "sec"))
	if err != nil {
		t.Fatal(err)
	}
	return node.New(api, node.Config{Root: "1", Settings: node.DefaultSettings()})
}

func TestWalkReadsFoldersAtTheSameTime(t *testing.T) {
	for _, options := range []node.WalkOptions{{}, {Concurrency: 3}, {Concurrency: 3, Unordered: true}} {
		t.Run(fmt.Sprintf("%+v", options), func(t *testing.T) {
			expected := options.Concurrency
			if expected == 0 {
				expected = 8
			}
			server := &parallel{folders: 5 * expected, expected: expected, full: make(chan struct{})}
			paths, errs := walk(t, client(t, server, nil), options)
			if errs != nil || len(paths) != 5*expected || server.most > expected {
				t.Errorf("%d paths, %d at a time, %v", len(paths), server.most, errs)
			}
		})
	}
}

func TestWalkWaitsForABusyServer(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			var asked atomic.Int32
			busy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if asked.Add(1) <= 3 {
					w.Header().Set("Retry-After", "0")
					w.WriteHeader(status)
				}
				_, _ = fmt.Fprint(w, "[]")
			})
			if paths, errs := walk(t, client(t, busy, nil), node.WalkOptions{}); errs != nil || len(paths) != 0 || asked.Load() != 4 {
				t.Errorf("%v, %v after %d requests", paths, errs, asked.Load())
			}
		})
	}
	t.Run("for ever", func(t *testing.T) {
		var asked atomic.Int32
		busy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		options := map[string]any{"http_options": record.New("retry_sleep", 0)}
		if _, errs := walk(t, client(t, busy, options), node.WalkOptions{}); len(errs) != 1 || asked.Load() != 7 {
			t.Errorf("%v after %d requests", errs, asked.Load())
		}
	})
}

func TestWalkEndsWithItsContext(t *testing.T) {
	f := start(t, tree(), nil)
	root, err := f.Root()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, e := range root.Walk(ctx, node.WalkOptions{}) {
		err = e
		cancel()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// expiring is a source of tokens whose first one the server refuses at some
// time.
type expiring struct {
	mu       sync.Mutex
	token    string
	renewals int
}

func (e *expiring) Authorize(r *http.Request) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.Header.Set("Authorization", e.token)
	return nil
}

// Renew replaces a token that was refused, once for all requests that used it.
func (e *expiring) Renew(refused *http.Request) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if refused.Header.Get("Authorization") == e.token {
		e.token = "Bearer new"
		e.renewals++
	}
	return nil
}

func TestWalkRenewsATokenThatExpires(t *testing.T) {
	const folders = 40
	var requests atomic.Int32
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if requests.Add(1) > folders/2 && r.Header.Get("Authorization") == "Bearer old" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path != "/files/1/files" {
			_, _ = fmt.Fprint(w, `[{"id":"f","name":"file","type":"file"}]`)
			return
		}
		var list []string
		for i := range folders {
			list = append(list, fmt.Sprintf(`{"id":"d%d","name":"d%d","type":"folder"}`, i, i))
		}
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
	})
	plain := client(t, handler, nil)
	tokens := &expiring{token: "Bearer old"}
	c := node.New(plain.API().WithAuth(tokens), plain.Config())
	paths, errs := walk(t, c, node.WalkOptions{})
	if errs != nil || len(paths) != 2*folders || tokens.renewals != 1 {
		t.Errorf("%d paths, %d renewals, %v", len(paths), tokens.renewals, errs)
	}
}

func TestWalkTakesNamesAsTheyAre(t *testing.T) {
	names := []string{"a/b", "..", "new\nline", "nul\x00", "%00", "\U0001F600 smile", "caf\u00e9", " "}
	var list []any
	for _, name := range names {
		list = append(list, record.New("id", "9", "name", name, "type", "file"))
	}
	f := start(t, nodetest.Script{"GET /files/1/files": nodetest.JSON(string(record.JSON(list)))}, nil)
	paths, errs := walk(t, f.Client, node.WalkOptions{})
	if errs != nil {
		t.Fatal(errs)
	}
	for i, name := range names {
		if paths[i] != "/"+name {
			t.Errorf("got %q, want %q", paths[i], "/"+name)
		}
	}
	if at, err := f.Resolve(t.Context(), "/..", false); err != nil || at.ID != "9" {
		t.Errorf("the entry called .. gives %v, %v", at.ID, err)
	}
}

// A folder of 100,000 entries is read page by page.
func TestLargeFolder(t *testing.T) {
	const pages, size = 100, 1000
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		number := 0
		if token := r.URL.Query().Get("iteration_token"); token != "" {
			_, _ = fmt.Sscan(token, &number)
		}
		if number < pages-1 {
			w.Header().Set("X-Aspera-Next-Iteration-Token", fmt.Sprint(number+1))
		}
		var list []string
		for i := range size {
			list = append(list, fmt.Sprintf(`{"id":"%d","name":"f%d","type":"file"}`, number*size+i, number*size+i))
		}
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
	})
	c := client(t, handler, nil)
	paths, errs := walk(t, c, node.WalkOptions{})
	if errs != nil || len(paths) != pages*size || paths[len(paths)-1] != "/f99999" {
		t.Errorf("%d paths, %v", len(paths), errs)
	}
	if at, err := c.Resolve(t.Context(), "/f99999", false); err != nil || at.ID != "99999" {
		t.Errorf("the last one is %v, %v", at.ID, err)
	}
}
