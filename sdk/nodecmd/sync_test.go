package nodecmd_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// syncPlugin mounts the sync commands of both generations.
func syncPlugin(url string) *sdk.Plugin {
	p := mounted(url, rest.Basic("ak1", "sec"), func(m nodecmd.Mount) []sdk.Command {
		m.Prefix = "/top"
		return []sdk.Command{
			{Name: "path", Commands: []sdk.Command{nodecmd.Sync(nodecmd.SyncByPath(m))}},
			{Name: "id", Commands: []sdk.Command{nodecmd.Sync(nodecmd.SyncByID(m))}},
		}
	}, nil)
	p.Options = append(p.Options, nodecmd.SyncOptions()...)
	return p
}

func syncScript() nodetest.Script {
	script := tree()
	script["POST /files/sync_setup"] = nodetest.JSON(`{"transfer_specs":[{"transfer_spec":{"token":"T","remote_host":"h","cookie":null,"paths":[{"source":"/s"}]}}]}`)
	return script
}

// runSync runs a command and returns what was asked of the server and of async.
func runSync(t *testing.T, words string, args, options values) (*sdktest.Outcome, []string) {
	t.Helper()
	server := nodetest.Serve(t, syncScript())
	out := sdktest.Run(t, syncPlugin(server.URL), words, args, options, sdktest.Host{})
	return out, server.Calls()
}

// TestSyncDescriptions: what the commands of both versions ask of async, and of a
// server by path.
func TestSyncDescriptions(t *testing.T) {
	setup := func(kind, source, destination string) string {
		return `POST /files/sync_setup {"transfer_requests":[{"transfer_request":{"paths":[{"source":"` + source +
			`","destination":"` + destination + `"}],"tags":{"aspera":{"product":"p"}},"type":"` + kind + `"}}]}`
	}
	for _, tt := range []struct {
		name, words   string
		args, options values
		description   string
		calls         []string
	}{
		{
			"start push", "start", values{"direction": "push", "remote_path": "/rem", "local_path": "/loc"}, nil,
			`{"direction":"push","remote":{"path":"/rem"},"local":{"path":"/loc"},"name":"push_rem_loc"}`,
			[]string{setup("sync_upload", "/top//rem", "/loc")},
		},
		{
			"start pull", "start", values{"direction": "pull", "remote_path": "/rem", "local_path": "/loc"}, values{"sync_info": `{"reset":true,"quiet":false}`},
			`{"reset":true,"quiet":false,"direction":"pull","remote":{"path":"/rem"},"local":{"path":"/loc"},"name":"pull_rem_loc"}`,
			[]string{setup("sync_download", "/top//rem", "/loc")},
		},
		{
			"start with args", "start", values{"direction": "bidi", "remote_path": "/rem", "local_path": "/loc"}, values{"sync_info": `{"sessions":[{"reset":true}]}`},
			`{"sessions":[{"reset":true,"direction":"bidi","remote_dir":"/rem","local_dir":"/loc","name":"bidi_rem_loc"}]}`,
			[]string{setup("sync", "/top//rem", "/loc")},
		},
		{
			"start as described", "start", nil, values{"sync_info": `{"name":"n","local":{"path":"/l"},"remote":{"path":"/r"}}`},
			`{"name":"n","local":{"path":"/l"},"remote":{"path":"/r"}}`, []string{setup("sync_upload", "/top//r", "/l")},
		},
		{
			"start of two sessions", "start", nil,
			values{"sync_info": `{"sessions":[{"name":"a","local_dir":"/l","remote_dir":"/r"},{"name":"b","direction":"pull","local_dir":"/m","remote_dir":"/s"}]}`},
			`{"sessions":[{"name":"a","local_dir":"/l","remote_dir":"/r"},{"name":"b","direction":"pull","local_dir":"/m","remote_dir":"/s"}]}`,
			[]string{setup("sync_upload", "/top//r", "/l"), setup("sync_download", "/top//s", "/m")},
		},
		{
			"push", "push", values{"path": "/loc/a l/é"}, values{"to_folder": "/rem/ote"},
			`{"direction":"push","local":{"path":"/loc/a l/é"},"remote":{"path":"/rem/ote"},"name":"push_a_l_rem_ote"}`,
			[]string{setup("sync_upload", "/loc/a l/é", "/top//rem/ote")},
		},
		{
			"pull to here", "pull", values{"path": "/rem"}, nil,
			`{"direction":"pull","local":{"path":"."},"remote":{"path":"/rem"},"name":"pull_rem"}`,
			[]string{setup("sync_download", "/top//rem", ".")},
		},
		{
			"bidi with args", "bidi", values{"path": "/loc", "sync_info": `{"sessions":[{"name":"n"}]}`}, values{"ts": `{"destination_root":"/d"}`},
			`{"sessions":[{"name":"n","direction":"bidi","local_dir":"/loc","remote_dir":"/d"}]}`,
			[]string{setup("sync", "/loc", "/top//d")},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, calls := runSync(t, "path sync "+tt.words, parsed(t, tt.args), parsed(t, tt.options))
			if out.Err != nil || out.JSON() != `["complete"]` || len(out.Syncs) != 1 {
				t.Fatalf("got %s, %v", out.JSON(), out.Err)
			}
			got := out.Syncs[0]
			if text := string(record.JSON(got.Description)); text != tt.description {
				t.Errorf("description %s\nwant %s", text, tt.description)
			}
			if !slices.Equal(calls, tt.calls) {
				t.Errorf("calls\n%s\nwant\n%s", strings.Join(calls, "\n"), strings.Join(tt.calls, "\n"))
			}
			for _, spec := range got.Specs {
				if text := string(record.JSON(spec)); text != `{"token":"T","remote_host":"h","paths":[{"source":"/s"}]}` {
					t.Errorf("spec %s", text)
				}
			}
			if start := strings.HasPrefix(tt.words, "start"); len(got.Specs) != len(tt.calls) || got.Additive == start {
				t.Errorf("%d specs, additive %v", len(got.Specs), got.Additive)
			}
		})
	}
}

