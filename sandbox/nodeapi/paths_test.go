package nodeapi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

type pathEntry struct {
	Path, Basename, Type, Mtime string
	Size                        int64
	Permissions                 []struct{ Name string }
	Target                      *pathEntry
}

type browsed struct {
	Self       pathEntry
	Items      []pathEntry
	ItemCount  int `json:"item_count"`
	TotalCount int `json:"total_count"`
	Parameters map[string]any
}

func (b browsed) names() []string {
	names := []string{}
	for _, item := range b.Items {
		names = append(names, item.Basename)
	}
	return names
}

func (n *testNode) browse(body string) browsed {
	n.Helper()
	var got browsed
	n.call(asUser, "POST", "/files/browse", body).is(200).into(&got)
	return got
}

func TestBrowseShape(t *testing.T) {
	n := newNode(t)
	n.put("d/sub/deep.txt", "deep")
	n.put("d/f.txt", "12345")
	when := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(n.folder, "files", "d", "f.txt"), when, when); err != nil {
		t.Fatal(err)
	}
	got := n.browse(`{"path":"/d"}`)
	if got.Self.Path != "/d" || got.Self.Type != "directory" || got.Self.Size != 0 {
		t.Errorf("self = %+v", got.Self)
	}
	if got.ItemCount != 2 || got.TotalCount != 2 || !slices.Equal(got.names(), []string{"f.txt", "sub"}) {
		t.Errorf("items = %+v", got)
	}
	permissions := []struct{ Name string }{{"view"}, {"edit"}, {"delete"}}
	want := pathEntry{Path: "/d/f.txt", Basename: "f.txt", Type: "file", Mtime: "2024-01-02T03:04:05Z", Size: 5, Permissions: permissions}
	if !reflect.DeepEqual(got.Items[0], want) {
		t.Errorf("file = %+v, want %+v", got.Items[0], want)
	}
	if want := map[string]any{"path": "/d", "skip": 0.0, "count": 100.0}; !reflect.DeepEqual(got.Parameters, want) {
		t.Errorf("parameters = %v, want %v", got.Parameters, want)
	}
}

func TestBrowseAFile(t *testing.T) {
	n := newNode(t)
	n.put("f.txt", "12345")
	got := n.browse(`{"path":"/f.txt"}`)
	if got.Self.Type != "file" || got.Self.Size != 5 || len(got.Items) != 0 || got.TotalCount != 0 {
		t.Errorf("answer = %+v", got)
	}
}

func TestBrowsePagesAddUpToTheTotal(t *testing.T) {
	n := newNode(t)
	for i := range 23 {
		n.put(fmt.Sprintf("F%02d", i), "x")
	}
	var seen []string
	for {
		page := n.browse(fmt.Sprintf(`{"path":"/","skip":%d,"count":10}`, len(seen)))
		if page.TotalCount != 23 || page.ItemCount != len(page.Items) {
			t.Fatalf("counts = %d of %d for %d items", page.ItemCount, page.TotalCount, len(page.Items))
		}
		if page.ItemCount == 0 {
			break
		}
		seen = append(seen, page.names()...)
	}
	if len(seen) != 23 || !slices.IsSorted(seen) {
		t.Errorf("pages give %v", seen)
	}
}

