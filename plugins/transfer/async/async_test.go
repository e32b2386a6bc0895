package async

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Descriptions of a session, in both forms.
const (
	conf = `{"direction":"push","remote":{"path":"/rem"},"local":{"path":"/loc"},"name":"push_rem_loc"}`
	args = `{"sessions":[{"name":"n","local_dir":"/loc","remote_dir":"/rem"}]}`
)

// trial runs sessions with a fake async.
type trial struct {
	job         Job
	runner      Runner
	state       string
	output, log *bytes.Buffer
}

func parse(t *testing.T, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// newTrial installs ascp and async with the bypass key, and describes a job.
func newTrial(t *testing.T, scenario, description string, specs ...string) *trial {
	t.Helper()
	folder := t.TempDir()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		product.Here().Program(product.Ascp): nil, product.Here().Program(product.Async): self, "aspera_bypass_rsa.pem": []byte("key"),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	tr := &trial{state: t.TempDir(), output: &bytes.Buffer{}, log: &bytes.Buffer{}, runner: New()}
	t.Setenv(scenarioEnv, scenario)
	t.Setenv(stateEnv, tr.state)
	// The race detector holds up the end of a process by a second.
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	tr.job = Job{
		Sync: sdk.Sync{Description: parse(t, description)},
		Env: agent.Env{
			AscpPath: filepath.Join(folder, product.Here().Program(product.Ascp)),
			Stdout:   tr.output, Stderr: tr.output, Log: slog.New(slog.NewTextHandler(tr.log, nil)),
		},
	}
	for _, spec := range specs {
		tr.job.Specs = append(tr.job.Specs, parse(t, spec))
	}
	return tr
}

// call reads what the fake async was given. KEY stands for the bypass key.
func (tr *trial) call(t *testing.T) invocation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tr.state, "call.json"))
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(filepath.Dir(tr.job.Env.AscpPath), "aspera_bypass_rsa.pem")
	// Twice JSON: in the trace, and in the description.
	text = bytes.ReplaceAll(text, bytes.Trim(record.JSON(key), `"`), []byte("KEY"))
	var call invocation
	if err := json.Unmarshal(text, &call); err != nil {
		t.Fatal(err)
	}
	return call
}

