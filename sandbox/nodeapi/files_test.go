package nodeapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBothGenerationsShowTheSameFiles(t *testing.T) {
	n := newNode(t)
	n.call(asUser, "POST", "/files/create", `{"paths":[{"type":"directory","path":"/d"},
		{"type":"file","path":"/d/f.txt","contents":"aGVsbG8="}]}`).is(200)

	var root idEntry
	n.call(asKey, "GET", "/files/1", "").is(200).into(&root)
	if root.ID != "1" || root.Name != "/" || root.Type != "folder" || *root.RecursiveSize != 5 || *root.FileCount != 1 {
		t.Errorf("root = %+v", root)
	}
	folder := n.children("1")["d"]
	file := n.children(folder.ID)["f.txt"]
	if folder.Type != "folder" || folder.Size != nil || file.Type != "file" || *file.Size != 5 || file.Path != "/d/f.txt" {
		t.Errorf("folder = %+v, file = %+v", folder, file)
	}
	n.call(asKey, "POST", "/files/"+folder.ID+"/files", `{"name":"new","type":"folder"}`).is(200)
	if names := n.browse(`{"path":"/d"}`).names(); !slices.Equal(names, []string{"f.txt", "new"}) {
		t.Errorf("folder holds %v", names)
	}
	n.call(asUser, "POST", "/files/rename", `{"paths":[{"path":"/","source":"d","destination":"e"}]}`).is(200)
	var renamed idEntry
	n.call(asKey, "GET", "/files/"+file.ID, "").is(200).into(&renamed)
	if renamed.Path != "/e/f.txt" {
		t.Errorf("the id of the file is now that of %+v", renamed)
	}
}

func TestFileIDsSurviveRestartAndRename(t *testing.T) {
	folder := t.TempDir()
	first := openNode(t, folder)
	first.put("d/sub/f.txt", "x")
	d := first.children("1")["d"]
	sub := first.children(d.ID)["sub"]
	file := first.children(sub.ID)["f.txt"]
	first.call(asKey, "PUT", "/files/"+d.ID, `{"name":"renamed"}`).is(http.StatusNoContent)
	if err := first.world.Close(); err != nil {
		t.Fatal(err)
	}

	again := openNode(t, folder)
	for id, want := range map[string]string{d.ID: "/renamed", sub.ID: "/renamed/sub", file.ID: "/renamed/sub/f.txt"} {
		var got idEntry
		again.call(asKey, "GET", "/files/"+id, "").is(200).into(&got)
		if got.Path != want {
			t.Errorf("id %s is at %s, want %s", id, got.Path, want)
		}
	}
}

func TestCreateByFileID(t *testing.T) {
	n := newNode(t)
	n.put("taken", "x")
	n.put("d/f", "x")
	n.call(asKey, "POST", "/files/1/files", `{"name":"link","type":"link","target_id":"7","target_node_id":"n"}`).is(200)
	file := n.children("1")["taken"]
	tests := map[string]struct {
		folder, body string
		status       int
	}{
		"folder":             {"1", `{"name":"newd","type":"folder"}`, 200},
		"file":               {"1", `{"name":"x.txt","type":"file","contents":"aGVsbG8="}`, 200},
		"name taken":         {"1", `{"name":"taken","type":"folder"}`, 409},
		"name of a link":     {"1", `{"name":"link","type":"folder"}`, 409},
		"link taken":         {"1", `{"name":"d","type":"link","target_id":"7","target_node_id":"n"}`, 409},
		"unknown folder":     {"4711", `{"name":"a","type":"folder"}`, 404},
		"in a file":          {file.ID, `{"name":"a","type":"folder"}`, 404},
		"no name":            {"1", `{"type":"folder"}`, 400},
		"name with slash":    {"1", `{"name":"a/b","type":"folder"}`, 400},
		"name with NUL":      {"1", `{"name":"a\u0000b","type":"folder"}`, 400},
		"name of the parent": {"1", `{"name":"..","type":"folder"}`, 400},
		"no type":            {"1", `{"name":"a"}`, 400},
		"link to nowhere":    {"1", `{"name":"a","type":"link"}`, 400},
		"bad base64":         {"1", `{"name":"a","type":"file","contents":"%"}`, 400},
		"mount point":        {"1", `{"name":"a","type":"folder","mount_point":true}`, 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := n.in(t)
			got := n.call(asKey, "POST", "/files/"+test.folder+"/files", test.body).is(test.status)
			if test.status != 200 {
				got.failure()
				return
			}
			var created idEntry
			got.into(&created)
			if listed := n.children("1")[created.Name]; listed.ID != created.ID || listed.Type != created.Type {
				t.Errorf("created %+v, listed %+v", created, listed)
			}
		})
	}
	content, err := os.ReadFile(filepath.Join(n.folder, "files", "x.txt"))
	if err != nil || string(content) != "hello" {
		t.Errorf("content = %q, %v", content, err)
	}
}