func TestBrowseFiltersAndOrder(t *testing.T) {
	n := newNode(t)
	for i, name := range []string{"B.TXT", "a.txt", "c.jpg"} {
		n.put(name, strings.Repeat("x", 10*(i+1)))
		when := time.Date(2024, 1, i+1, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(filepath.Join(n.folder, "files", name), when, when); err != nil {
			t.Fatal(err)
		}
	}
	n.put("d/f", "")
	tests := map[string]struct {
		query string
		want  []string
	}{
		"path":               {`"sort":"path"`, []string{"a.txt", "B.TXT", "c.jpg", "d"}},
		"path, case counts":  {`"sort":"path","case_sensitive":true`, []string{"B.TXT", "a.txt", "c.jpg", "d"}},
		"size up":            {`"sort":"size_a","filters":{"types":["file"]}`, []string{"B.TXT", "a.txt", "c.jpg"}},
		"size down":          {`"sort":"size_d"`, []string{"c.jpg", "a.txt", "B.TXT", "d"}},
		"mtime down":         {`"sort":"mtime_d","filters":{"types":["file"]}`, []string{"c.jpg", "a.txt", "B.TXT"}},
		"type":               {`"sort":"type"`, []string{"d", "a.txt", "B.TXT", "c.jpg"}},
		"folders":            {`"filters":{"types":["directory"]}`, []string{"d"}},
		"names":              {`"filters":{"basenames":["*.txt"]}`, []string{"a.txt", "B.TXT"}},
		"names, case counts": {`"case_sensitive":true,"filters":{"basenames":["*.txt"]}`, []string{"a.txt"}},
		"paths":              {`"filters":{"paths":["/c*"]}`, []string{"c.jpg"}},
		"at least 20 bytes":  {`"filters":{"size_min":20}`, []string{"a.txt", "c.jpg"}},
		"under 30 bytes":     {`"filters":{"size_max":30}`, []string{"a.txt", "B.TXT"}},
		"between dates":      {`"filters":{"mtime_min":"2024-01-01 12:00:00","mtime_max":"2024-01-03T00:00:00Z"}`, []string{"a.txt"}},
		"none":               {`"filters":{"basenames":["nothing"]}`, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := n.in(t)
			got := n.browse(`{"path":"/",` + test.query + `}`)
			if !slices.Equal(got.names(), test.want) || got.TotalCount != len(test.want) {
				t.Errorf("items = %v of %d, want %v", got.names(), got.TotalCount, test.want)
			}
		})
	}
}

func TestBrowseRefusals(t *testing.T) {
	n := newNode(t)
	tests := map[string]struct {
		body   string
		status int
	}{
		"no path":        {`{}`, 400},
		"missing path":   {`{"path":"/nothing"}`, 404},
		"parent":         {`{"path":"/.."}`, 403},
		"deep parent":    {`{"path":"/a/../../etc"}`, 403},
		"NUL":            {`{"path":"/a\u0000"}`, 400},
		"unknown sort":   {`{"path":"/","sort":"colour"}`, 400},
		"negative skip":  {`{"path":"/","skip":-1}`, 400},
		"negative count": {`{"path":"/","count":-1}`, 400},
		"bad pattern":    {`{"path":"/","filters":{"basenames":["[a"]}}`, 400},
		"bad date":       {`{"path":"/","filters":{"mtime_min":"yesterday"}}`, 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := n.in(t)
			n.call(asUser, "POST", "/files/browse", test.body).is(test.status).failure()
		})
	}
}

func TestSymbolicLinks(t *testing.T) {
	n := newNode(t)
	n.put("d/f.txt", "12345")
	outside := filepath.Join(n.folder, "outside")
	if err := os.Mkdir(outside, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(n.folder, "files", "out")); err != nil {
		t.Skipf("this system does not let the user make symbolic links: %v", err)
	}
	n.call(asUser, "POST", "/files/create", `{"paths":[{"type":"symbolic_link","path":"/d/l","target":{"path":"/d/f.txt"}},
		{"type":"symbolic_link","path":"/e","target":{"path":"/d"}}]}`).is(200)

	t.Run("to a file shows its target", func(t *testing.T) {
		n := n.in(t)
		got := n.browse(`{"path":"/d/l"}`).Self
		if got.Type != "symbolic_link" || got.Target == nil || got.Target.Path != "/d/f.txt" || got.Target.Size != 5 {
			t.Errorf("link = %+v", got)
		}
	})
	t.Run("to a folder is browsed as that", func(t *testing.T) {
		n := n.in(t)
		got := n.browse(`{"path":"/e"}`)
		if got.Self.Type != "directory" || !slices.Equal(got.names(), []string{"f.txt", "l"}) {
			t.Errorf("answer = %+v", got)
		}
	})
	t.Run("out of the root is not followed", func(t *testing.T) {
		n := n.in(t)
		n.call(asUser, "POST", "/files/browse", `{"path":"/out/x"}`).is(403).failure()
		if got := n.browse(`{"path":"/out"}`); got.Self.Type != "symbolic_link" || got.Self.Target != nil || len(got.Items) != 0 {
			t.Errorf("answer = %+v", got)
		}
		n.call(asUser, "GET", "/files/%2Fout%2Fx/contents", "").is(403).failure()
	})
}

