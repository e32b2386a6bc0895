package server_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// buildASCMD builds the sandbox's stand-in for ascmd into a folder, which it
// returns: nothing else is in it.
func buildASCMD(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join("..", "..", "sandbox", "cmd", "ascmd")
	if out, err := exec.Command("go", "build", "-o", filepath.Join(folder, "ascmd"), "./"+filepath.ToSlash(source)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

// loginKey is a private key that a server lets in, in a file.
func loginKey(t *testing.T, s *sshdtest.Server, kind, passphrase string) string {
	t.Helper()
	signer, text, err := sshdtest.NewKey(kind, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Authorize(signer.PublicKey()); err != nil {
		t.Fatal(err)
	}
	return keyFile(t, text)
}

func keyFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	write(t, path, text)
	return path
}

// strangerKey is the path of a key that nobody knows.
func strangerKey(t *testing.T) string {
	t.Helper()
	_, text, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	return keyFile(t, text)
}

// hostsFile has another key for a server than the server has.
func hostsFile(t *testing.T, s *sshdtest.Server, key ssh.PublicKey) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known_hosts")
	write(t, path, knownhosts.Line([]string{s.Address()}, key)+"\n")
	return path
}

// startAgent runs OpenSSH's agent with a key, and returns its address.
func startAgent(t *testing.T, key string) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "agent")
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	said, err := agent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = agent.Process.Kill(), agent.Wait() })
	// It listens before it tells where.
	if _, err := said.Read(make([]byte, 256)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	add := exec.Command("ssh-add", key)
	add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return socket
}

// ssh are options of SSH, in which nothing of this machine's user counts.
func sshOptions(pairs ...any) *record.Object {
	return record.Merge(record.New("use_agent", false, "config", false), record.New(pairs...))
}

const noASCMD = "the server has no ascmd (not found): operations on files use SFTP"

