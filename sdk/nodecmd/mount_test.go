package nodecmd_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// mounted is a plugin whose commands of one set go to url, as a product that
// has its own credentials and hooks mounts them.
func mounted(url string, auth rest.Auth, commands func(nodecmd.Mount) []sdk.Command, change func(*nodecmd.Mount)) *sdk.Plugin {
	mount := nodecmd.Mount{Connect: func(_ context.Context, inv *sdk.Invocation) (*node.Client, error) {
		session, err := rest.For(inv)
		if err != nil {
			return nil, err
		}
		api, err := session.Client(url, auth)
		if err != nil {
			return nil, err
		}
		return node.New(api, node.Config{
			AccessKey: "ak1", Root: "1", Settings: node.DefaultSettings(), Log: inv.Log,
			Additions: record.New("tags", record.New("aspera", record.New("product", "p"))),
		}), nil
	}}
	if change != nil {
		change(&mount)
	}
	return &sdk.Plugin{Name: "test", Options: nodecmd.Options(), Commands: commands(mount)}
}

func TestPathsBelowAPrefix(t *testing.T) {
	server := nodetest.Serve(t, nodetest.Script{
		`POST /files/browse {"count":1000,"path":"/top//a"}`:                   nodetest.JSON(`{"self":{"type":"directory"},"items":[{"path":"/top/a/f"}],"total_count":1}`),
		`POST /files/create {"paths":[{"type":"directory","path":"/top//n"}]}`: nodetest.JSON(`{"paths":[{"path":"/top/n"}]}`),
		`POST /files/download_setup {"transfer_requests":[{"transfer_request":{"paths":[{"source":"/top/f"}],"tags":{"aspera":{"product":"p"}}}}]}`: nodetest.JSON(
			`{"transfer_specs":[{"transfer_spec":{"direction":"receive"}}]}`),
	})
	run := func(words string, args values) *sdktest.Outcome {
		t.Helper()
		plugin := mounted(server.URL, rest.Basic("u", "p"), nodecmd.Gen3, func(m *nodecmd.Mount) { m.Prefix = "/top" })
		out := sdktest.Run(t, plugin, words, args, nil, sdktest.Host{})
		if out.Err != nil {
			t.Error(out.Err)
		}
		return out
	}
	if got := run("browse", values{"path": "/a"}).JSON(); got != `[{"path":"/a/f"}]` {
		t.Errorf("browse shows %s", got)
	}
	if got := run("mkdir", values{"paths": []any{"/n"}}).JSON(); got != `[{"folder":"/n","result":"created"}]` {
		t.Errorf("mkdir shows %s", got)
	}
	run("download", values{"files": []any{jsonObject(t, `{"source":"f"}`)}})
}

func TestPermissionHooks(t *testing.T) {
	server := nodetest.Serve(t, tree())
	var told []string
	hooks := func(m *nodecmd.Mount) {
		m.BeforePermission = func(_ context.Context, _ *sdk.Invocation, _ node.Location, data *record.Object) error {
			data.Set("tags", "mine")
			return nil
		}
		m.AfterPermission = func(_ context.Context, _ *sdk.Invocation, at node.Location, event nodecmd.PermissionEvent, p *record.Object) error {
			told = append(told, string(event)+" "+at.ID+" "+p.Text("id"))
			return nil
		}
	}
	plugin := mounted(server.URL, rest.Basic("u", "p"), nodecmd.Gen4, hooks)
	for words, args := range map[string]values{
		"permission create": {"path": "%id:2", "data": jsonObject(t, `{"access_levels":["list"]}`)},
		"permission delete": {"path": "%id:2", "permissions": []any{"p1"}},
	} {
		if out := sdktest.Run(t, plugin, words, args, nil, sdktest.Host{}); out.Err != nil {
			t.Error(out.Err)
		}
	}
	slices.Sort(told)
	if got := strings.Join(told, ", "); got != "permission.created 2 p2, permission.deleted 2 p1" {
		t.Errorf("told %s", got)
	}
	if created := `POST /permissions {"access_levels":["list"],"file_id":"2","tags":"mine"}`; !slices.Contains(server.Calls(), created) {
		t.Errorf("calls %q", server.Calls())
	}
}

