package nodecmd_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// plugin mounts all sets of commands on a node at a URL with root 1.
func plugin(url string) *sdk.Plugin {
	mount := nodecmd.Mount{Connect: func(_ context.Context, inv *sdk.Invocation) (*node.Client, error) {
		settings, err := nodecmd.Settings(inv)
		if err != nil {
			return nil, err
		}
		session, err := rest.For(inv)
		if err != nil {
			return nil, err
		}
		api, err := session.Client(url, rest.Basic("ak1", "sec"))
		if err != nil {
			return nil, err
		}
		return node.New(api, node.Config{AccessKey: "ak1", Root: "1", Settings: settings, Log: inv.Log}), nil
	}}
	options := append(nodecmd.Options(), sdk.Option{Name: "url"}, sdk.Option{Name: "username"})
	return &sdk.Plugin{Name: "test", Options: options, Commands: []sdk.Command{
		{Name: "gen3", Commands: nodecmd.Gen3(mount)},
		{Name: "gen4", Commands: nodecmd.Gen4(mount)},
		{Name: "server", Commands: nodecmd.Server(mount)},
		nodecmd.Transfers(mount),
		nodecmd.AccessKeys(mount),
	}}
}

// tree is /dirA/f and /f1.txt.
func tree() nodetest.Script {
	return nodetest.Script{
		"GET /files/1/files":     nodetest.JSON(`[{"id":"2","name":"dirA","type":"folder"},{"id":"3","name":"f1.txt","type":"file"}]`),
		"GET /files/2/files":     nodetest.JSON(`[{"id":"4","name":"f2.jpg","type":"file"}]`),
		"GET /files/1":           nodetest.JSON(`{"id":"1","name":"","type":"folder"}`),
		"GET /files/2":           nodetest.JSON(`{"id":"2","name":"dirA","type":"folder"}`),
		"GET /files/3":           nodetest.JSON(`{"id":"3","name":"f1.txt","type":"file"}`),
		"GET /files/4":           nodetest.JSON(`{"id":"4","name":"f2.jpg","type":"file"}`),
		"POST /files/2/files":    {Status: 201, Body: `{"id":"9","name":"n","type":"folder"}`},
		"PUT /files/4":           {Status: 204},
		"GET /files/3/content":   {Body: "hello\x00", Header: map[string]string{"Content-Type": "application/octet-stream"}},
		"GET /files/4/preview":   {Body: "PNG", Header: map[string]string{"Content-Type": "image/png"}},
		"POST /files/1/files":    {Status: 201, Body: `{"id":"8","name":"x"}`},
		"GET /permissions":       nodetest.JSON(`[{"id":"p1","file_id":"2"}]`),
		"POST /permissions":      nodetest.JSON(`{"id":"p2"}`),
		"GET /permissions/p1":    nodetest.JSON(`{"id":"p1"}`),
		"PUT /permissions/p1":    {Status: 204},
		"DELETE /permissions/p1": {Status: 204},
		"DELETE /files/3":        {Status: 204},
		"DELETE /files/4":        {Status: 204},
		"GET /info":              nodetest.JSON(`{"settings":[]}`),
	}
}

// notInScript is the error for what a tree does not hold, at HOST.
const notInScript = "not in the script\ncode: 404\nreason: Not Found\nHOST 404 Not Found"

type values = map[string]any