func TestSearch(t *testing.T) {
	n := newNode(t)
	for _, name := range []string{"a.txt", "d/b.txt", "d/e/c.txt", "d/e/c.jpg"} {
		n.put(name, "x")
	}
	tests := map[string]struct {
		query string
		want  []string
	}{
		"all":               {`"path":"/"`, []string{"/a.txt", "/d", "/d/b.txt", "/d/e", "/d/e/c.jpg", "/d/e/c.txt"}},
		"names":             {`"path":"/","filters":{"basenames":["*.txt"]}`, []string{"/a.txt", "/d/b.txt", "/d/e/c.txt"}},
		"below":             {`"path":"/d","filters":{"types":["file"]}`, []string{"/d/b.txt", "/d/e/c.jpg", "/d/e/c.txt"}},
		"from the third on": {`"path":"/","filters":{"depth_min":3}`, []string{"/d/e/c.jpg", "/d/e/c.txt"}},
		"first level":       {`"path":"/","filters":{"depth_max":1}`, []string{"/a.txt", "/d"}},
		"a file":            {`"path":"/a.txt"`, []string{"/a.txt"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := n.in(t)
			var got browsed
			n.call(asUser, "POST", "/files/search", "{"+test.query+"}").is(200).into(&got)
			paths := []string{}
			for _, item := range got.Items {
				paths = append(paths, item.Path)
			}
			if !slices.Equal(paths, test.want) || got.TotalCount != len(test.want) {
				t.Errorf("items = %v of %d, want %v", paths, got.TotalCount, test.want)
			}
		})
	}
	n.call(asUser, "POST", "/files/search", `{"path":"/nothing"}`).is(404).failure()
}

type pathResults struct {
	Paths []struct {
		Path, Source, Destination string
		Error                     *failure
	}
}

func TestCreateDeleteRename(t *testing.T) {
	const ok = 0
	tests := []struct {
		name, route, element string
		code                 int
	}{
		{"folder", "create", `{"type":"directory","path":"/d"}`, ok},
		{"folder without slash", "create", `{"type":"directory","path":"d/sub"}`, ok},
		{"folder again", "create", `{"type":"directory","path":"/d"}`, 409},
		{"folder in nowhere", "create", `{"type":"directory","path":"/x/y"}`, 404},
		{"folder outside", "create", `{"type":"directory","path":"/../y"}`, 403},
		{"file", "create", `{"type":"file","path":"/d/f","contents":"aGVsbG8="}`, ok},
		{"empty file", "create", `{"type":"file","path":"/empty"}`, ok},
		{"unknown type", "create", `{"type":"device","path":"/z"}`, 400},
		{"link without target", "create", `{"type":"symbolic_link","path":"/z"}`, 400},
		{"rename", "rename", `{"path":"/d","source":"f","destination":"g"}`, ok},
		{"rename missing", "rename", `{"path":"/d","source":"f","destination":"h"}`, 404},
		{"rename to taken", "rename", `{"path":"/d","source":"g","destination":"sub"}`, 409},
		{"rename to outside", "rename", `{"path":"/d","source":"g","destination":"../../h"}`, 403},
		{"rename to nothing", "rename", `{"path":"/d","source":"g","destination":""}`, 400},
		{"delete not empty", "delete", `{"path":"/d","recursive_delete":false}`, 409},
		{"delete root", "delete", `{"path":"/"}`, 403},
		{"delete missing", "delete", `{"path":"/x"}`, 404},
		{"delete file", "delete", `{"path":"/empty","recursive_delete":false}`, ok},
		{"delete folder", "delete", `{"path":"/d"}`, ok},
	}
	n := newNode(t)
	for _, test := range tests {
		var got pathResults
		n.call(asUser, "POST", "/files/"+test.route, `{"paths":[`+test.element+`]}`).is(200).into(&got)
		code := ok
		if len(got.Paths) == 1 && got.Paths[0].Error != nil {
			code = got.Paths[0].Error.Code
		}
		if len(got.Paths) != 1 || code != test.code {
			t.Errorf("%s: results = %+v, want code %d", test.name, got.Paths, test.code)
		}
	}
	if got := n.browse(`{"path":"/"}`); len(got.Items) != 0 {
		t.Errorf("left over: %v", got.names())
	}
}

