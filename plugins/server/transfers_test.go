package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// The probe is a real file, which is gone afterwards; that it was refused is a row.
func TestHealth(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		options    values
		err        error
	}{
		{"well", `[{"status":"ok","component":"transfer","message":"ok"}]`, values{"url": "ssh://h", "password": "p"}, nil},
		{"refused", `[{"status":"critical","component":"transfer","message":"failed to authenticate"}]`, values{"url": "ssh://h", "password": "p"},
			failure.New(failure.Transfer, "failed to authenticate")},
		{"by WebSocket", `[{"status":"ok","component":"transfer","message":"ok"}]`, values{"url": "https://h", "ts": record.New("token", "t")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var probe string
			got := sdktest.Run(t, server.Plugin(), "health transfer", nil, tt.options, sdktest.Host{
				Transfer: func(_ context.Context, spec *record.Object, _ []transfer.Source) error {
					paths := spec.List("paths")
					probe = paths[0].(*record.Object).Text("source")
					if text, err := os.ReadFile(probe); err != nil || string(text) != "This is a test file for transfer test" {
						t.Errorf("the probe is %q, %v", text, err)
					}
					if spec.Text("cookie") != "aspera.sync" || spec.Text("resume_policy") != "none" || spec.Text("direction") != "send" ||
						paths[0].(*record.Object).Text("destination") != ".fasping" {
						t.Errorf("spec is %s", record.JSON(spec))
					}
					return tt.err
				},
			})
			if got.Err != nil || got.JSON() != tt.want {
				t.Errorf("got %s, %v", got.JSON(), got.Err)
			}
			if _, err := os.Stat(probe); err == nil || probe == "" {
				t.Errorf("the probe %q is still there", probe)
			}
		})
	}
}

// A server that cannot be used at all is an error of health, no row.
func TestHealthWithoutCredentials(t *testing.T) {
	got := sdktest.Run(t, server.Plugin(), "health transfer", nil, values{"url": "ssh://h"}, sdktest.Host{})
	if got.Err == nil || !strings.HasPrefix(got.Err.Error(), "Either password, key , or transfer spec token must be provided") {
		t.Errorf("error is %v", got.Err)
	}
}

// async gets what ascp would get.
func TestSync(t *testing.T) {
	folder := t.TempDir()
	key := filepath.Join(folder, "key")
	write(t, key, "KEY\n")
	for _, tt := range []struct {
		name, words, spec string
		args, options     values
	}{
		{"start", "sync start", `{"remote_host":"h","remote_user":"u","ssh_port":33001,"remote_password":"p"}`,
			values{"direction": "push", "remote_path": "/r", "local_path": folder}, values{"url": "ssh://h:33001", "username": "u", "password": "p"}},
		{"push with a key", "sync push", `{"remote_host":"h","remote_user":"u","ssh_private_key":"KEY"}`,
			values{"path": folder}, values{"url": "ssh://h", "username": "u", "ssh_keys": key}},
		{"pull by WebSocket", "sync pull", `{"remote_host":"h","remote_user":"xfer","wss_enabled":true,"wss_port":443}`,
			values{"path": "/r"}, values{"url": "https://h", "to_folder": folder, "ts": record.New("token", "t")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := sdktest.Run(t, server.Plugin(), tt.words, tt.args, tt.options, sdktest.Host{})
			if got.Err != nil || len(got.Syncs) != 1 || len(got.Syncs[0].Specs) != 1 || got.JSON() != `["complete"]` {
				t.Fatalf("%d sessions, got %s, %v", len(got.Syncs), got.JSON(), got.Err)
			}
			if spec := string(record.JSON(got.Syncs[0].Specs[0])); spec != tt.spec {
				t.Errorf("spec is\n%s\nwant\n%s", spec, tt.spec)
			}
		})
	}
}

// A server that does not begin a session may have no Aspera: another agent would do.
func TestSuggestion(t *testing.T) {
	unreachable := failure.New(failure.Transfer, "Error establishing UDP connection (check UDP port and firewall)")
	for _, tt := range []struct {
		name    string
		options values
		err     error
		hints   int
	}{
		{"no session", values{"url": "ssh://h", "password": "p"}, unreachable, 1},
		{"agent sftp already", values{"url": "ssh://h", "password": "p", "transfer": "sftp"}, unreachable, 0},
		{"a token opens no SFTP", values{"url": "ssh://h", "ts": record.New("token", "t")}, unreachable, 0},
		{"a file", values{"url": "ssh://h", "password": "p"}, failure.New(failure.Transfer, "No such file or directory"), 0},
		{"all well", values{"url": "ssh://h", "password": "p"}, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := sdktest.Run(t, server.Plugin(), "upload", values{"sources": []any{record.New("source", "f")}}, tt.options, sdktest.Host{
				Transfer: func(context.Context, *record.Object, []transfer.Source) error { return tt.err },
			})
			var hints []string
			if e := failure.As(got.Err); e != nil {
				hints = e.Hints
			}
			if (got.Err == nil) != (tt.err == nil) || len(hints) != tt.hints || tt.hints > 0 && !strings.Contains(hints[0], "--transfer=sftp") {
				t.Errorf("error is %v, hints %q", got.Err, hints)
			}
		})
	}
}