func TestGen4(t *testing.T) {
	for _, c := range []struct {
		name, words   string
		args, options values
		result, err   string
		calls         []string
	}{
		{"browse", "browse", values{"path": "/"}, nil,
			`[{"id":"2","name":"dirA","type":"folder","path":"/dirA"},{"id":"3","name":"f1.txt","type":"file","path":"/f1.txt"}]`, "",
			[]string{"GET /files/1", "GET /files/1/files?per_page=1000"}},
		{"browse with query", "browse", values{"path": "%id:2"}, values{"query": jsonObject(t, `{"per_page":5}`)},
			`[{"id":"4","name":"f2.jpg","type":"file","path":"/f2.jpg"}]`, "",
			[]string{"GET /files/2", "GET /files/2/files?per_page=5"}},
		{"browse a file", "browse", values{"path": "/f1.txt"}, nil, `[{"id":"3","name":"f1.txt","type":"file","path":"/f1.txt"}]`, "",
			[]string{"GET /files/1/files?per_page=1000", "GET /files/3"}},
		{"show", "show", values{"path": "/dirA"}, nil, `[{"id":"2","name":"dirA","type":"folder"}]`, "",
			[]string{"GET /files/1/files?per_page=1000", "GET /files/2"}},
		{"show by id", "show", values{"path": "%id:4"}, nil, `[{"id":"4","name":"f2.jpg","type":"file"}]`, "", []string{"GET /files/4"}},
		{"other selector", "show", values{"path": "%name:x"}, nil, ``, `Only selection "id" is supported (file id)`, nil},
		{"find", "find", values{"path": "/"}, nil,
			`[{"id":"2","name":"dirA","type":"folder","path":"/dirA"},{"id":"3","name":"f1.txt","type":"file","path":"/f1.txt"},{"id":"4","name":"f2.jpg","type":"file","path":"/dirA/f2.jpg"}]`, "",
			[]string{"GET /files/1/files?per_page=1000", "GET /files/2/files?per_page=1000"}},
		{"find from below", "find", values{"path": "/dirA", "filter": "*"}, nil, `[{"id":"4","name":"f2.jpg","type":"file","path":"/f2.jpg"}]`, "", nil},
		{"find by glob", "find", values{"path": "/", "filter": "f[0-9].t?t"}, nil, `[{"id":"3","name":"f1.txt","type":"file","path":"/f1.txt"}]`, "", nil},
		{"find by expression", "find", values{"path": "/", "filter": regexp.MustCompile(`\.jpg$`)}, nil, `[{"id":"4","name":"f2.jpg","type":"file","path":"/dirA/f2.jpg"}]`, "", nil},
		{"mkdir", "mkdir", values{"path": "/dirA/n"}, nil, `["created: n (id=9)"]`, "",
			[]string{"GET /files/1/files?per_page=1000", `POST /files/2/files {"name":"n","type":"folder"}`}},
		{"mkdir of nothing", "mkdir", values{"path": "/"}, nil, ``, `no name for the new folder in "/"`, nil},
		{"rename", "rename", values{"path": "/dirA/f2.jpg", "name": "zz"}, nil, `["renamed to zz"]`, "",
			[]string{"GET /files/1/files?per_page=1000", "GET /files/2/files?per_page=1000", `PUT /files/4 {"name":"zz"}`}},
		{"delete", "delete", values{"paths": []any{"/dirA/f2.jpg"}}, nil, `[{"path":"/dirA/f2.jpg","status":"deleted"}]`, "",
			[]string{"GET /files/1/files?per_page=1000", "GET /files/2/files?per_page=1000", "DELETE /files/4"}},
		{"delete by id", "delete", values{"paths": []any{"%id:4"}}, nil, `[{"path":"%id:4","status":"deleted"}]`, "", []string{"DELETE /files/4"}},
		{"delete several", "delete", values{"paths": []any{"/f1.txt", "%id:4"}}, values{"bulk": true},
			`[{"path":"/f1.txt","status":"deleted"},{"path":"%id:4","status":"deleted"}]`, "",
			[]string{"GET /files/1/files?per_page=1000", "DELETE /files/3", "DELETE /files/4"}},
		{"delete several, the first fails", "delete", values{"paths": []any{"/no", "%id:4"}}, values{"bulk": true}, ``, `entry not found: ["no"]`,
			[]string{"GET /files/1/files?per_page=1000"}},
		{"delete several, go on", "delete", values{"paths": []any{"/no", "%id:4"}}, values{"bulk": true, "bfail": false},
			`[{"path":"/no","status":"entry not found: [\"no\"]"},{"path":"%id:4","status":"deleted"}]`, "", nil},
		{"delete none", "delete", values{"paths": []any{}}, values{"bulk": true}, ``, "", nil},
		{"several without bulk", "delete", values{"paths": []any{"/a", "/b"}}, nil, ``, `unprocessed values: ["/b"]`, nil},
		{"find nothing readable", "find", values{"path": "%id:5"}, nil, `[]`, "the list is not complete: 1 folder(s) could not be read",
			[]string{"GET /files/5/files?per_page=1000"}},
		{"find with settings", "find", values{"path": "/dirA"}, values{"query": jsonObject(t, `{"concurrency":2,"ordered":false}`)},
			`[{"id":"4","name":"f2.jpg","type":"file","path":"/f2.jpg"}]`, "", nil},
		{"find with too much at a time", "find", values{"path": "/"}, values{"query": jsonObject(t, `{"concurrency":65}`)}, ``,
			"query: concurrency must be a number from 1 to 64, not 65", nil},
		{"find in an order of which we know nothing", "find", values{"path": "/"}, values{"query": jsonObject(t, `{"ordered":"no"}`)}, ``,
			`query: ordered must be true or false, not "no"`, nil},
		{"find with other keys", "find", values{"path": "/"}, values{"query": jsonObject(t, `{"sort":"x","concurrency":0}`)}, ``,
			"query: concurrency must be a number from 1 to 64, not 0", nil},
		{"find with a query that it ignores", "find", values{"path": "/dirA"}, values{"query": jsonObject(t, `{"sort":"x"}`)},
			`[{"id":"4","name":"f2.jpg","type":"file","path":"/f2.jpg"}]`, "", nil},
		{"cat", "cat", values{"path": "/f1.txt"}, nil, `["aGVsbG8A"]`, "", []string{"GET /files/1/files?per_page=1000", "GET /files/3/content"}},
		{"cat of nothing", "cat", values{"path": "%id:77"}, nil, `[]`, notInScript, nil},
		{"thumbnail", "thumbnail", values{"path": "%id:4"}, nil, `["UE5H"]`, "", []string{"GET /files/4/preview"}},
		{"modify", "modify", values{"path": "%id:4", "data": jsonObject(t, `{"mount_point":true}`)}, nil, `["Done"]`, "", []string{`PUT /files/4 {"mount_point":true}`}},
		{"mkfile", "mkfile", values{"path": "/x", "contents": json.Number("12")}, nil, `[{"id":"8","name":"x"}]`, "",
			[]string{"GET /files/1/files", `POST /files/1/files {"name":"x","type":"file","contents":"MTI="}`}},
		{"mkfile of a name that is taken", "mkfile", values{"path": "/f1.txt", "contents": "a"}, nil, ``, "A file already exists with name f1.txt",
			[]string{"GET /files/1/files"}},
		{"mkfile unchecked", "mkfile", values{"path": "/f1.txt", "contents": ""}, values{"query": jsonObject(t, `{"check":false}`)}, `[{"id":"8","name":"x"}]`, "",
			[]string{`POST /files/1/files {"name":"f1.txt","type":"file","contents":""}`}},
		{"mklink", "mklink", values{"path": "/dirA/l"}, values{"query": jsonObject(t, `{"target":"/f1.txt","target_node_id":"123"}`)},
			`[{"id":"9","name":"n","type":"folder"}]`, "", []string{"GET /files/1/files?per_page=1000", "GET /files/1/files?per_page=1000",
				"GET /files/2/files", `POST /files/2/files {"name":"l","target_id":"3","target_node_id":"123","type":"link"}`}},
		{"mklink to nothing", "mklink", values{"path": "/l"}, nil, ``, "Missing target_id", nil},
		{"mklink to no node", "mklink", values{"path": "/l"}, values{"query": jsonObject(t, `{"target_id":"3"}`)}, ``, "Missing target_node_id", nil},
		{"permissions", "permission list", values{"path": "/dirA"}, nil, `[{"id":"p1","file_id":"2"}]`, "",
			[]string{"GET /files/1/files?per_page=1000", "GET /permissions?include[]=access_level&include[]=permission_count&file_id=2&inherited=false"}},
		{"permissions of all files", "permission list", values{"path": "%id:"}, values{"query": jsonObject(t, `{"access_type":"user"}`)},
			`[{"id":"p1","file_id":"2"}]`, "", []string{"GET /permissions?access_type=user"}},
		{"inherited permissions", "permission list", values{"path": "%id:2"}, values{"query": jsonObject(t, `{"inherited":true}`)},
			`[{"id":"p1","file_id":"2"}]`, "", []string{"GET /permissions?inherited=true&file_id=2"}},
		{"permission", "permission show", values{"path": "%id:2", "permission": "p1"}, nil, `[{"id":"p1"}]`, "", []string{"GET /permissions/p1"}},
		{"permission created", "permission create", values{"path": "%id:2", "data": jsonObject(t, `{"access_type":"user","access_id":"666"}`)}, nil,
			`[{"id":"p2"}]`, "", []string{`POST /permissions {"access_type":"user","access_id":"666","file_id":"2",` +
				`"access_levels":["delete","list","mkdir","preview","read","rename","write"]}`}},
		{"permission with file", "permission create", values{"path": "%id:2", "data": jsonObject(t, `{"file_id":"1"}`)}, nil, ``, "no file_id", nil},
		{"permission modified", "permission modify", values{"path": "%id:2", "permission": "p1", "data": jsonObject(t, `{"access_levels":["list"]}`)}, nil,
			`["Updated"]`, "", []string{`PUT /permissions/p1 {"access_levels":["list"]}`}},
		{"permission deleted", "permission delete", values{"path": "%id:2", "permissions": []any{"p1"}}, nil, `[{"id":"p1","status":"deleted"}]`, "",
			[]string{"DELETE /permissions/p1"}},
		{"permissions deleted", "permission delete", values{"path": "/dirA", "permissions": []any{"p1", "no"}}, values{"bulk": true, "bfail": false},
			`[{"id":"p1","status":"deleted"},{"id":"no","status":` + jsonText(notInScript) + `}]`, "", nil},
		{"no bearer token", "bearer_token_node", values{"path": "/"}, nil, ``, "not a bearer token, wrong prefix", nil},
		{"query is no Hash", "browse", values{"path": "/"}, values{"query": []any{}}, ``, "Option query is a Array but must be Hash", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, tree())
			out := sdktest.Run(t, plugin(server.URL), "gen4 "+c.words, c.args, c.options, sdktest.Host{})
			host := strings.TrimPrefix(server.URL, "http://")
			check(t, out, strings.ReplaceAll(c.result, "HOST", host), strings.ReplaceAll(c.err, "HOST", host))
			if got := server.Calls(); c.calls != nil && !slices.Equal(got, c.calls) {
				t.Errorf("calls\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.calls, "\n"))
			}
		})
	}
}