func TestLinks(t *testing.T) {
	n := newNode(t)
	var created idEntry
	n.call(asKey, "POST", "/files/1/files", `{"name":"l","type":"link","target_id":"7","target_node_id":"n1"}`).is(200).into(&created)
	if _, err := os.Stat(filepath.Join(n.folder, "files", ".l.asp-lnk")); err != nil {
		t.Error(err)
	}
	check := func(name string) {
		t.Helper()
		got := n.children("1")[name]
		if got.ID != created.ID || got.Type != "link" || got.TargetID != "7" || got.TargetNodeID != "n1" || got.Size != nil {
			t.Errorf("link = %+v", got)
		}
	}
	check("l")
	n.call(asKey, "PUT", "/files/"+created.ID, `{"name":"m"}`).is(http.StatusNoContent)
	check("m")
	n.call(asKey, "GET", "/files/"+created.ID+"/content", "").is(400).failure()
	n.call(asKey, "DELETE", "/files/"+created.ID, "").is(http.StatusNoContent)
	if left := n.children("1"); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestSymbolicLinkByFileID(t *testing.T) {
	n := newNode(t)
	n.put("d/f", "x")
	if err := os.Symlink("d", filepath.Join(n.folder, "files", "l")); err != nil {
		t.Skipf("this system does not let the user make symbolic links: %v", err)
	}
	found := n.children("1")
	if got := found["l"]; got.Type != "link" || got.TargetID != found["d"].ID || got.TargetNodeID != n.world.NodeID() {
		t.Errorf("link = %+v, folder = %+v", got, found["d"])
	}
	n.call(asKey, "GET", "/files/"+found["l"].ID+"/files", "").is(400).failure()
}

func TestModifyAndDeleteByFileID(t *testing.T) {
	n := newNode(t)
	n.put("d/f", "x")
	n.put("taken", "x")
	d := n.children("1")["d"]
	tests := []struct {
		name, method, id, body string
		status                 int
	}{
		{"rename to taken", "PUT", d.ID, `{"name":"taken"}`, 409},
		{"rename to itself", "PUT", d.ID, `{"name":"d"}`, 204},
		{"rename without name", "PUT", d.ID, `{}`, 400},
		{"move out", "PUT", d.ID, `{"name":"../d"}`, 400},
		{"rename unknown", "PUT", "4711", `{"name":"x"}`, 404},
		{"rename the root", "PUT", "1", `{"name":"x"}`, 403},
		{"delete the root", "DELETE", "1", "", 403},
		{"delete unknown", "DELETE", "4711", "", 404},
		{"delete folder and all below", "DELETE", d.ID, "", 204},
		{"delete again", "DELETE", d.ID, "", 404},
	}
	for _, test := range tests {
		got := n.call(asKey, test.method, "/files/"+test.id, test.body)
		if got.status != test.status {
			t.Errorf("%s: status = %d, want %d; %s", test.name, got.status, test.status, got.body)
		}
	}
	if left := slices.Collect(maps.Keys(n.children("1"))); !slices.Equal(left, []string{"taken"}) {
		t.Errorf("left over: %v", left)
	}
}

func TestContentByFileID(t *testing.T) {
	n := newNode(t)
	content := strings.Repeat("0123456789", 1000)
	n.put("d/é.txt", content)
	d := n.children("1")["d"]
	file := n.children(d.ID)["é.txt"]
	got := n.call(asKey, "GET", "/files/"+file.ID+"/content", "").is(200)
	if got.body != content || got.header.Get("Content-Length") != "10000" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Errorf("%d bytes, header %v", len(got.body), got.header)
	}
	if got := n.call(asKey, "GET", "/files/"+file.ID+"/content", "", "Range", "bytes=5-7").is(206); got.body != "567" {
		t.Errorf("range = %q", got.body)
	}
	n.call(asKey, "GET", "/files/"+d.ID+"/content", "").is(400).failure()
	n.call(asKey, "GET", "/files/4711/content", "").is(404).failure()
}

