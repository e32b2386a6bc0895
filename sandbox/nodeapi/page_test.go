package nodeapi_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

type pageAnswer struct {
	Items []struct {
		Path, Basename, Type, Mtime string
		Size                        *int64
	}
	ItemCount  int    `json:"item_count"`
	NextToken  string `json:"next_iteration_token"`
	Parameters map[string]any
}

func (p pageAnswer) names() string {
	var names []string
	for _, item := range p.Items {
		names = append(names, item.Basename)
	}
	return strings.Join(names, " ")
}

func TestPageThroughAFolder(t *testing.T) {
	n := newNode(t)
	for _, name := range []string{"a", "b", "c", "d/f", "e"} {
		n.put(name, "x")
	}
	tests := map[string]struct {
		request string // after path
		pages   []string
	}{
		"all at once":         {``, []string{"a b c d e"}},
		"in steps":            {`,"count":2`, []string{"a b", "c d", "e"}},
		"in full steps":       {`,"count":5`, []string{"a b c d e"}},
		"files only":          {`,"count":2,"filters":{"types":["file"]}`, []string{"a b", "c e"}},
		"folders only":        {`,"count":1,"filters":{"types":["directory"]}`, []string{"d", ""}},
		"by name":             {`,"filters":{"basenames":["[a-c]"],"out_basenames":["b"]}`, []string{"a c"}},
		"names to be left":    {`,"count":2,"filters":{"out_basenames":["[ab]"]}`, []string{"c d", "e"}},
		"filter of no effect": {`,"filters":{}`, []string{"a b c d e"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var pages []string
			for token, more := "", true; more && len(pages) < 10; {
				var got pageAnswer
				n.in(t).call(asUser, "POST", "/files/page", fmt.Sprintf(`{"path":"/","iteration_token":%q%s}`, token, test.request)).is(200).into(&got)
				if got.ItemCount != len(got.Items) || got.Parameters["path"] != "/" {
					t.Errorf("answer = %+v", got)
				}
				pages = append(pages, got.names())
				token, more = got.NextToken, got.NextToken != ""
			}
			if !reflect.DeepEqual(pages, test.pages) {
				t.Errorf("pages = %q, want %q", pages, test.pages)
			}
		})
	}
}

func TestPageWithoutMetadata(t *testing.T) {
	n := newNode(t)
	n.put("a", "x")
	var got pageAnswer
	n.call(asUser, "POST", "/files/page", `{"path":"/","retrieve_metadata":false}`).is(200).into(&got)
	if item := got.Items[0]; item.Path != "/a" || item.Type != "file" || item.Size != nil || item.Mtime != "" {
		t.Errorf("item = %+v", item)
	}
	n.call(asUser, "POST", "/files/page", `{"path":"/a"}`).is(200).into(&got)
	if len(got.Items) != 0 {
		t.Errorf("a file holds %+v", got.Items)
	}
}

func TestRefusedPages(t *testing.T) {
	n := newNode(t)
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"no path": {`{}`, 400}, "count 0": {`{"path":"/","count":0}`, 400}, "foreign token": {`{"path":"/","iteration_token":"%"}`, 400},
		"bad pattern": {`{"path":"/","filters":{"basenames":["["]}}`, 400}, "missing folder": {`{"path":"/x"}`, 404},
	} {
		t.Run(name, func(t *testing.T) { n.in(t).call(asUser, "POST", "/files/page", test.body).is(test.status).failure() })
	}
}

func TestInfoOfPaths(t *testing.T) {
	n := newNode(t)
	n.put("d/f", "12345")
	n.call(asUser, "POST", "/files/create", `{"paths":[{"type":"symbolic_link","path":"/l","target":{"path":"/d/f"}},
		{"type":"symbolic_link","path":"/dl","target":{"path":"/d"}}]}`).is(200)
	var got struct {
		Paths []struct {
			Path, Basename, Type string
			Size                 *int64
			Permissions          []any
			Error                *failure
		}
	}
	n.call(asUser, "POST", "/files/info", `{"paths":[{"path":"/d"},{"path":"/d/f"},{"path":"/l"},{"path":"/dl"},{"path":"/x"}]}`).is(200).into(&got)
	want := []string{"/d d directory", "/d/f f file 5", "/l l file 5", "/dl dl directory", "/x   404"}
	for i, p := range got.Paths {
		text := p.Path + " " + p.Basename + " " + p.Type
		if p.Size != nil {
			text += fmt.Sprint(" ", *p.Size)
		}
		if p.Error != nil {
			text += fmt.Sprint(" ", p.Error.Code)
		}
		if text != want[i] || (len(p.Permissions) == 3) == (p.Error != nil) {
			t.Errorf("path %d = %q %+v, want %q", i, text, p, want[i])
		}
	}
	n.call(asUser, "POST", "/files/info", `{}`).is(400).failure()
}

func TestDiskUsage(t *testing.T) {
	n := newNode(t)
	n.put("d/f", "12345")
	n.put("d/sub/g", "1")
	var got map[string]any
	n.call(asUser, "POST", "/files/du", `{"path":"/d"}`).is(200).into(&got)
	want := map[string]any{"path": "/d", "total_size": 6.0, "file_count": 2.0, "dir_count": 1.0, "special_count": 0.0, "failed_count": 0.0}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("usage = %v", got)
	}
	n.call(asUser, "POST", "/files/du", `{}`).is(400).failure()
	n.call(asUser, "POST", "/files/du", `{"path":"/x"}`).is(http.StatusNotFound).failure()
}

func FuzzPage(f *testing.F) {
	f.Add(`{"path":"/","count":1,"iteration_token":"YQ","filters":{"types":["file"],"basenames":["*"]}}`)
	f.Add(`{"path":"/d"}`)
	n := newNode(f)
	n.put("d/f", "x")
	f.Fuzz(func(t *testing.T, body string) {
		n := n.in(t)
		for _, route := range []string{"page", "info", "du"} {
			fuzzAnswer(t, n.call(asUser, "POST", "/files/"+route, body))
		}
	})
}
