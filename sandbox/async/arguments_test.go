package async_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/async"
)

// plain runs the program without a management port.
func plain(env map[string]string, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = async.Main(context.Background(), args, func(name string) string { return env[name] }, &out, &errs)
	return status, out.String(), errs.String()
}

// TestSessionsByArguments: several at once, with the secret in the environment.
func TestSessionsByArguments(t *testing.T) {
	w := newWorld(t, 0)
	second := t.TempDir()
	tree{"f": "1"}.write(t, w.local)
	tree{"g": "2"}.write(t, w.remote)
	server := []string{"--host", "127.0.0.1", "--user", "node_user", "--tcp-port", strconv.Itoa(w.port)}
	args := []string{"--alt-logdir", "/x", "--name", "one", "--local-dir", w.local, "--remote-dir", "/r/in"}
	args = append(append(args, server...), "--direction", "push", "--cooloff", "0", "--create-dir", "-t", "-l", "100M")
	args = append(args, "-Ntwo", "-d", second, "-r", "node_user@127.0.0.1:/r", "-P", strconv.Itoa(w.port), "-K", "pull", "-q")
	args = append(args, "--transfer-threads", "4", "--pending-max=100", "--cipher=aes128", "-H", "high", "--reset")
	status, stdout, stderr := plain(map[string]string{"ASPERA_SCP_PASS": password}, args...)
	if status != 0 {
		t.Fatal(stderr)
	}
	if !strings.Contains(stdout, "-> f\n") || strings.Contains(stdout, "<- g") {
		t.Errorf("printed %q: the second session is quiet", stdout)
	}
	if got, err := os.ReadFile(filepath.Join(w.remote, "in", "f")); err != nil || string(got) != "1" {
		t.Errorf("pushed %q, %v", got, err)
	}
	if got, err := os.ReadFile(filepath.Join(second, "g")); err != nil || string(got) != "2" {
		t.Errorf("pulled %q, %v", got, err)
	}
}

func TestOneOfTheSessionsFails(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": "1"}.write(t, w.local)
	session := func(name, host string) []string {
		return []string{"--name", name, "--local-dir", w.local, "--remote-dir", "/r", "--host", host, "--user", "node_user", "--pass", password, "-P", strconv.Itoa(w.port)}
	}
	status, _, stderr := plain(nil, append(session("one", "127.0.0.1"), session("two", "192.0.2.1")...)...)
	if status != 1 || !strings.Contains(stderr, "this computer only") || strings.Contains(stderr, password) {
		t.Errorf("status %d: %s", status, stderr)
	}
	w.has(w.remote, tree{"f": "1"})
}

func TestWhatIsWrongIsToldBeforeAnythingMoves(t *testing.T) {
	w := newWorld(t, 0)
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o600))
	for _, tt := range []struct {
		name string
		more object
		code int64
		text string
	}{
		{"unknown parameter", object{"colour": "red"}, 8, `unknown field "colour"`},
		{"other type", object{"reset": "yes"}, 8, "reset cannot be a string"},
		{"bad name", object{"name": "a/b"}, 8, `name "a/b"`},
		{"bad direction", object{"direction": "up"}, 8, `direction cannot be "up" for this stand-in, use one of: bidi, pull, push`},
		{"no remote", object{"remote": object{"path": "/r"}}, 8, "remote.host is missing"},
		{"web socket", object{"remote": object{"path": "/r", "host": "h", "user": "u", "connect_mode": "ws"}}, 8, `remote.connect_mode cannot be "ws"`},
		{"mirror both ways", object{"direction": "bidi", "mirror": true}, 8, "mirror is not for direction bidi"},
		{"removal both ways", object{"direction": "bidi", "remove_after_transfer": true}, 8, "remove_after_transfer is not"},
		{"two times to delete", object{"delete_before": true, "delete_delay": true}, 8, "exclude each other"},
		{"bad filter", object{"filters": []object{{"rule": "exclude", "value": "[a"}}}, 8, "filter exclude [a"},
		{"unknown rule", object{"filters": []object{{"rule": "drop", "value": "a"}}}, 8, `filter rule "drop"`},
		{"no file of rules", object{"filters": []object{{"rule": "exclude_from", "value": file + ".none"}}}, 8, "no such file"},
		{"long cooloff", object{"cooloff_seconds": 61}, 8, "cooloff_seconds"},
		{"no local folder", object{"local": object{"path": file + ".none"}}, 4, "No such file"},
		{"local folder that is a file", object{"local": object{"path": file}}, 6, "must be a directory"},
		{"wrong password", object{"remote": object{"path": "/r", "host": "127.0.0.1", "port": w.port, "user": "node_user", "pass": "s3cret"}}, 19, "Authentication failure"},
		{"no server", object{"remote": object{"path": "/r", "host": "127.0.0.1", "port": 1, "user": "node_user", "pass": "s3cret"}}, 12, "SSH connection"},
		{"no remote folder", object{"remote": object{"path": "/none", "host": "127.0.0.1", "port": w.port, "user": "node_user", "pass": password}}, 4, "/none (create_dir"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.sync(w.conf("push", tt.more)).fails(tt.code, tt.text)
			if strings.Contains(r.stderr, "s3cret") {
				t.Error("a secret is told")
			}
			w.has(w.remote, tree{})
		})
	}
}

