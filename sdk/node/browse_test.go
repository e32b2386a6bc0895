package node_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func browsePage(total int, items ...string) nodetest.Answer {
	var list []string
	for _, i := range items {
		kind := "file"
		if strings.HasSuffix(i, "/") {
			kind, i = "directory", strings.TrimSuffix(i, "/")
		}
		list = append(list, fmt.Sprintf(`{"path":%q,"type":%q}`, i, kind))
	}
	return nodetest.JSON(fmt.Sprintf(`{"self":{"path":"x","type":"directory"},"items":[%s],"item_count":%d,"total_count":%d}`,
		strings.Join(list, ","), len(items), total))
}

func TestBrowse(t *testing.T) {
	script := nodetest.Script{
		`POST /files/browse {"count":1000,"path":"/"}`:           browsePage(3, "/a/", "/b", "/c"),
		`POST /files/browse {"count":2,"path":"/"}`:              browsePage(3, "/a/", "/b"),
		`POST /files/browse {"count":2,"path":"/","skip":2}`:     browsePage(3, "/c"),
		`POST /files/browse {"count":2,"path":"/a"}`:             browsePage(3, "/a/1", "/a/2"),
		`POST /files/browse {"count":2,"path":"/a","skip":2}`:    browsePage(3, "/a/3"),
		`POST /files/browse {"skip":1,"count":1,"path":"/"}`:     browsePage(3, "/b"),
		`POST /files/browse {"count":2,"path":"/gone"}`:          browsePage(5, "/gone/1"),
		`POST /files/browse {"count":2,"path":"/gone","skip":1}`: browsePage(5),
	}
	for _, c := range []struct {
		name, path, query string
		items             string
		counts            string
		calls             int
	}{
		{"default page", "/", ``, "/a /b /c", "", 1},
		{"pages", "/", `{"count":2}`, "/a /b /c", "", 2},
		{"below, counted folder by folder", "/", `{"recursive":true,"count":2}`, "/a /b /c /a/1 /a/2 /a/3", "", 4},
		{"max", "/", `{"count":2,"max":3,"recursive":true}`, "/a /b /c", "", 2},
		{"max inside a page", "/", `{"count":2,"max":1}`, "/a", "", 1},
		{"skip is one call", "/", `{"skip":1,"count":1}`, "/b", "1/3", 1},
		{"folder that shrinks", "/gone", `{"count":2}`, "/gone/1", "", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, script, nil)
			found, err := f.Browse(t.Context(), c.path, object(t, c.query))
			if err != nil {
				t.Fatal(err)
			}
			var items []string
			for item, err := range found.Items {
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, item.Text("path"))
			}
			if strings.Join(items, " ") != c.items || found.Counts != c.counts {
				t.Errorf("got %s (%s)", items, found.Counts)
			}
			if calls := f.server.Calls(); len(calls) != c.calls {
				t.Errorf("calls %q", calls)
			}
		})
	}
}