func TestConf(t *testing.T) {
	const ssh = `"remote_host":"h","remote_user":"xfer","ssh_port":33001`
	for _, tt := range []struct {
		name, description, spec string
		additive, watched       bool
		want                    string
	}{
		{
			"the example of the specification", conf, `{` + ssh + `,"token":"ATM3_x"}`, false, false,
			`{"direction":"push","remote":{"path":"/rem","host":"h","user":"xfer","port":33001,"token":"ATM3_x","connect_mode":"ssh",` +
				`"private_key_paths":["KEY"]},"local":{"path":"/loc"},"name":"push_rem_loc"}`,
		},
		{
			"web socket", conf, `{` + ssh + `,"sshfp":"f","wss_port":9093,"wss_enabled":true,"token":"T"}`, false, false,
			`{"direction":"push","remote":{"path":"/rem","host":"h","user":"xfer","ws_port":9093,"token":"T","connect_mode":"ws"},` +
				`"local":{"path":"/loc"},"name":"push_rem_loc"}`,
		},
		{
			"SSH as described", `{"local":{},"remote":{"path":"/r","connect_mode":"ssh"}}`, `{` + ssh + `,"sshfp":"f","wss_port":9093,"wss_enabled":true,"remote_password":"p"}`,
			false, false, `{"local":{},"remote":{"path":"/r","connect_mode":"ssh","host":"h","user":"xfer","pass":"p","fingerprint":"f","port":33001}}`,
		},
		{
			"token and password need no key", `{"local":{},"remote":{"path":"/r"}}`, `{"token":"T","remote_password":"p"}`, false, false,
			`{"local":{},"remote":{"path":"/r","pass":"p","token":"T","connect_mode":"ssh"}}`,
		},
		{
			"more keys", `{"local":{},"remote":{"path":"/r","private_key_paths":["mine"]}}`, `{"token":"T"}`, false, false,
			`{"local":{},"remote":{"path":"/r","private_key_paths":["mine","KEY"],"token":"T","connect_mode":"ssh"}}`,
		},
		{
			"4.21: the server has precedence", `{"local":{},"remote":{"path":"/r","host":"mine"},"tags":{"a":1}}`,
			`{"remote_host":"h","tags":{"b":2},"proxy":"dnat://p","target_rate_kbps":5}`, false, true,
			`{"local":{},"remote":{"path":"/r","host":"h","proxy":"dnat://p","connect_mode":"ssh"},"tags":{"b":2}}`,
		},
		{
			"4.24: the description has precedence", `{"local":{},"remote":{"path":"/r","host":"mine"},"tags":{"a":1}}`,
			`{"remote_host":"h","tags":{"b":2},"proxy":"dnat://p","target_rate_kbps":5}`, true, true,
			`{"local":{},"remote":{"path":"/r","host":"mine","connect_mode":"ssh"},"tags":{"a":1},"transport":{"target_rate":5000},"quiet":false}`,
		},
		{"4.24: quiet as described", `{"local":{},"remote":{"path":"/r"},"quiet":true}`, `{}`, true, true, `{"local":{},"remote":{"path":"/r","connect_mode":"ssh"},"quiet":true}`},
		{
			"folder by id", `{"local":{},"remote":{"path":"/r"}}`, `{"tags":{"aspera":{"node":{"file_id":"5"}}}}`, false, false,
			`{"local":{},"remote":{"path":"/","connect_mode":"ssh"},"tags":{"aspera":{"node":{"file_id":"5"}}}}`,
		},
		{
			"folder of Shares", `{"local":{},"remote":{"path":"/r"}}`, `{"cookie":"aspera.shares2:x","direction":"send","paths":[{"source":"/s","destination":"/d"}]}`, false, false,
			`{"local":{},"remote":{"path":"/s","connect_mode":"ssh"}}`,
		},
		{
			"4.24: folder of Shares", `{"local":{},"remote":{"path":"/r"}}`, `{"cookie":"aspera.shares2:x","direction":"send","paths":[{"source":"/s","destination":"/d"}]}`, true, false,
			`{"local":{},"remote":{"path":"/d","connect_mode":"ssh"}}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTrial(t, "success", tt.description, tt.spec)
			tr.job.Additive, tr.job.Watched = tt.additive, tt.watched
			if err := tr.runner.Run(t.Context(), tr.job); err != nil {
				t.Fatal(err)
			}
			call := tr.call(t)
			if string(call.Conf) != tt.want || len(call.Args) != 0 || len(call.Env) != 0 {
				t.Errorf("conf %s\nwant %s\nother arguments %q, environment %q", call.Conf, tt.want, call.Args, call.Env)
			}
			if got := string(record.JSON(tr.job.Description)); got != tt.description {
				t.Errorf("the job was changed: %s", got)
			}
		})
	}
}

func TestArgs(t *testing.T) {
	for _, tt := range []struct{ name, description, spec, args, env string }{
		{
			"the example of the specification",
			`{"sessions":[{"reset":true,"direction":"pull","remote_dir":"/rem","local_dir":"/loc","name":"pull_rem_loc"}],"instance":{"ws_connect":true,"alt_logdir":"/x"}}`,
			`{"remote_host":"h","remote_user":"u","ssh_port":33001,"remote_password":"p"}`,
			"--alt-logdir /x --ws-connect --name pull_rem_loc --local-dir /loc --remote-dir /rem --host h --user u --direction pull --tcp-port 33001 --reset",
			"ASPERA_SCP_PASS=p",
		},
		{
			"token", args, `{"token":"T","cookie":"C","cipher":"aes-128-gcm","tags":{"a":1},"preserve_times":true,"create_dir":true}`,
			"--name n --local-dir /loc --remote-dir /rem --private-key-path KEY --tags64 eyJhIjoxfQ== --cipher aes128gcm --preserve-time --create-dir",
			"ASPERA_SCP_COOKIE=C ASPERA_SCP_TOKEN=T",
		},
		{
			"a token over web sockets needs no key", `{"sessions":[{"name":"n","local_dir":"/l","remote_dir":"/r"}],"instance":{"ws_connect":true}}`, `{"token":"T"}`,
			"--ws-connect --name n --local-dir /l --remote-dir /r", "ASPERA_SCP_TOKEN=T",
		},
		{
			"what the session has", `{"sessions":[{"name":"n","local_dir":"/l","remote_dir":"/r","host":"mine","private_key_paths":["a","b"],"create_dir":false,"license":"L","target_rate":"10m"}]}`,
			`{"remote_host":"h","create_dir":true}`,
			"--name n --local-dir /l --remote-dir /r --host mine --private-key-path a --private-key-path b --target-rate 10m", "ASPERA_SCP_LICENSE=L",
		},
		{
			"folder by id", args, `{"tags":{"aspera":{"node":{"file_id":"5"}}}}`,
			"--name n --local-dir /loc --remote-dir / --tags64 eyJhc3BlcmEiOnsibm9kZSI6eyJmaWxlX2lkIjoiNSJ9fX0=", "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTrial(t, "success", tt.description, tt.spec)
			if err := tr.runner.Run(t.Context(), tr.job); err != nil {
				t.Fatal(err)
			}
			call := tr.call(t)
			if got := strings.Join(call.Args, " "); got != tt.args {
				t.Errorf("arguments %s\nwant %s", got, tt.args)
			}
			if got := strings.Join(call.Env, " "); got != tt.env {
				t.Errorf("environment %s, want %s", got, tt.env)
			}
			if got := tr.output.String(); got != "async speaks\n" {
				t.Errorf("output %q", got)
			}
		})
	}
}

func TestSeveralSessions(t *testing.T) {
	tr := newTrial(t, "success", `{"sessions":[{"name":"a","local_dir":"/l","remote_dir":"/r","x":1},{"name":"b","local_dir":"/m","remote_dir":"/s"}]}`,
		`{"remote_host":"h1"}`, `{"remote_host":"h2"}`)
	if err := tr.runner.Run(t.Context(), tr.job); err != nil {
		t.Fatal(err)
	}
	want := "--name a --local-dir /l --remote-dir /r --host h1 --name b --local-dir /m --remote-dir /s --host h2"
	if got := strings.Join(tr.call(t).Args, " "); got != want {
		t.Errorf("arguments %s\nwant %s", got, want)
	}
	if log := tr.log.String(); !strings.Contains(log, "unrecognized parameter: x = 1") {
		t.Errorf("log %s", log)
	}
}

var changing = regexp.MustCompile(`pid \d+`)

func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		name, scenario, description, spec string
		label                             failure.Label
		err, log                          string
	}{
		{"server refuses", "fails", conf, `{}`, failure.Transfer, "Authentication failure", "denied"},
		{"async refuses", "refuses", conf, `{}`, failure.Transfer, "async failed (pid N exit 3)", ""},
		{"async refuses arguments", "refuses", args, `{}`, failure.Other, "Sync failed with exit: 3", ""},
		{"async does not connect", "silent", conf, `{}`, failure.Transfer, "timeout waiting mgt port connect (select not readable)", ""},
		{"parameter of another type", "success", `{"sessions":[{"name":"n","local_dir":"/l","remote_dir":"/r","tcp_port":"x"}]}`, `{}`,
			failure.Argument, "tcp_port is : String (x), shall be [:int], ", ""},
		{"secret of another type", "success", `{"sessions":[{"name":"n","local_dir":"/l","remote_dir":"/r","remote_password":12345}]}`, `{}`,
			failure.Argument, "remote_password is : Integer (***), shall be [:string], ", ""},
		{"no description", "success", `{}`, `{}`, failure.Argument, "At least one of `local` or `sessions` must be present in async parameters", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTrial(t, tt.scenario, tt.description, tt.spec)
			err := tr.runner.Run(t.Context(), tr.job)
			if err == nil || changing.ReplaceAllString(err.Error(), "pid N") != tt.err {
				t.Fatalf("error is %v", err)
			}
			label := failure.Transfer
			if e := failure.As(err); e != nil {
				label = e.Label
			}
			if label != tt.label || !strings.Contains(tr.log.String(), tt.log) {
				t.Errorf("label %s, log %s", label, tr.log)
			}
		})
	}
}

func TestNoAsync(t *testing.T) {
	tr := newTrial(t, "success", conf, `{}`)
	folder := filepath.Dir(tr.job.Env.AscpPath)
	if err := os.Remove(filepath.Join(folder, product.Here().Program(product.Async))); err != nil {
		t.Fatal(err)
	}
	err := tr.runner.Run(t.Context(), tr.job)
	if e := failure.As(err); e == nil || e.Message != "no program async in "+folder || len(e.Hints) == 0 {
		t.Errorf("error is %v", err)
	}
}

// TestNoKey: with a token there is no way in without the key, unless the user has one.
func TestNoKey(t *testing.T) {
	for description, fails := range map[string]bool{
		conf: true, args: true,
		`{"local":{},"remote":{"path":"/r","private_key_paths":["mine"]}}`:                            false,
		`{"sessions":[{"name":"n","local_dir":"/l","remote_dir":"/r","private_key_paths":["mine"]}]}`: false,
	} {
		tr := newTrial(t, "success", description, `{"token":"T"}`)
		if err := os.Remove(filepath.Join(filepath.Dir(tr.job.Env.AscpPath), "aspera_bypass_rsa.pem")); err != nil {
			t.Fatal(err)
		}
		if err := tr.runner.Run(t.Context(), tr.job); (err != nil) != fails {
			t.Errorf("%s: %v", description, err)
		}
	}
}

func TestCancel(t *testing.T) {
	for _, tt := range []struct{ name, scenario, description string }{
		{"in order", "waits", conf}, {"by force", "stubborn", conf}, {"without management port", "silent", args},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTrial(t, tt.scenario, tt.description, `{}`)
			tr.runner.grace = 300 * time.Millisecond
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			started := make(chan struct{})
			tr.job.Env.Stdout = onFirst{tr.output, started}
			go func() {
				<-started
				cancel()
			}()
			err := tr.runner.Run(ctx, tr.job)
			if e := failure.As(err); e == nil || e.Label != failure.Interruption || !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// TestCancelEndsTheFamily: nothing that async has started outlives it.
func TestCancelEndsTheFamily(t *testing.T) {
	witness, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = witness.Close() }()
	if err := witness.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	tr := newTrial(t, "family", conf, `{}`)
	t.Setenv(witnessEnv, witness.Addr().String())
	tr.runner.grace = 300 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- tr.runner.Run(ctx, tr.job) }()
	child, err := witness.Accept()
	if err != nil {
		t.Fatalf("async has no child: %v", err)
	}
	defer func() { _ = child.Close() }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if err := child.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	// Its connection ends with it.
	if _, err := child.Read(make([]byte, 1)); os.IsTimeout(err) {
		t.Error("a child of async has outlived it")
	}
}

// onFirst closes a channel at the first word.
type onFirst struct {
	to     *bytes.Buffer
	spoken chan struct{}
}

func (o onFirst) Write(p []byte) (int, error) {
	select {
	case <-o.spoken:
	default:
		close(o.spoken)
	}
	return o.to.Write(p)
}