func TestGen4Transfers(t *testing.T) {
	files := func(names ...string) []any {
		var list []any
		for _, n := range names {
			list = append(list, jsonObject(t, fmt.Sprintf(`{"source":%q}`, n)))
		}
		return list
	}
	for _, c := range []struct {
		name, words   string
		args, options values
		id, direction string
		paths         string
		calls         []string
	}{
		{"upload", "upload", values{"files": files("k.pem")}, values{"to_folder": "/dirA"}, "2", "send", "",
			[]string{"GET /files/1/files?per_page=1000", "GET /info"}},
		{"upload to the root", "upload", values{"files": files("k.pem")}, nil, "1", "send", "", []string{"GET /info"}},
		{"download", "download", values{"files": files("/f1.txt")}, nil, "1", "receive", `[{"source":"f1.txt"}]`,
			[]string{"GET /files/1/files?per_page=1000", "GET /files/3", "GET /info"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, tree())
			out := sdktest.Run(t, plugin(server.URL), "gen4 "+c.words, c.args, c.options, sdktest.Host{})
			if out.Err != nil || out.Kind != sdk.ResultNothing || len(out.Transfers) != 1 {
				t.Fatalf("got %+v", out)
			}
			job := out.Transfers[0]
			id, _ := job.Spec.At("tags", "aspera", "node", "file_id")
			paths, _ := job.Spec.Get("paths")
			if id != c.id || job.Spec.Text("direction") != c.direction || len(job.Sources) != 1 || c.paths != "" && jsonText(paths) != c.paths {
				t.Errorf("got %s, sources %v", jsonText(job.Spec), job.Sources)
			}
			if got := server.Calls(); !slices.Equal(got, c.calls) {
				t.Errorf("calls %q", got)
			}
		})
	}
}

