package ascp_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// envProgram makes the test binary the program itself.
const envProgram = "ASCP_TEST_IS_THE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(envProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		status := ascp.Main(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
		stop()
		os.Exit(status)
	}
	os.Exit(m.Run())
}

// faulty gives the environment of a login by password with a file of faults.
func faulty(t *testing.T, rules string) map[string]string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "faults.json")
	check(t, os.WriteFile(name, []byte(rules), 0o600))
	return map[string]string{"ASPERA_SCP_PASS": password, ascp.EnvFaults: name}
}

// sendBig sends a big file with a resume policy.
func (w *world) sendBig(ctx context.Context, command supervisor, env map[string]string) result {
	w.t.Helper()
	return w.run(ctx, command, env, "--user", "node_user", "--mode", "send", "-d", "-k", "2", filepath.Join(w.local, "big"), "/up")
}

func TestErrorsOnDemand(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": noise(1 << 20)}.write(t, w.local)
	env := faulty(t, `[{"times":2,"after_bytes":100000,"code":15,"description":"Timeout establishing UDP connection"},
		{"times":1,"code":19,"description":"Authentication failure"}, {"times":1}, {"code":39}]`)
	sent := int64(0)
	for range 2 {
		r := w.sendBig(context.Background(), nil, env)
		r.mustFail(t, 15)
		if text, _ := r.last().Get("Description"); text != "Timeout establishing UDP connection" {
			t.Errorf("description: %s", text)
		}
		if moved := number(r.last(), "TransferBytes"); moved != 100_000 {
			t.Errorf("%d bytes moved, want 100000", moved)
		}
		partial, err := os.Stat(filepath.Join(w.root, "up", "big.partial"))
		check(t, err)
		if partial.Size() <= sent {
			t.Errorf("the partial file has %d bytes, %d before", partial.Size(), sent)
		}
		sent = partial.Size()
	}
	r := w.sendBig(context.Background(), nil, env)
	r.mustFail(t, 19)
	if len(r.events) != 2 {
		t.Errorf("before the login: %+v", r.events)
	}
	r = w.sendBig(context.Background(), nil, env)
	r.mustPass(t)
	if moved := number(r.last(), "TransferBytes"); moved != 1<<20-sent {
		t.Errorf("%d bytes moved, want the %d missing", moved, 1<<20-sent)
	}
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"big": noise(1 << 20)})
	w.sendBig(context.Background(), nil, env).mustFail(t, 39)
}

func TestErrorAtAPercentageWhileReceiving(t *testing.T) {
	w := newWorld(t, 0)
	tree{"down/a": noise(500_000), "down/b": noise(500_000)}.write(t, w.root)
	r := w.run(context.Background(), nil, faulty(t, `[{"after_percent":90,"code":16,"description":"Connection lost"}]`),
		"--user", "node_user", "--mode", "recv", "/down/a", "/down/b", w.local)
	r.mustFail(t, 16)
	if moved := number(r.last(), "TransferBytes"); moved != 900_000 {
		t.Errorf("%d bytes moved", moved)
	}
}

func TestKilledOnDemand(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": noise(1 << 20)}.write(t, w.local)
	program, err := os.Executable()
	check(t, err)
	command := exec.Command(program, "--host", "127.0.0.1", "-P", w.port, "--user", "node_user", "--mode", "send", "-d", "-k", "2",
		filepath.Join(w.local, "big"), "/up")
	command.Env = append(os.Environ(), envProgram+"=yes")
	for name, value := range faulty(t, `[{"kind":"kill","after_percent":50}]`) {
		command.Env = append(command.Env, name+"="+value)
	}
	out, err := command.CombinedOutput()
	if err == nil || len(out) != 0 {
		t.Errorf("error %v, output %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(w.root, "up", "big")); err == nil {
		t.Error("the file is complete")
	}
}

func TestManagementFaults(t *testing.T) {
	withBig := func(t *testing.T) *world {
		w := newWorld(t, 0)
		tree{"big": noise(1 << 20)}.write(t, w.local)
		return w
	}
	t.Run("silent_close", func(t *testing.T) {
		r := withBig(t).sendBig(context.Background(), nil, faulty(t, `[{"kind":"silent_close"}]`))
		if r.status != 1 || len(r.events) != 1 || r.last().Type != management.Init {
			t.Errorf("status %d, events %+v", r.status, r.events)
		}
	})
	t.Run("garbage", func(t *testing.T) {
		r := withBig(t).sendBig(context.Background(), nil, faulty(t, `[{"kind":"garbage","after_percent":20}]`))
		if r.garbage == nil || !strings.Contains(r.garbage.Error(), "unexpected value") {
			t.Errorf("the supervisor saw %v", r.garbage)
		}
	})
	t.Run("hang, cancelled", func(t *testing.T) {
		r := withBig(t).sendBig(context.Background(), func(event *management.Message) string {
			if event.Type == management.Stats && number(event, "TransferBytes") == 300_000 {
				return "FASPMGR 2\nType: CANCEL\n\n"
			}
			return ""
		}, faulty(t, `[{"kind":"hang","after_bytes":300000}]`))
		r.mustFail(t, 28)
	})
	t.Run("mute", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var said strings.Builder
		env := faulty(t, `[{"kind":"mute"}]`)
		status := make(chan int, 1)
		// Nobody listens on port 1: an attempt to connect would be an error at once.
		go func() {
			status <- ascp.Main(ctx, []string{"-M", "1", "--host", "127.0.0.1", "--user", "u", "--mode", "send", "a", "/up"},
				func(name string) string { return env[name] }, &said, &said)
		}()
		for used := false; !used; { // the fault is taken
			text, err := os.ReadFile(env[ascp.EnvFaults])
			check(t, err)
			used = strings.Contains(string(text), `"used": 1`)
		}
		select {
		case got := <-status:
			t.Fatalf("it ended by itself: status %d, %s", got, said.String())
		default:
		}
		cancel()
		if got := <-status; got != 1 || strings.Contains(said.String(), "management port") {
			t.Errorf("status %d, %s", got, said.String())
		}
	})
}

func TestMalformedFaults(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": "x"}.write(t, w.local)
	w.sendBig(context.Background(), nil, faulty(t, `[{"kind":`)).mustFail(t, 50)
}