func TestOneBadPathDoesNotStopTheOthers(t *testing.T) {
	n := newNode(t)
	var got pathResults
	n.call(asUser, "POST", "/files/create",
		`{"paths":[{"type":"directory","path":"/x/y"},{"type":"directory","path":"/d"}]}`).is(200).into(&got)
	want := &failure{404, "Not Found", "No such file or directory"}
	if !reflect.DeepEqual(got.Paths[0].Error, want) || got.Paths[1].Error != nil {
		t.Errorf("results = %+v", got.Paths)
	}
	if names := n.browse(`{"path":"/"}`).names(); !slices.Equal(names, []string{"d"}) {
		t.Errorf("folder holds %v", names)
	}
}

func TestContents(t *testing.T) {
	n := newNode(t)
	n.put("d/a b+c é.txt", "hello")
	n.put("long", strings.Repeat("x", 5000))
	tests := map[string]struct {
		path   string
		status int
		want   string
	}{
		"form encoded":    {"%2Fd%2Fa+b%2Bc+%C3%A9.txt", 200, "hello"},
		"percent encoded": {"%2Fd%2Fa%20b%2Bc%20%C3%A9.txt", 200, "hello"},
		"first 4096":      {"long", 200, strings.Repeat("x", 4096)},
		"missing":         {"%2Fnothing", 404, ""},
		"folder":          {"%2Fd", 400, ""},
		"encoded parent":  {"%2F..%2Fworld.json", 403, ""},
		"double encoded":  {"%252F..%252Fworld.json", 404, ""},
		"encoded dots":    {"%2e%2e%2fworld.json", 403, ""},
		"NUL":             {"%00", 400, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := n.in(t)
			got := n.call(asUser, "GET", "/files/"+test.path+"/contents", "").is(test.status)
			if test.status != 200 {
				got.failure()
			} else if got.body != test.want {
				t.Errorf("body = %q", got.body)
			}
		})
	}
}

func TestSpace(t *testing.T) {
	n := newNode(t)
	n.put("f", "x")
	var got struct {
		Paths []struct {
			Path        string
			BytesTotal  uint64  `json:"bytes_total"`
			BytesFree   uint64  `json:"bytes_free"`
			PercentFree float64 `json:"percent_free"`
			Error       *failure
		}
	}
	n.call(asUser, "POST", "/space", `{"paths":[{"path":"/"},{"path":"/f"},{"path":"/x"}]}`).is(200).into(&got)
	for _, p := range got.Paths[:2] {
		if p.BytesTotal == 0 || p.BytesFree > p.BytesTotal || p.PercentFree > 100 {
			t.Errorf("space = %+v", p)
		}
	}
	if missing := got.Paths[2]; missing.Error == nil || missing.Error.Code != 404 {
		t.Errorf("space of a missing path = %+v", missing)
	}
}