// listing makes folder "d" with count files and returns its id.
func listing(n *testNode, count int) string {
	for i := range count {
		n.put(fmt.Sprintf("d/f%03d", i), strings.Repeat("x", i))
	}
	return n.children("1")["d"].ID
}

func (a answer) names() []string {
	a.Helper()
	var entries []idEntry
	a.into(&entries)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return names
}

func TestPagesByNumber(t *testing.T) {
	n := newNode(t)
	id := listing(n, 25)
	var seen []string
	for page := 1; ; page++ {
		got := n.call(asKey, "GET", fmt.Sprintf("/files/%s/files?page=%d&per_page=10", id, page), "").is(200)
		if total := got.header.Get("X-Total-Count"); total != "25" {
			t.Fatalf("X-Total-Count = %s", total)
		}
		names := got.names()
		seen = append(seen, names...)
		if len(names) < 10 {
			break
		}
	}
	if len(seen) != 25 || !slices.IsSorted(seen) {
		t.Errorf("pages give %v", seen)
	}
	beyond := n.call(asKey, "GET", "/files/"+id+"/files?page=9223372036854775807&per_page=9223372036854775807", "").is(200)
	if beyond.body != "[]\n" {
		t.Errorf("a page beyond the end is %s", beyond.body)
	}
}

func TestPagesByToken(t *testing.T) {
	n := newNode(t)
	id := listing(n, 25)
	var seen []string
	target := "/files/" + id + "/files?per_page=10"
	for token := ""; ; {
		got := n.call(asKey, "GET", target+"&iteration_token="+token, "", "Accept-Version", "4.0").is(200)
		if total := got.header.Get("X-Total-Count"); total != "25" || got.header.Get("X-Aspera-Total-Count") != total {
			t.Fatalf("header = %v", got.header)
		}
		seen = append(seen, got.names()...)
		if token = got.header.Get("X-Aspera-Next-Iteration-Token"); token == "" {
			break
		}
	}
	if len(seen) != 25 || !slices.IsSorted(seen) {
		t.Errorf("pages give %v", seen)
	}
	whole := n.call(asKey, "GET", "/files/"+id+"/files?per_page", "", "Accept-Version", "4.0").is(200)
	if len(whole.names()) != 25 || whole.header.Get("X-Aspera-Next-Iteration-Token") != "" {
		t.Errorf("without a page size: %s", whole.body)
	}
}

func TestPagesOfOneType(t *testing.T) {
	n := newNode(t)
	id := listing(n, 5)
	for i := range 5 {
		n.put(fmt.Sprintf("d/d%03d/f", i), "")
	}
	var seen []string
	for token := ""; ; {
		got := n.call(asKey, "GET", "/files/"+id+"/files?type=folder&per_page=2&iteration_token="+token, "", "Accept-Version", "4.0").is(200)
		if total := got.header.Get("X-Total-Count"); total != "5" {
			t.Fatalf("X-Total-Count = %s", total)
		}
		seen = append(seen, got.names()...)
		if token = got.header.Get("X-Aspera-Next-Iteration-Token"); token == "" {
			break
		}
	}
	if want := []string{"d000", "d001", "d002", "d003", "d004"}; !slices.Equal(seen, want) {
		t.Errorf("pages give %v, want %v", seen, want)
	}
}