func TestGen3(t *testing.T) {
	script := nodetest.Script{
		`POST /files/browse {"count":1000,"path":"/"}`:       nodetest.JSON(`{"self":{"type":"directory"},"items":[{"path":"/a"}],"item_count":1,"total_count":1}`),
		`POST /files/browse {"skip":1,"count":1,"path":"/"}`: nodetest.JSON(`{"self":{"type":"directory"},"items":[{"path":"/a"}],"item_count":1,"total_count":3}`),
		`POST /files/browse {"count":1000,"path":"/f"}`:      nodetest.JSON(`{"self":{"path":"/f","type":"file"},"items":[]}`),
		`POST /files/search {"path":"/","sort":"mtime"}`: nodetest.JSON(
			`{"items":[{"path":"/a/f","basename":"f","type":"file","permissions":[]}],"item_count":1,"total_count":9,"parameters":{"path":"/","skip":0}}`),
		`POST /files/search {"path":"/none"}`:                nodetest.JSON(`{"items":[]}`),
		`POST /space {"paths":[{"path":"/"},{"path":"/x"}]}`: nodetest.JSON(`{"paths":[{"path":"/","bytes_free":1},{"path":"/x","bytes_free":1}]}`),
		"GET /files/%2Fa+b%2F%C3%A9/contents":                {Body: "hi", Header: map[string]string{"Content-Type": "text/plain"}},
		"POST /files/create":                                 nodetest.JSON(`{"paths":[{"path":"/x"}]}`),
		"POST /files/delete":                                 nodetest.JSON(`{"paths":[{"path":"/x"}]}`),
		"POST /files/rename":                                 nodetest.JSON(`{"paths":[{"path":"/b"}]}`),
		"POST /files/upload_setup":                           nodetest.JSON(`{"transfer_specs":[{"transfer_spec":{"direction":"send","paths":[]}}]}`),
		"POST /files/download_setup":                         nodetest.JSON(`{"transfer_specs":[{"transfer_spec":{"direction":"receive","paths":[{"source":"/a"}],"remote_host":"h"}}]}`),
	}
	one := []any{jsonObject(t, `{"source":"/a"}`)}
	for _, c := range []struct {
		name, words   string
		args, options values
		result        string
		messages      int
		spec          string
	}{
		{"browse", "browse", values{"path": "/"}, nil, `[{"path":"/a"}]`, 0, ""},
		{"browse one page", "browse", values{"path": "/"}, values{"query": jsonObject(t, `{"skip":1,"count":1}`)}, `[{"path":"/a"}]`, 1, ""},
		{"browse a file", "browse", values{"path": "/f"}, nil, `[{"path":"/f","type":"file"}]`, 0, ""},
		{"mkdir", "mkdir", values{"paths": []any{"/x"}}, nil, `[{"folder":"/x","result":"created"}]`, 0, ""},
		{"delete", "delete", values{"paths": []any{"x"}}, nil, `[{"file":"/x","result":"deleted"}]`, 0, ""},
		{"rename", "rename", values{"base": "/b", "from": "o", "to": "n"}, nil, `[{"entry":"/b","result":"moved"}]`, 0, ""},
		{"search", "search", values{"path": "/"}, values{"query": jsonObject(t, `{"sort":"mtime"}`)},
			`[{"path":"/a/f","basename":"f","type":"file","permissions":[]}]`, 2, ""},
		{"search finds nothing", "search", values{"path": "/none"}, nil, `[]`, 0, ""},
		{"space", "space", values{"paths": []any{"/", "/x"}}, nil, `[{"path":"/","bytes_free":1},{"path":"/x","bytes_free":1}]`, 0, ""},
		{"mklink", "mklink", values{"target": "/t", "path": "/x"}, nil, `[{"folder":"/x","result":"created"}]`, 0, ""},
		{"mkfile", "mkfile", values{"path": "/x", "contents": "hello world"}, nil, `[{"folder":"/x","result":"created"}]`, 0, ""},
		{"cat", "cat", values{"path": "/a b/é"}, nil, `["aGk="]`, 0, ""},
		{"transport", "transport", nil, nil, `[{"remote_host":"h"}]`, 0, ""},
		{"spec", "spec", nil, nil, `[{"direction":"receive","paths":[{"source":"/a"}],"remote_host":"h"}]`, 0, ""},
		{"upload", "upload", values{"files": one}, nil, `[]`, 0, `{"direction":"send"}`},
		{"download", "download", values{"files": one}, nil, `[]`, 0, `{"direction":"receive","paths":[{"source":"/a"}],"remote_host":"h"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, script)
			out := sdktest.Run(t, plugin(server.URL), "gen3 "+c.words, c.args, c.options, sdktest.Host{})
			check(t, out, c.result, "")
			if len(out.Messages) != c.messages || c.messages == 1 && out.Messages[0].Text != "Items: 1/3" ||
				c.messages == 2 && (out.Messages[0].Text != "Items: 1/9" || out.Messages[1].Text != "params: path:/,skip:0") {
				t.Errorf("messages %v", out.Messages)
			}
			if c.spec != "" && (len(out.Transfers) != 1 || jsonText(out.Transfers[0].Spec) != c.spec) {
				t.Errorf("transfers %v", out.Transfers)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	all := node.DefaultSettings()
	for _, c := range []struct {
		name    string
		options values
		want    node.Settings
		err     string
	}{
		{"none", nil, all, ""},
		{"old options", values{"default_ports": false, "node_cache": false}, node.Settings{AcceptV4: true}, ""},
		{"node_api", values{"node_api": jsonObject(t, `{"accept_v4":false}`)}, node.Settings{StandardPorts: true, Cache: true}, ""},
		{"unknown", values{"node_api": jsonObject(t, `{"xx":true}`)}, all, "unknown api option: xx (standard_ports, cache, accept_v4)"},
		{"no boolean", values{"node_api": jsonObject(t, `{"cache":"no"}`)}, all, "api options value for cache should be boolean"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := nodecmd.Settings(&sdk.Invocation{Options: c.options})
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func check(t *testing.T, out *sdktest.Outcome, result, err string) {
	t.Helper()
	if (out.Err == nil) != (err == "") || out.Err != nil && out.Err.Error() != err {
		t.Errorf("error %v, want %s", out.Err, err)
	}
	if result != "" && out.JSON() != result {
		t.Errorf("got %s\nwant %s", out.JSON(), result)
	}
}
