package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// tree is the storage /dirA/{f,sub/{deep.txt}}, /f1.txt, /l -> node 77 file 9,
// /lost -> nowhere.
func tree() nodetest.Script {
	return nodetest.Script{
		"GET /files/1/files": nodetest.JSON(`[
			{"id":"2","name":"dirA","type":"folder"},
			{"id":"3","name":"f1.txt","type":"file"},
			{"id":"6","name":"l","type":"link"},
			{"error":{"user_message":"unreadable entry"}},
			{"id":"7","name":"dev","type":"socket"},
			{"id":"8","name":"lost","type":"link"}]`),
		"GET /files/2/files": nodetest.JSON(`[{"id":"4","name":"f","type":"file"},{"id":"5","name":"sub","type":"folder"}]`),
		"GET /files/5/files": nodetest.JSON(`[{"id":"10","name":"deep.txt","type":"file"}]`),
		"GET /files/2":       nodetest.JSON(`{"id":"2","name":"dirA","type":"folder"}`),
		"GET /files/3":       nodetest.JSON(`{"id":"3","name":"f1.txt","type":"file"}`),
		"GET /files/6":       nodetest.JSON(`{"id":"6","name":"l","type":"link","target_node_id":"77","target_id":"9"}`),
		"GET /files/8":       nodetest.JSON(`{"id":"8","name":"lost","type":"link"}`),
		"GET /files/9/files": nodetest.JSON(`[{"id":"11","name":"far","type":"file"},{"id":"12","name":"back","type":"link","target_node_id":"77","target_id":"9"}]`),
		"GET /info":          nodetest.JSON(`{"transfer_user":"xfer","settings":[{"name":"wss_enabled","value":true},{"name":"other","value":1},{"name":"wss_port","value":9093}]}`),
	}
}

type fixture struct {
	*node.Client
	server *nodetest.Server
	log    *bytes.Buffer
}