// TestSSHD is the matrix of OpenSSH servers, ways to log in and host keys: each
// case lists a folder with file "a".
func TestSSHD(t *testing.T) {
	program := buildASCMD(t)
	// sshd tells its users' shells where programs are.
	inPath := "SetEnv PATH=" + program + ":/usr/bin:/bin"
	folder := t.TempDir()
	write(t, filepath.Join(folder, "a"), "x")

	plain := sshdtest.Start(t, sshdtest.Options{})
	withASCMD := sshdtest.Start(t, sshdtest.Options{Config: []string{inPath}})
	forced := sshdtest.Start(t, sshdtest.Options{Config: []string{"ForceCommand " + program + "/ascmd --root=" + folder}})
	oneSession := sshdtest.Start(t, sshdtest.Options{Config: []string{"MaxSessions 1"}})
	oneSessionASCMD := sshdtest.Start(t, sshdtest.Options{Config: []string{inPath, "MaxSessions 1"}})
	noHome := sshdtest.Start(t, sshdtest.Options{Config: []string{
		"ForceCommand echo 'Could not chdir to home directory /home/x: No such file or directory' >&2; " + program + "/ascmd; exit 3"}})
	chatty := sshdtest.Start(t, sshdtest.Options{Config: []string{"ForceCommand echo Welcome; exec " + program + "/ascmd"}})
	_, other, err := sshdtest.NewKey(sshdtest.RSA, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey([]byte(other))
	if err != nil {
		t.Fatal(err)
	}
	changed := hostsFile(t, withASCMD, signer.PublicKey())
	fresh := filepath.Join(t.TempDir(), "ssh", "known_hosts")
	protected := loginKey(t, withASCMD, sshdtest.Ed25519, "open sesame")
	agentKey := loginKey(t, withASCMD, sshdtest.Ed25519, "")

	for _, tt := range []struct {
		name    string
		server  *sshdtest.Server
		options values
		path    string // folder, if it is empty
		log     string
		err     string
		hints   string
	}{
		{name: "rsa key", server: withASCMD, options: values{"ssh_keys": loginKey(t, withASCMD, sshdtest.RSA, "")}},
		{name: "ecdsa key", server: withASCMD, options: values{"ssh_keys": loginKey(t, withASCMD, sshdtest.ECDSA, "")}},
		{name: "ed25519 key", server: withASCMD, options: values{"ssh_keys": loginKey(t, withASCMD, sshdtest.Ed25519, "")}},
		{name: "rsa key with passphrase", server: withASCMD, options: values{"ssh_keys": loginKey(t, withASCMD, sshdtest.RSA, "p p"), "passphrase": "p p"}},
		{name: "ecdsa key with passphrase", server: withASCMD, options: values{"ssh_keys": loginKey(t, withASCMD, sshdtest.ECDSA, "pp"), "passphrase": "pp"}},
		{name: "ed25519 key with passphrase", server: withASCMD, options: values{"ssh_keys": protected, "passphrase": "open sesame"}},
		{name: "passphrase in ssh_options", server: withASCMD, options: values{"ssh_keys": protected, "ssh_options": sshOptions("passphrase", "open sesame")}},
		{name: "wrong passphrase", server: withASCMD, options: values{"ssh_keys": protected, "passphrase": "s3same"}, err: "the passphrase does not open the private key"},
		{name: "second of several keys", server: withASCMD, options: values{"ssh_keys": []any{strangerKey(t), withASCMD.KeyPath}}, log: "Using only first SSH key for transfers"},
		{name: "key of a stranger", server: withASCMD, options: values{"ssh_keys": strangerKey(t)}, err: "Authentication failed for user " + withASCMD.User + "@127.0.0.1"},
		{name: "key in ssh_options", server: withASCMD, options: values{"ssh_keys": nil, "ts": record.New("token", ""), "ssh_options": sshOptions("key_data", []any{withASCMD.Key}, "keys_only", true)}},
		{name: "key of the ssh-agent", server: withASCMD, options: values{"ssh_keys": nil, "ts": record.New("token", ""), "ssh_options": sshOptions("use_agent", true)}},
		{name: "token alone does not log in", server: withASCMD, options: values{"ssh_keys": nil, "ts": record.New("token", "t"), "ssh_options": sshOptions("keys_only", true)},
			err: "Authentication failed for user"},
		{name: "another user", server: withASCMD, options: values{"username": "nobody-of-that-name"}, err: "Authentication failed for user nobody-of-that-name@127.0.0.1"},
		{name: "OpenSSH without PAM refuses passwords", server: withASCMD, options: values{"ssh_keys": nil, "password": "s3same"}, err: "Authentication failed for user"},

		{name: "known host", server: withASCMD, options: values{"ssh_options": sshOptions("verify_host_key", "always", "user_known_hosts_file", withASCMD.KnownHosts)}},
		{name: "unknown host", server: withASCMD, options: values{"ssh_options": sshOptions("verify_host_key", "always", "user_known_hosts_file", fresh)},
			err: "is not a known host, its key is SHA256:", hints: "accept_new to --ssh-options.verify_host_key"},
		{name: "unknown host, by default", server: withASCMD, options: values{"url": fmt.Sprintf("ssh://localhost:%d", withASCMD.Port), "ssh_options": sshOptions("user_known_hosts_file", fresh)},
			log: "Permanently added localhost:"},
		{name: "changed host key", server: withASCMD, options: values{"ssh_options": sshOptions("verify_host_key", "accept_new", "user_known_hosts_file", changed)},
			err: "Remote host is not who we expected", hints: "ssh-keygen -R"},
		{name: "changed host key of a local tunnel", server: withASCMD, options: values{"ssh_options": sshOptions("user_known_hosts_file", changed)}},
		{name: "fingerprint of the transfer spec", server: withASCMD, options: values{"ts": record.New("sshfp", ssh.FingerprintSHA256(withASCMD.HostKeys[sshdtest.RSA]))}},
		{name: "another fingerprint", server: withASCMD, options: values{"ts": record.New("sshfp", ssh.FingerprintSHA256(signer.PublicKey()))}, err: "Remote host is not who we expected"},

		{name: "without ascmd", server: plain, log: noASCMD},
		{name: "forced ascmd in a folder", server: forced, path: "/"},
		{name: "one session, with ascmd", server: oneSessionASCMD},
		{name: "one session, without ascmd", server: oneSession, log: noASCMD},
		{name: "home folder not created, and a status", server: noHome, log: "Hint: home not created in Windows?"},
		// What it forces is no SFTP server either: there is nothing left to ask.
		{name: "a shell that says welcome", server: chatty, err: "the server has neither ascmd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "key of the ssh-agent" {
				t.Setenv("SSH_AUTH_SOCK", startAgent(t, agentKey))
			}
			path := tt.path
			if path == "" {
				path = folder
			}
			got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{path}}, at(tt.server, tt.options), sdktest.Host{LogLevel: slog.LevelDebug})
			if tt.err != "" {
				e := failure.As(got.Err)
				if e == nil || !strings.Contains(e.Message, tt.err) || !strings.Contains(strings.Join(e.Hints, "\n"), tt.hints) || strings.Contains(e.Message, "s3same") {
					t.Errorf("error is %v", got.Err)
				}
				return
			}
			if got.Err != nil || !strings.Contains(got.JSON(), `"name":"a"`) {
				t.Errorf("got %s, %v", got.JSON(), got.Err)
			}
			if !strings.Contains(got.Log, tt.log) || tt.log != noASCMD && strings.Contains(got.Log, noASCMD) {
				t.Errorf("log is %s", got.Log)
			}
		})
	}
}

// The usual keys of a user let in where no other is named.
func TestDefaultKeys(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{})
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	write(t, filepath.Join(home, ".ssh", "id_ed25519"), s.Key)
	write(t, filepath.Join(home, ".ssh", "id_rsa"), "no key")
	for _, tt := range []struct {
		name, enabled string
		options       *record.Object
		err           string
	}{
		{"by default", "", sshOptions(), ""},
		{"left out by the variable", "false", sshOptions(), "Authentication failed"},
		{"left out by the option", "", sshOptions("keys_only", true), "Authentication failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("ASCLI_ENABLE_ED25519", tt.enabled)
			got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{home}}, at(s, values{"ssh_keys": nil, "ts": record.New("token", ""), "ssh_options": tt.options}), sdktest.Host{})
			if (tt.err == "") != (got.Err == nil) || got.Err != nil && !strings.Contains(got.Err.Error(), tt.err) {
				t.Errorf("error is %v", got.Err)
			}
		})
	}
}
