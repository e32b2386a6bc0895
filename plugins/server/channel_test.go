package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

type values = map[string]any

// The steps of spec/plugins/server.md, "Choice of the channel from url", as an upload
// shows them: the transfer spec, warnings, errors.
func TestChannel(t *testing.T) {
	folder := t.TempDir()
	key := filepath.Join(folder, "key")
	if err := os.WriteFile(key, []byte("\n-----KEY-----\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	token := record.New("token", "tok")
	for _, tt := range []struct {
		name    string
		options values
		spec    string
		warning string
		err     string
	}{
		{"password", values{"url": "ssh://h:33001", "username": "u", "password": "p"},
			`{"remote_host":"h","remote_user":"u","ssh_port":33001,"remote_password":"p","direction":"send"}`, "", ""},
		{"no port, no user", values{"url": "ssh://h", "password": "p"},
			`{"remote_host":"h","remote_user":"xfer","remote_password":"p","direction":"send"}`, "", ""},
		{"the user of the URL does not count", values{"url": "ssh://v@h", "username": "u", "password": "p"},
			`{"remote_host":"h","remote_user":"u","remote_password":"p","direction":"send"}`, "", ""},
		{"key", values{"url": "ssh://h", "username": "u", "ssh_keys": key, "passphrase": "pp"},
			`{"remote_host":"h","remote_user":"u","ssh_private_key":"-----KEY-----","ssh_private_key_passphrase":"pp","direction":"send"}`, "", ""},
		{"several keys", values{"url": "ssh://h", "username": "u", "ssh_keys": []any{key, folder + "/other"}},
			`{"remote_host":"h","remote_user":"u","ssh_private_key":"-----KEY-----","direction":"send"}`, "Using only first SSH key for transfers", ""},
		{"no key there", values{"url": "ssh://h", "ssh_keys": folder + "/none"}, "", "", "ssh_keys: open " + folder + "/none: no such file or directory"},
		{"keys that are no texts", values{"url": "ssh://h", "ssh_keys": []any{values{}}}, "", "", "ssh_keys must be a path or an Array of paths, not of Hash"},
		{"token by SSH", values{"url": "ssh://h", "username": "u", "ts": token}, `{"remote_host":"h","remote_user":"u","direction":"send"}`, "", ""},
		{"nothing to log in with", values{"url": "ssh://h"}, "", "", "Either password, key , or transfer spec token must be provided"},
		{"WebSocket", values{"url": "https://h", "ts": token}, `{"remote_host":"h","remote_user":"xfer","wss_enabled":true,"wss_port":443,"direction":"send"}`, "", ""},
		{"WebSocket on a port", values{"url": "https://h:8443", "username": "u", "password": "p", "ts": token},
			`{"remote_host":"h","remote_user":"xfer","wss_enabled":true,"wss_port":8443,"direction":"send"}`, "", ""},
		{"https without token", values{"url": "https://h", "username": "u", "password": "p"},
			`{"remote_host":"h","remote_user":"u","ssh_port":33001,"remote_password":"p","direction":"send"}`, "Assuming proper URL is: ssh://h:33001", ""},
		{"another scheme", values{"url": "foo://h:22", "username": "u", "password": "p"},
			`{"remote_host":"h","remote_user":"u","ssh_port":22,"remote_password":"p","direction":"send"}`,
			"Scheme [foo] not supported in foo://h:22, use one of: ssh, local, https. Defaulting to ssh.", ""},
		{"no scheme", values{"url": "h", "username": "u", "password": "p"},
			`{"remote_host":"h","remote_user":"u","remote_password":"p","direction":"send"}`, "Scheme [] not supported in h,", ""},
		{"local", values{"url": "local:"}, `{"remote_host":"localhost","direction":"send"}`, "", ""},
		{"local with slashes", values{"url": "local://"}, `{"remote_host":"localhost","direction":"send"}`, "", ""},
		{"no host", values{"url": "ssh:///a", "password": "p"}, "", "", "no host in url ssh:///a: expecting ssh://<host>[:<port>]"},
		{"a port that is none", values{"url": "ssh://h:99999", "password": "p"}, "", "", "port of url ssh://h:99999: expecting a number from 1 to 65535"},
		{"no URL at all", values{"url": "ssh://h:x", "password": "p"}, "", "", "malformed url ssh://h:x: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := sdktest.Run(t, server.Plugin(), "upload", values{"sources": []any{record.New("source", "f")}}, tt.options, sdktest.Host{})
			if tt.err != "" {
				if got.Err == nil || !strings.HasPrefix(got.Err.Error(), tt.err) {
					t.Errorf("error is %v", got.Err)
				}
				return
			}
			if got.Err != nil || len(got.Transfers) != 1 {
				t.Fatalf("%d transfers, error is %v", len(got.Transfers), got.Err)
			}
			if spec := string(record.JSON(got.Transfers[0].Spec)); spec != tt.spec {
				t.Errorf("spec is\n%s\nwant\n%s", spec, tt.spec)
			}
			if !strings.Contains(got.Log, tt.warning) {
				t.Errorf("log is %s", got.Log)
			}
		})
	}
}
