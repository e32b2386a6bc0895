package asession_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/host/asession"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// TestMain makes the test binary serve as the transfer plugin when it is started
// under its name.
func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "ascli-plugin-transfer") {
		sdk.Serve(&sdk.Plugin{Name: "transfer", Version: "1", Agents: actor{}})
	}
	os.Exit(m.Run())
}

// actor acts out the scenario that a transfer spec names.
type actor struct{}

func (actor) List() []sdk.AgentInfo { return nil }

func (actor) Sync(context.Context, sdk.SyncJob, io.Writer) error { return nil }

func (actor) Run(ctx context.Context, job sdk.TransferJob, _ func(transfer.Event)) ([]error, error) {
	begin := func() { job.Observe(record.New("type", "INIT", "session_id", "s1")) }
	switch job.Spec.Text("scenario") {
	case "success":
		begin()
		job.Observe(record.New("type", "DONE", "session_id", "s1"))
		return []error{nil}, nil
	case "failure":
		begin()
		job.Observe(record.New("type", "SESSION", "token", job.Spec.Text("token")))
		job.Observe(record.New("type", "ERROR", "code", "19", "description", "no login with "+job.Spec.Text("token")))
		return []error{transfer.FromCode(19, "no login with "+job.Spec.Text("token"))}, nil
	case "half a failure":
		begin()
		return []error{nil, transfer.Errorf("timeout waiting mgt port connect")}, nil
	case "job":
		job.Observe(record.New("agent", job.Agent, "spec", job.Spec, "login", job.Spec.Text("remote_password"), "info", job.Info, "sdk", job.SDKFolder, "lists", job.FileListFolder))
		return []error{nil}, nil
	case "idle":
		begin()
		<-ctx.Done()
		return []error{ctx.Err()}, nil
	case "obedient":
		return obey(ctx, job, begin), nil
	case "deaf":
		job.Accept(func(*record.Object) (int, error) { return 0, nil })
		begin()
		<-ctx.Done()
		return []error{ctx.Err()}, nil
	}
	return nil, failure.Argumentf("Missing mandatory parameter: paths")
}

// obey shows each command as an event, up to DONE.
func obey(ctx context.Context, job sdk.TransferJob, begin func()) []error {
	done := make(chan struct{})
	job.Accept(func(command *record.Object) (int, error) {
		if command.Has("foo") {
			return 0, failure.Argumentf("No such field: foo")
		}
		job.Observe(record.New("type", "COMMAND", "command", command))
		if command.Text("type") == "DONE" {
			close(done)
		}
		return 1, nil
	})
	begin()
	select {
	case <-done:
		return []error{nil}
	case <-ctx.Done():
		return []error{ctx.Err()}
	}
}

// console is the other program: it has asession's standard streams.
type console struct {
	t          *testing.T
	executable string
	home       string
	in         io.Reader
	out        output
	err        output
}

func newConsole(t *testing.T) *console {
	t.Helper()
	folder := t.TempDir()
	// Plugins in folders that others may write to are refused.
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plugin := filepath.Join(folder, "ascli-plugin-transfer")
	if runtime.GOOS == "windows" {
		plugin += ".exe"
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plugin, program, 0o700); err != nil {
		t.Fatal(err)
	}
	open, keep := io.Pipe()
	t.Cleanup(func() { _ = keep.Close() })
	return &console{t: t, executable: filepath.Join(folder, "asession"), home: t.TempDir(), in: open}
}

func (c *console) run(ctx context.Context, args ...string) int {
	c.t.Helper()
	return asession.Run(ctx, args, asession.Surroundings{
		In: c.in, Out: &c.out, Err: &c.err, Executable: c.executable, Version: "1",
		Environ: []string{"HOME=" + c.home, "USERPROFILE=" + c.home, "PASSWORD=s3cret", `SESSION={"spec":{"scenario":"success"}}`},
	})
}

func (c *console) expect(status, want int, out, complaint string) {
	c.t.Helper()
	if status != want {
		c.t.Errorf("status %d, want %d", status, want)
	}
	if got := c.out.String(); got != out {
		c.t.Errorf("output\n%swant\n%s", got, out)
	}
	if got := c.err.String(); !strings.Contains(got, complaint) || complaint == "" && got != "" {
		c.t.Errorf("errors %q do not say %q", got, complaint)
	}
}

// output keeps what is written, and tells each line to who waits.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	// react, when set, is called for each line.
	react func(line string)
	// broken makes writing fail.
	broken bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken {
		return 0, io.ErrClosedPipe
	}
	o.text.Write(p)
	if o.react != nil {
		o.react(string(p))
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