func TestListFilters(t *testing.T) {
	n := newNode(t)
	n.put("a.txt", "1")
	n.put("B.TXT", "12")
	n.put("c.jpg", "123")
	n.put("d/f", "")
	n.call(asKey, "POST", "/files/1/files", `{"name":"l","type":"link","target_id":"7","target_node_id":"n"}`).is(200)
	tests := map[string]struct {
		query string
		want  []string
	}{
		"none":             {"", []string{"B.TXT", "a.txt", "c.jpg", "d", "l"}},
		"name":             {"name=a.txt", []string{"a.txt"}},
		"glob":             {"name_glob=*.txt", []string{"a.txt"}},
		"glob, any case":   {"name_iglob=*.txt", []string{"B.TXT", "a.txt"}},
		"folders":          {"type=folder", []string{"d"}},
		"links":            {"type=link", []string{"l"}},
		"by target":        {"target_id=7", []string{"l"}},
		"by other target":  {"target_id=7&target_node_id=x", []string{}},
		"over 1 byte":      {"min_size=1&type=file", []string{"B.TXT", "c.jpg"}},
		"under 3 bytes":    {"max_size=3&type=file", []string{"B.TXT", "a.txt"}},
		"by size":          {"sort=size&type=file", []string{"a.txt", "B.TXT", "c.jpg"}},
		"by type":          {"sort=type", []string{"B.TXT", "a.txt", "c.jpg", "d", "l"}},
		"after tomorrow":   {"min_modified_time=2999-01-01T00:00:00Z", []string{}},
		"before yesterday": {"max_modified_time=1999-01-01T00:00:00Z", []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := n.in(t).call(asKey, "GET", "/files/1/files?"+test.query, "").is(200)
			if names := got.names(); !slices.Equal(names, test.want) {
				t.Errorf("names = %v, want %v", names, test.want)
			}
		})
	}
}

func TestListRefusals(t *testing.T) {
	n := newNode(t)
	n.put("f", "x")
	file := n.children("1")["f"].ID
	v4 := []string{"Accept-Version", "4.0"}
	tests := map[string]struct {
		target  string
		headers []string
		status  int
	}{
		"unknown id":           {"/files/4711/files", nil, 404},
		"a file":               {"/files/" + file + "/files", nil, 400},
		"page alone":           {"/files/1/files?page=1", nil, 400},
		"per_page alone":       {"/files/1/files?per_page=1", nil, 400},
		"page not a number":    {"/files/1/files?page=x&per_page=1", nil, 400},
		"no entries a page":    {"/files/1/files?page=1&per_page=0", nil, 400},
		"bad glob":             {"/files/1/files?name_glob=[a", nil, 400},
		"bad sort":             {"/files/1/files?sort=colour", nil, 400},
		"bad time":             {"/files/1/files?min_modified_time=x", nil, 400},
		"version 4 with page":  {"/files/1/files?page=1&per_page=1", v4, 400},
		"version 4 with sort":  {"/files/1/files?sort=name", v4, 400},
		"version 4, bad token": {"/files/1/files?iteration_token=*", v4, 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n.in(t).call(asKey, "GET", test.target, "", test.headers...).is(test.status).failure()
		})
	}
}

func TestLargeFoldersAreNotCounted(t *testing.T) {
	n := newNode(t)
	n.put("small/f", "12345")
	n.put("z/f", "")
	for i := range 10_001 {
		if err := os.Mkdir(filepath.Join(n.folder, "files", "z", fmt.Sprint(i)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	found := n.children("1")
	if size := found["small"].RecursiveSize; size == nil || *size != 5 {
		t.Errorf("small folder = %+v", found["small"])
	}
	if size := found["z"].RecursiveSize; size != nil {
		t.Errorf("large folder has recursive_size %d", *size)
	}
}