// parsed makes records of the values that are JSON objects.
func parsed(t *testing.T, given values) values {
	t.Helper()
	all := values{}
	for name, v := range given {
		if text, ok := v.(string); ok && strings.HasPrefix(text, "{") {
			v = jsonObject(t, text)
		}
		all[name] = v
	}
	return all
}

// TestSyncByID: the server is told the folder, async only the top.
func TestSyncByID(t *testing.T) {
	for words, direction := range map[string]string{"push": "send", "bidi": "send", "pull": "receive"} {
		args, options := values{"path": "/loc"}, values{"to_folder": "/dirA"}
		if words == "pull" {
			args, options = values{"path": "/dirA"}, values{"to_folder": "/loc"}
		}
		out, calls := runSync(t, "id sync "+words, args, options)
		if out.Err != nil || len(out.Syncs) != 1 {
			t.Fatalf("%s: %v", words, out.Err)
		}
		if want := []string{"GET /files/1/files?per_page=1000", "GET /files/2", "GET /info"}; !slices.Equal(calls, want) {
			t.Errorf("%s: calls %q", words, calls)
		}
		const want = `{"direction":"DIRECTION","token":"Basic YWsxOnNlYw==","tags":{"aspera":{"node":{"access_key":"ak1","file_id":"2"},"product":"p"}},` +
			`"remote_user":"xfer","ssh_port":33001,"fasp_port":33001,"remote_host":"127.0.0.1"}`
		if got := string(record.JSON(out.Syncs[0].Specs[0])); got != strings.Replace(want, "DIRECTION", direction, 1) {
			t.Errorf("%s: spec %s", words, got)
		}
	}
}

// TestSyncByIDNeedsAFolder: a file has an id, too.
func TestSyncByIDNeedsAFolder(t *testing.T) {
	out, calls := runSync(t, "id sync push", values{"path": "/loc"}, values{"to_folder": "/f1.txt"})
	if out.Err == nil || out.Err.Error() != "/f1.txt is a file: only folders are synchronised" || len(out.Syncs) != 0 {
		t.Errorf("error is %v after %q", out.Err, calls)
	}
}