func TestBadCommandLines(t *testing.T) {
	valid := base64.StdEncoding.EncodeToString([]byte(`{"name":"s"}`))
	for _, tt := range []struct {
		name string
		args []string
		text string
	}{
		{"nothing", nil, "no session"},
		{"unknown option", []string{"--colour"}, "unknown flag --colour"},
		{"bad rate", []string{"--name=s", "-l", "fast"}, "is not a rate"},
		{"conf that is none", []string{"--conf64=***"}, "not base64"},
		{"conf that is no JSON", []string{"--conf64=" + base64.StdEncoding.EncodeToString([]byte(`{"a`))}, "--conf64"},
		{"conf and more", []string{"--conf64=" + base64.StdEncoding.EncodeToString([]byte(`{} {}`))}, "more than one"},
		{"both forms", []string{"--conf64=" + valid, "--name=s"}, "exclude each other"},
		{"port of one session", []string{"--name=s", "--exclusive-mgmt-port=1"}, "come before the sessions"},
		{"bad tags", []string{"--name=s", "--tags64=***"}, "--tags64: not base64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if status, _, stderr := plain(nil, tt.args...); status != 1 || !strings.Contains(stderr, tt.text) {
				t.Errorf("status %d: %s", status, stderr)
			}
		})
	}
}

func TestHelpAndVersionSayThatThisIsNotFASP(t *testing.T) {
	for _, option := range []string{"--help", "--version", "-A"} {
		if status, stdout, _ := plain(nil, option); status != 0 || !strings.Contains(stdout, "not FASP") {
			t.Errorf("%s: status %d: %s", option, status, stdout)
		}
	}
}

func TestAdminRefusals(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct {
		args []string
		text string
	}{
		{[]string{"--name=s"}, "--local-dir or --local-db-dir is missing"},
		{[]string{"--local-dir=" + folder}, "--name is missing"},
		{[]string{"--name=../s", "--local-dir=" + folder}, "letters, digits"},
		{[]string{"--name=s", "--local-dir=" + folder}, "no session s in"},
		{[]string{"--colour"}, "see"},
	} {
		var stderr bytes.Buffer
		status := async.AdminMain(t.Context(), tt.args, nil, io.Discard, &stderr)
		if tt.text == "see" {
			tt.text = "asyncadmin --help"
		}
		if status != 1 || !strings.Contains(stderr.String(), tt.text) {
			t.Errorf("%q: status %d: %s", tt.args, status, stderr.String())
		}
	}
}

// FuzzConf: whatever a description says, the answer is an error or a session
// that is refused: nothing is reached from here.
func FuzzConf(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"name":"s","direction":"push","local":{"path":"/l"},"remote":{"path":"/r","host":"h","user":"u"}}`,
		`{"filters":[{"rule":"exclude","value":"["}]}`, `{"transport":{"target_rate":-1}}`, `[`, `{"tags":{"a":[1]}}`, `{"cooloff_seconds":null}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		// No login is tried on this host.
		var c map[string]any
		if json.Unmarshal(text, &c) == nil {
			delete(c, "local_db_dir")
			c["local"], c["remote"] = object{"path": filepath.Join(t.TempDir(), "none")}, object{"path": "/", "host": "192.0.2.1", "user": "u"}
			c["create_dir"], c["mode"] = false, "one_time"
			text, _ = json.Marshal(c)
		}
		if status, _, _ := plain(nil, "--conf64="+base64.StdEncoding.EncodeToString(text)); status != 1 {
			t.Errorf("status %d", status)
		}
	})
}