func TestNodeInfo(t *testing.T) {
	server := nodetest.Serve(t, tree())
	const bearer = "Bearer eJ"
	for _, c := range []struct {
		name, words, want string
		auth              rest.Auth
	}{
		{"secret", "node_info", `[{"url":"URL","root_id":"2","username":"u","password":"p:q"}]`, rest.Basic("u", "p:q")},
		{"bearer token", "node_info", `[{"url":"URL","root_id":"2","username":"ak1","password":"Bearer eJ"}]`, rest.Verbatim(bearer)},
		{"the token itself", "bearer_token_node", `["Bearer eJ"]`, rest.Verbatim(bearer)},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := sdktest.Run(t, mounted(server.URL, c.auth, nodecmd.Gen4, nil), c.words, values{"path": "/dirA"}, nil, sdktest.Host{})
			check(t, out, strings.ReplaceAll(c.want, "URL", server.URL), "")
		})
	}
}

func TestDownloadsByHTTP(t *testing.T) {
	script := tree()
	script["GET /files/4/content"] = nodetest.Answer{Body: "jpg", Header: map[string]string{
		"Content-Type": "image/jpeg", "Content-Disposition": `attachment; filename="../renamed.jpg"`,
	}}
	script["GET /files/%2Fd%2Ff/contents"] = nodetest.Answer{Body: "gen3", Header: map[string]string{"Content-Type": "text/plain"}}
	server := nodetest.Serve(t, script)
	source := func(name string) any { return record.New("source", name) }
	for _, c := range []struct {
		name     string
		commands func(nodecmd.Mount) []sdk.Command
		args     values
		status   string
		file     string
		content  string
		err      string
	}{
		{"gen4", nodecmd.Gen4, values{"files": []any{source("/f1.txt")}}, `["downloaded: f1.txt"]`, "f1.txt", "hello\x00", ""},
		{"gen4, folder and file", nodecmd.Gen4, values{"files": []any{source("/dirA"), source("f2.jpg")}}, `["downloaded: f2.jpg"]`, "renamed.jpg", "jpg", ""},
		{"gen4, several", nodecmd.Gen4, values{"files": []any{source("/a"), source("b"), source("c")}}, "", "", "", "one file at a time only in HTTP mode"},
		{"gen3", nodecmd.Gen3, values{"path": "/d/f"}, `["downloaded: f"]`, "f", "gen3", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			out := sdktest.Run(t, mounted(server.URL, rest.Basic("u", "p"), c.commands, nil), "http_node_download", c.args,
				values{"to_folder": folder}, sdktest.Host{})
			check(t, out, c.status, c.err)
			if c.file == "" {
				return
			}
			if got, err := os.ReadFile(filepath.Join(folder, c.file)); err != nil || string(got) != c.content {
				t.Errorf("saved %q, %v", got, err)
			}
		})
	}
}

func TestDynamicKey(t *testing.T) {
	server := nodetest.Serve(t, nodetest.Script{
		"POST /files/upload_setup": nodetest.JSON(`{"transfer_specs":[{"transfer_spec":{"direction":"send"}}]}`),
	})
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	protected, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	line, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key := string(pem.EncodeToMemory(block))
	upload := func(key string) *sdktest.Outcome {
		return sdktest.Run(t, mounted(server.URL, rest.Basic("u", "p"), nodecmd.Gen3, nil), "upload",
			values{"files": []any{record.New("source", "f")}}, values{"dynamic_key": key}, sdktest.Host{})
	}
	out := upload(key)
	if out.Err != nil || out.Transfers[0].Spec.Text("ssh_private_key") != key {
		t.Errorf("got %+v", out)
	}
	want := `"public_keys":"` + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(line))) + `"`
	if call := server.Calls()[0]; !strings.Contains(call, want) || strings.Contains(call, "PRIVATE") {
		t.Errorf("call %s", call)
	}
	for text, want := range map[string]string{
		"key.pem":                             "option dynamic_key is not a private key in PEM format",
		string(pem.EncodeToMemory(protected)): "option dynamic_key: the key is protected by a passphrase",
	} {
		if err := upload(text).Err; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