func TestSyncRefusals(t *testing.T) {
	three := values{"direction": "push", "remote_path": "/rem", "local_path": "/loc"}
	for _, tt := range []struct {
		name, words   string
		args, options values
		err           string
	}{
		{"two arguments", "start", values{"direction": "push", "remote_path": "/r"}, nil, "Provide 0 or 3 arguments, not 2 for: direction, remote.path, local.path"},
		{"direction twice", "start", three, values{"sync_info": `{"direction":"pull"}`}, "Parameter direction is also set in sync_info, remove from sync_info"},
		{"remote path twice", "start", three, values{"sync_info": `{"remote":{"path":"/x"}}`}, "Parameter remote.path is also set in sync_info, remove from sync_info"},
		{"two sessions", "start", three, values{"sync_info": `{"sessions":[{},{}]}`}, "Only one session is supported with arguments"},
		{"nothing", "start", nil, nil, "At least one of `local` or `sessions` must be present in async parameters"},
		{"no remote", "start", nil, values{"sync_info": `{"local":{"path":"/l"}}`}, "remote: expecting a Hash, got NilClass"},
		{"bad direction", "start", nil, values{"sync_info": `{"direction":"up","local":{"path":"/l"},"remote":{"path":"/r"}}`},
			"unknown value for direction: up, use one of: bidi, pull, push"},
		{"push with local path", "push", values{"path": "/l", "sync_info": `{"local":{"path":"/x"}}`}, nil, "Parameter local.path shall not be in sync_info"},
		{"pull with direction", "pull", values{"path": "/l", "sync_info": `{"direction":"pull"}`}, nil, "direction shall not be in sync_info"},
		{"push of two sessions", "push", values{"path": "/l", "sync_info": `{"sessions":[{},{}]}`}, nil, "Only one session is supported"},
		{"status of nothing", "admin status", nil, nil, "Missing mandatory option: sync_info"},
		{"status without name", "admin status", nil, values{"sync_info": `{"local":{"path":"/l"}}`}, "Missing session name"},
		{"status of another name", "admin status", values{"path": "x"}, values{"sync_info": `{"name":"n","local":{"path":"/l"}}`}, "Session not found"},
		{"status of no session", "admin status", values{"path": "x"}, values{"sync_info": `{"sessions":[{"name":"a"},{"name":"b"}]}`}, "Session x not found in a,b"},
		{"status without folder", "admin status", nil, values{"sync_info": `{"name":"n","local":{}}`}, "Missing either local_db_dir or local.path"},
		{"status without folder in args", "admin status", nil, values{"sync_info": `{"sessions":[{"name":"a"}]}`}, "Missing either local_db_dir or local_dir"},
		{"status of what is none", "admin status", nil, values{"sync_info": `{"name":"n"}`}, "At least one of `local` or `sessions` must be present in async parameters"},
		{"status described twice", "admin status", values{"path": "x", "sync_info": `{}`}, values{"sync_info": `{"name":"n"}`}, "sync_info is given twice: as option and as argument"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, calls := runSync(t, "path sync "+tt.words, parsed(t, tt.args), parsed(t, tt.options))
			if out.Err == nil || out.Err.Error() != tt.err || len(calls)+len(out.Syncs) != 0 {
				t.Errorf("error is %v after %d calls", out.Err, len(calls))
			}
		})
	}
}

// TestSyncAdmin: the commands are those of the transfer plugin.
func TestSyncAdmin(t *testing.T) {
	for _, tt := range []struct {
		name, words   string
		args, options values
		want          string
	}{
		{"find", "find", values{"path": "/l"}, nil, `sync admin find {"path":"/l"}`},
		{"meta", "meta", values{"path": "/l", "sync_info": `{"name":"n"}`}, nil, `sync admin meta {"path":"/l","sync_info":{"name":"n"}}`},
		{"status of a path", "status", values{"path": "/l"}, nil, `sync admin status {"path":"/l"}`},
		{"status of a description", "status", values{"path": "/l", "sync_info": `{"name":"n"}`}, nil, `sync admin status {"path":"/l","sync_info":{"name":"n"}}`},
		{"4.21", "status", nil, values{"sync_info": `{"name":"n","reset":true,"local":{"path":"/l"},"remote":{"path":"/r"}}`},
			`sync admin status {"path":"/l","sync_info":{"name":"n"}}`},
		{"4.21 with name", "status", values{"path": "b"}, values{"sync_info": `{"sessions":[{"name":"a","local_dir":"/l"},{"name":"b","local_dir":"/m"}]}`},
			`sync admin status {"path":"/m","sync_info":{"name":"b"}}`},
		{"4.21 with folder of databases", "status", nil, values{"sync_info": `{"sessions":[{"name":"a","local_db_dir":"/db"}]}`},
			`sync admin status {"path":"/db","sync_info":{"name":"a","local_db_dir":"/db"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := sdktest.Host{TransferCommand: func(_ context.Context, words string, args map[string]any) (*sdk.Result, error) {
				given := record.New()
				for _, name := range []string{"path", "sync_info"} {
					if v, ok := args[name]; ok {
						given.Set(name, v)
					}
				}
				return sdk.Text(words + " " + string(record.JSON(given))), nil
			}}
			out := sdktest.Run(t, syncPlugin("http://127.0.0.1:1"), "path sync admin "+tt.words, parsed(t, tt.args), parsed(t, tt.options), host)
			if out.Err != nil || len(out.Records) != 1 || out.Records[0] != tt.want {
				t.Errorf("got %s, %v\nwant %s", out.JSON(), out.Err, tt.want)
			}
		})
	}
}