// start serves a script to a client with the root 1 and basic authentication.
func start(t testing.TB, script nodetest.Script, change func(*node.Config)) fixture {
	t.Helper()
	f := fixture{server: nodetest.Serve(t, script), log: &bytes.Buffer{}}
	session, err := rest.NewSession(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	api, err := session.Client(f.server.URL, rest.Basic("ak1", "sec"))
	if err != nil {
		t.Fatal(err)
	}
	config := node.Config{
		AccessKey: "ak1", Root: "1", Settings: node.DefaultSettings(), NodeID: "1",
		Log: slog.New(slog.NewTextHandler(f.log, nil)),
	}
	if change != nil {
		change(&config)
	}
	f.Client = node.New(api, config)
	return f
}

func checkCalls(t *testing.T, server *nodetest.Server, want ...string) {
	t.Helper()
	if got := server.Calls(); !slices.Equal(got, want) {
		t.Errorf("calls\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestResolve(t *testing.T) {
	const v4 = "?per_page=1000"
	for _, c := range []struct {
		name, path, id, err string
		calls               []string
	}{
		{"root", "/", "1", "", nil},
		{"nothing is root", "", "1", "", nil},
		{"folder", "/dirA", "2", "", []string{"GET /files/1/files" + v4}},
		{"file", "dirA//sub/deep.txt", "10", "", []string{"GET /files/1/files" + v4, "GET /files/2/files" + v4, "GET /files/5/files" + v4}},
		{"link itself", "/l", "6", "", []string{"GET /files/1/files" + v4}},
		{"link followed", "/l/", "9", "", []string{"GET /files/1/files" + v4, "GET /files/6"}},
		{"through a link", "/l/far", "11", "", []string{"GET /files/1/files" + v4, "GET /files/6", "GET /files/9/files" + v4}},
		{"through a lost link", "/lost/x", "", `entry not found: ["lost", "x"]`, nil},
		{"lost link", "/lost/", "", "Cannot resolve link", nil},
		{"through a file", "/f1.txt/a/b", "", `f1.txt is a file, expecting folder to find: ["a", "b"]`, nil},
		{"unknown", "/dirA/no/more", "", `entry not found: ["no", "more"]`, nil},
		{"case counts", "/DIRA", "", `entry not found: ["DIRA"]`, nil},
		{"other type", "/dev", "", `entry not found: ["dev"]`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f fixture
			f = start(t, tree(), func(config *node.Config) {
				config.Resolve = func(context.Context, string) (*node.Client, error) { return f.Client, nil }
			})
			at, err := f.Resolve(t.Context(), c.path, false)
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || at.ID != c.id {
				t.Errorf("got %s, %v, want %s", at.ID, err, c.id)
			}
			checkCalls(t, f.server, c.calls...)
		})
	}
}

func TestResolveLogsWhatItCannotFollow(t *testing.T) {
	f := start(t, tree(), nil)
	for path, want := range map[string]string{
		"/l/":    "Cannot resolve link with node id 77, no resolver",
		"/lost/": "Missing target information for link: lost",
		"/dev":   "Unknown element type: socket",
		"/no":    "unreadable entry",
	} {
		if _, err := f.Resolve(t.Context(), path, false); err == nil {
			t.Errorf("%s was found", path)
		}
		if !strings.Contains(f.log.String(), want) {
			t.Errorf("no %q in the log %s", want, f.log)
		}
	}
	f = start(t, tree(), func(config *node.Config) {
		config.Resolve = func(context.Context, string) (*node.Client, error) { return nil, errors.New("gone") }
	})
	if _, err := f.Resolve(t.Context(), "/l/x", false); err == nil || err.Error() != `entry not found: ["l", "x"]` {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(f.log.String(), "Cannot resolve link with node id 77: gone") {
		t.Errorf("log %s", f.log)
	}
}

func TestFoldersAreResolvedOnceUntilSomethingChanges(t *testing.T) {
	f := start(t, tree(), nil)
	resolve := func() {
		t.Helper()
		if _, err := f.Resolve(t.Context(), "/dirA/sub", false); err != nil {
			t.Fatal(err)
		}
	}
	resolve()
	resolve()
	if n := len(f.server.Calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
	if err := f.DeleteFile(t.Context(), "99"); failure.As(err) == nil {
		t.Errorf("deletion gave %v", err)
	}
	resolve()
	if n := len(f.server.Calls()); n != 5 {
		t.Errorf("%d calls", n)
	}
}

func TestUnreadableFolderOnTheWay(t *testing.T) {
	script := tree()
	script["GET /files/2/files"] = nodetest.Answer{Status: 403, Body: `{"error":{"user_message":"denied"}}`}
	f := start(t, script, nil)
	_, err := f.Resolve(t.Context(), "/dirA/f", false)
	if e := failure.As(err); e == nil || e.Label != failure.Rest || !strings.HasPrefix(err.Error(), "/dirA: denied\n") {
		t.Errorf("got %v", err)
	}
}

func TestChildrenPages(t *testing.T) {
	next := func(body, token string) nodetest.Answer {
		return nodetest.Answer{Body: body, Header: map[string]string{"X-Aspera-Next-Iteration-Token": token}}
	}
	entries := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, n), ",") + "]"
	}
	v4, old := node.DefaultSettings(), node.Settings{}
	for _, c := range []struct {
		name     string
		settings node.Settings
		query    string
		script   nodetest.Script
		entries  int
		err      string
		calls    []string
	}{
		{"tokens", v4, `{"type":"file"}`, nodetest.Script{
			"GET /files/1/files?type=file&per_page=1000":                       next(entries(2), "t/1"),
			"GET /files/1/files?type=file&per_page=1000&iteration_token=t%2F1": next(entries(1), ""),
		}, 3, "", []string{"GET /files/1/files?type=file&per_page=1000", "GET /files/1/files?type=file&per_page=1000&iteration_token=t%2F1"}},
		{"own page size", v4, `{"per_page":null}`, nodetest.Script{"GET /files/1/files?per_page": next(entries(1), "")}, 1, "",
			[]string{"GET /files/1/files?per_page"}},
		{"endless tokens", v4, `{}`, nodetest.Script{"GET /files/1/files": next(entries(1), "same")}, 2,
			"the server repeats the pages of folder 1 without end", nil},
		{"old, all at once", old, `{"sort":"name"}`, nodetest.Script{"GET /files/1/files": nodetest.JSON(entries(5))}, 5, "",
			[]string{"GET /files/1/files?sort=name"}},
		{"old, numbered", old, `{"per_page":2}`, nodetest.Script{
			"GET /files/1/files?per_page=2&page=1": nodetest.JSON(entries(2)),
			"GET /files/1/files?per_page=2&page=2": nodetest.JSON(entries(1)),
		}, 3, "", []string{"GET /files/1/files?per_page=2&page=1", "GET /files/1/files?per_page=2&page=2"}},
		{"old, one page", old, `{"per_page":2,"page":4}`, nodetest.Script{"GET /files/1/files": nodetest.JSON(entries(2))}, 2, "",
			[]string{"GET /files/1/files?per_page=2&page=4"}},
		{"not a list", old, `{}`, nodetest.Script{"GET /files/1/files": nodetest.JSON(`{}`)}, 0, "expecting an array in JSON, got Hash", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, c.script, func(config *node.Config) { config.Settings = c.settings })
			query, err := record.ParseObject([]byte(c.query))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, e := range f.Children(t.Context(), "1", query) {
				if err = e; err == nil {
					n++
				}
			}
			if n != c.entries || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%d entries, %v", n, err)
			}
			if c.calls != nil {
				checkCalls(t, f.server, c.calls...)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	f := start(t, tree(), func(config *node.Config) { config.Settings.Cache = false })
	if _, err := f.Resolve(t.Context(), "/dirA", false); err != nil {
		t.Fatal(err)
	}
	header := f.server.Headers()[0]
	if header.Get("Accept-Version") != "4.0" || header.Get("X-Aspera-Cache-Control") != "no-cache" || header.Get("Accept") != "application/json" {
		t.Errorf("got %v", header)
	}
}

func TestNoRoot(t *testing.T) {
	f := start(t, nil, func(config *node.Config) { config.Root = "" })
	if _, err := f.Resolve(t.Context(), "/", false); err == nil || err.Error() != "Specify root file id with option root_id" {
		t.Errorf("got %v", err)
	}
}

func TestTransferSpec(t *testing.T) {
	host := func(f fixture) string { return strings.Split(strings.TrimPrefix(f.server.URL, "http://"), ":")[0] }
	t.Run("standard ports", func(t *testing.T) {
		f := start(t, tree(), func(config *node.Config) {
			config.Amend = func(_ context.Context, spec *record.Object) error { spec.Set("cookie", "c"); return nil }
		})
		at := node.Location{Node: f.Client, ID: "2"}
		spec, err := at.TransferSpec(t.Context(), transfer.Send, record.New("tags", record.New("aspera", record.New("x", 1))))
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"direction":"send","token":"Basic YWsxOnNlYw==","tags":{"aspera":{"node":{"access_key":"ak1","file_id":"2"},"x":1}},`+
			`"cookie":"c","remote_user":"xfer","ssh_port":33001,"fasp_port":33001,"remote_host":"%s","wss_enabled":true,"wss_port":9093}`, host(f))
		if got := string(record.JSON(spec)); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		checkCalls(t, f.server, "GET /info")
	})
	t.Run("ports of the server", func(t *testing.T) {
		script := nodetest.Script{"POST /files/download_setup": nodetest.JSON(
			`{"transfer_specs":[{"transfer_spec":{"token":"AT","remote_host":"h","remote_user":"other","ssh_port":22,"fasp_port":1,"wss_enabled":false}}]}`)}
		f := start(t, script, func(config *node.Config) { config.Settings.StandardPorts = false })
		spec, err := node.Location{Node: f.Client, ID: "2"}.TransferSpec(t.Context(), transfer.Receive, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(record.JSON(spec)); !strings.HasSuffix(got, `"remote_host":"h","remote_user":"other","ssh_port":22,"fasp_port":1,"wss_enabled":false}`) {
			t.Errorf("got %s", got)
		}
		checkCalls(t, f.server, `POST /files/download_setup {"transfer_requests":[{"transfer_request":{"paths":[{"source":"/"}]}}]}`)
		if !strings.Contains(f.log.String(), "Expected transfer user: xfer, but have other") {
			t.Errorf("log %s", f.log)
		}
	})
}

func TestDownloadSpec(t *testing.T) {
	source := func(names ...string) (list []transfer.Source) {
		for _, n := range names {
			list = append(list, transfer.Source{Source: n})
		}
		return list
	}
	script := tree()
	script["GET /files/10"] = nodetest.JSON(`{"type":"file"}`)
	script["GET /files/7"] = nodetest.JSON(`{"type":"socket"}`)
	for _, c := range []struct {
		name    string
		sources []transfer.Source
		id      string
		paths   string
		err     string
	}{
		{"one file", source("/f1.txt"), "1", `[{"source":"f1.txt"}]`, ""},
		{"one deep file, renamed", []transfer.Source{{Source: "/dirA/sub/deep.txt", Destination: "new"}}, "5", `[{"source":"deep.txt","destination":"new"}]`, ""},
		{"one folder", source("/dirA"), "2", `[{"source":"."}]`, ""},
		{"several in a folder", source("/dirA", "f", "sub/deep.txt"), "2", `[{"source":"f"},{"source":"sub/deep.txt"}]`, ""},
		{"link nobody resolves", source("/l"), "", "", "Cannot resolve link"},
		{"none", nil, "", "", "specify at least one file on command line or use --sources=@ts to use transfer spec"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec, err := start(t, script, nil).DownloadSpec(t.Context(), c.sources)
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			paths, _ := spec.Get("paths")
			id, _ := spec.At("tags", "aspera", "node", "file_id")
			if id != c.id || string(record.JSON(paths)) != c.paths || spec.Text("direction") != "receive" {
				t.Errorf("got %s", record.JSON(spec))
			}
		})
	}
}
