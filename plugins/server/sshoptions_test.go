package server_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// Each option of SSH shows in what a connection does.
func TestSSHOptions(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{})
	folder := t.TempDir()
	for _, tt := range []struct{ name, options, warning, err string }{
		{name: "ciphers, exchanges, codes, keys", options: `{"encryption":["aes256-ctr"],"kex":"curve25519-sha256","hmac":["hmac-sha2-256"],"host_key":["ecdsa-sha2-nistp256"]}`},
		{name: "a cipher that nobody has", options: `{"encryption":["rot13"]}`, err: "no way to talk in common"},
		{name: "numbers as text", options: `{"timeout":"5","keepalive_interval":30,"keepalive_maxcount":"2"}`},
		{name: "a time that is none", options: `{"timeout":"soon"}`, err: "ssh_options.timeout: expecting a number of seconds"},
		{name: "a method that is not enough", options: `{"auth_methods":["password"],"non_interactive":true}`, err: "Authentication failed for user "},
		{name: "known hosts", options: `{"verify_host_key":"always","user_known_hosts_file":"` + s.KnownHosts + `"}`},
		{name: "unknown host", options: `{"verify_host_key":"always","user_known_hosts_file":"` + folder + `/none"}`, err: "is not a known host"},
		{name: "new host", options: `{"verify_host_key":"accept_new","user_known_hosts_file":"` + folder + `/new"}`, warning: "Permanently added"},
		{name: "the same host again", options: `{"verify_host_key":"always","user_known_hosts_file":"` + folder + `/new"}`},
		{name: "another name", options: `{"verify_host_key":"accept_new","user_known_hosts_file":"` + folder + `/new","host_key_alias":"other"}`, warning: "Permanently added other:22"},
		{name: "any host", options: `{"verify_host_key":false}`},
		{name: "a policy that is none", options: `{"verify_host_key":"sometimes"}`, err: "ssh_options.verify_host_key: expecting never, "},
		{name: "an unknown name", options: `{"foo":1}`, warning: "ssh_options: invalid option(s): foo."},
		{name: "a name without effect", options: `{"compression":true}`, warning: "ssh_options: compression has no effect"},
		{name: "null", options: `{"timeout":null}`},
		{name: "environment", options: `{"set_env":{"LANG":"C"},"send_env":["HOME"]}`},
		{name: "local address", options: `{"bind_address":"127.0.0.1"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options, err := record.ParseObject([]byte(tt.options))
			if err != nil {
				t.Fatal(err)
			}
			options.Set("config", false)
			if !options.Has("use_agent") {
				options.Set("use_agent", false)
			}
			got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{folder}}, at(s, values{"ssh_options": options}), sdktest.Host{})
			if tt.err != "" {
				if e := failure.As(got.Err); e == nil || !strings.Contains(e.Message, tt.err) {
					t.Errorf("error is %v", got.Err)
				}
				return
			}
			if got.Err != nil {
				t.Error(got.Err)
			}
			if tt.warning == "" && strings.Contains(got.Log, "WARN") || !strings.Contains(got.Log, tt.warning) {
				t.Errorf("log is %s", got.Log)
			}
		})
	}
}

// A server of ~/.ssh/config is reached by its name there.
func TestSSHConfig(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{})
	folder := t.TempDir()
	config := folder + "/config"
	write(t, config, "Host lab\n  HostName "+s.Host+"\n  Port "+strconv.Itoa(s.Port)+"\n  User "+s.User+"\n  IdentityFile "+s.KeyPath+"\n  UserKnownHostsFile "+folder+"/hosts\n")
	options := values{"url": "ssh://lab", "ts": record.New("token", ""), "ssh_options": record.New("config", config, "use_agent", false)}
	got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{folder}}, options, sdktest.Host{})
	if got.Err != nil || !strings.Contains(got.JSON(), `"name":"config"`) {
		t.Errorf("got %s, %v", got.JSON(), got.Err)
	}
	write(t, config, "Host lab\n  Port many\n")
	got = sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{folder}}, options, sdktest.Host{})
	if got.Err == nil || !strings.Contains(got.Err.Error(), "configuration of SSH") {
		t.Errorf("error is %v", got.Err)
	}
}