// The sequence of spec/plugins/node.md 4.1.
func TestBrowseSequence(t *testing.T) {
	f := start(t, nodetest.Script{
		`POST /files/browse {"count":2,"path":"/"}`:          browsePage(3, "/a/", "/b"),
		`POST /files/browse {"count":2,"path":"/","skip":2}`: browsePage(3, "/c"),
		`POST /files/browse {"count":2,"path":"/a"}`:         browsePage(0),
	}, nil)
	found, err := f.Browse(t.Context(), "/", object(t, `{"recursive":true,"count":2}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range found.Items {
		if err != nil {
			t.Fatal(err)
		}
	}
	checkCalls(t, f.server,
		`POST /files/browse {"count":2,"path":"/"}`,
		`POST /files/browse {"count":2,"path":"/","skip":2}`,
		`POST /files/browse {"count":2,"path":"/a"}`)
}

func TestBrowseSelf(t *testing.T) {
	f := start(t, nodetest.Script{
		`POST /files/browse {"count":1000,"path":"/"}`:  browsePage(1, "/a"),
		`POST /files/browse {"count":1000,"path":"/f"}`: nodetest.JSON(`{"self":{"path":"/f","type":"file"},"items":[],"total_count":0}`),
	}, nil)
	for path, query := range map[string]string{"/f": ``, "/": `{"self":true}`} {
		found, err := f.Browse(t.Context(), path, object(t, query))
		if err != nil || found.Self == nil {
			t.Errorf("%s: got %+v, %v", path, found, err)
		}
	}
}

func TestBrowseRefuses(t *testing.T) {
	f := start(t, nil, nil)
	for query, want := range map[string]string{
		`{"recursive":true,"skip":0}`: "options recursive and skip cannot be used together",
		`{"max":"x"}`:                 `query: max must be a number above 0, not "x"`,
		`{"count":5}`:                 "not in the script\ncode: 404\nreason: Not Found\n" + strings.TrimPrefix(f.server.URL, "http://") + " 404 Not Found",
	} {
		if _, err := f.Browse(t.Context(), "/", object(t, query)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", query, err, want)
		}
	}
}

func TestPathResults(t *testing.T) {
	f := start(t, nodetest.Script{
		"POST /files/create": nodetest.JSON(`{"paths":[{"path":"/x"},{"path":"y"}]}`),
		"POST /files/delete": nodetest.JSON(`{"paths":[{"path":"/x","error":{"user_message":"missing"}},{"path":"/y"},{"path":"/z","error":{"user_message":"busy"}}]}`),
		"POST /files/rename": nodetest.JSON(`{"paths":[{"path":"/b","source":"o","destination":"n"}]}`),
	}, nil)
	if got, err := f.CreateFolders(t.Context(), []string{"/x", "y"}); err != nil || !slices.Equal(got, []string{"/x", "y"}) {
		t.Errorf("created %v, %v", got, err)
	}
	if got, err := f.RenamePath(t.Context(), "/b", "o", "n"); err != nil || !slices.Equal(got, []string{"/b"}) {
		t.Errorf("renamed %v, %v", got, err)
	}
	if _, err := f.DeletePaths(t.Context(), []string{"/x", "y", "z"}); err == nil || err.Error() != "/x: missing, /z: busy" {
		t.Errorf("deletion gave %v", err)
	}
	checkCalls(t, f.server,
		`POST /files/create {"paths":[{"type":"directory","path":"/x"},{"type":"directory","path":"y"}]}`,
		`POST /files/rename {"paths":[{"path":"/b","source":"o","destination":"n"}]}`,
		`POST /files/delete {"paths":[{"path":"/x"},{"path":"/y"},{"path":"/z"}]}`)
	if !strings.Contains(f.log.String(), "missing : /x") || !strings.Contains(f.log.String(), "busy : /z") {
		t.Errorf("log %s", f.log)
	}
}

func TestSetup(t *testing.T) {
	f := start(t, nodetest.Script{
		"POST /files/upload_setup":   nodetest.JSON(`{"transfer_specs":[{"transfer_spec":{"token":"AT","paths":[{"source":"/up"}],"tags":null}}]}`),
		"POST /files/download_setup": nodetest.JSON(`{"transfer_specs":[{"transfer_spec":{"error":{"code":404,"reason":"Not found","user_message":"No such path"}}}]}`),
	}, nil)
	spec, err := f.UploadSetup(t.Context(), "/up", nil)
	if err != nil || string(record.JSON(spec)) != `{"token":"AT","tags":null}` {
		t.Errorf("got %v, %v", spec, err)
	}
	_, err = f.DownloadSetup(t.Context(), []transfer.Source{{Source: "/a"}, {Source: "/b", Destination: "c"}}, nil)
	if err == nil || err.Error() != "404: Not found: No such path" {
		t.Errorf("got %v", err)
	}
	checkCalls(t, f.server,
		`POST /files/upload_setup {"transfer_requests":[{"transfer_request":{"paths":[{"destination":"/up"}]}}]}`,
		`POST /files/download_setup {"transfer_requests":[{"transfer_request":{"paths":[{"source":"/a"},{"source":"/b","destination":"c"}]}}]}`)
}

func TestSetupAnswersNothing(t *testing.T) {
	for name, body := range map[string]string{"no specs": `{}`, "empty": `{"transfer_specs":[]}`, "no spec": `{"transfer_specs":[{}]}`, "odd": `{"transfer_specs":[1]}`} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nodetest.Script{"POST /files/upload_setup": nodetest.JSON(body)}, nil)
			if _, err := f.UploadSetup(t.Context(), "/", nil); err == nil || !strings.Contains(err.Error(), "the answer to files/upload_setup has no ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func object(t testing.TB, text string) *record.Object {
	t.Helper()
	if text == "" {
		return nil
	}
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}
