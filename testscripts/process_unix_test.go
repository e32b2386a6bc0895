//go:build unix

package testscripts

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ascli-go/ascli/testscripts/world"
)

const (
	// eventually bounds what has to happen at some time.
	eventually = 30 * time.Second
	// goneWithin is what is promised of processes when their host is gone.
	goneWithin = 3 * time.Second
	// pollInterval is the time between two looks at a condition.
	pollInterval = 10 * time.Millisecond
)

// program is a running program, in a process group of its own as a shell gives one.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	name string
	home string
	// patience bounds the wait for its end.
	patience       time.Duration
	stdin          io.WriteCloser
	stdout, stderr *head
	exited         chan struct{}
}

// start runs ascli with the strangers' plugins. A --plugin-folder among args is
// searched first.
func start(t *testing.T, sandbox *world.Sandbox, args ...string) *program {
	t.Helper()
	return startAt(t, sandbox, t.TempDir(), nil, args...)
}

// startAt is start with a home folder, and variables in the form of os.Environ.
func startAt(t *testing.T, sandbox *world.Sandbox, home string, variables []string, args ...string) *program {
	t.Helper()
	s := shared.strangers
	folders := fmt.Sprintf("--plugin-folder=@json:[%q,%q]", s.plugins, s.odd)
	return launchAt(t, sandbox, home, variables, "ascli", append([]string{folders}, args...)...)
}

// launch runs a built program with a home of its own.
func launch(t *testing.T, sandbox *world.Sandbox, name string, args ...string) *program {
	t.Helper()
	return launchAt(t, sandbox, t.TempDir(), nil, name, args...)
}

// launchAt is launch with a home folder, and variables in the form of os.Environ.
func launchAt(t *testing.T, sandbox *world.Sandbox, home string, variables []string, name string, args ...string) *program {
	t.Helper()
	cmd := exec.Command(world.Program(shared.bin, name), args...)
	cmd.Env = slices.Concat(world.Environ(shared.bin, home, sandbox.Config), shared.strangers.environ(), variables)
	p := startCommand(t, cmd)
	p.home = home
	return p
}

// startCommand runs a command with a standard input that stays open.
func startCommand(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{
		t: t, name: filepath.Base(cmd.Path), cmd: cmd, patience: eventually,
		stdout: &head{}, stderr: &head{}, exited: make(chan struct{}),
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	p.cmd.WaitDelay = goneWithin
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		// The state of the process tells all that matters.
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
		if t.Failed() {
			t.Logf("%.2000s\nstdout: %.4000s\nstderr: %.4000s", cmd, p.stdout, p.stderr)
		}
	})
	return p
}

// await waits until something is the case, and fails when the program ends before.
func (p *program) await(what string, is func() bool) {
	p.t.Helper()
	await(p.t, what, eventually, func() bool {
		if p.hasExited() {
			p.t.Fatalf("%s ended (%v) before: %s", p.name, p.cmd.ProcessState, what)
		}
		return is()
	})
}

func (p *program) hasExited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// awaitExit waits for the program to end and returns how.
func (p *program) awaitExit() syscall.WaitStatus {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(p.patience):
		p.t.Fatalf("%s does not end", p.name)
	}
	return p.cmd.ProcessState.Sys().(syscall.WaitStatus)
}

// expectExit waits for the program to end with a status and something on stderr.
func (p *program) expectExit(status int, says string) {
	p.t.Helper()
	if got := p.awaitExit(); got.ExitStatus() != status || got.Signaled() {
		p.t.Errorf("it ended with %v, not with exit status %d", p.cmd.ProcessState, status)
	}
	if !strings.Contains(p.stderr.String(), says) {
		p.t.Errorf("stderr does not say %q", says)
	}
}

// children returns the processes below the program. All of names are among them.
func (p *program) children(names ...string) []process {
	p.t.Helper()
	list := descendants(p.t, p.cmd.Process.Pid)
	for _, name := range names {
		find(p.t, list, name)
	}
	return list
}

// find returns the process that runs the program of a name, not the script around it.
func find(t *testing.T, list []process, name string) process {
	t.Helper()
	for _, p := range list {
		words := strings.Fields(p.command)
		for i, w := range words {
			if filepath.Base(w) == name && (i == 0 || filepath.Base(words[0]) == "node") {
				return p
			}
		}
	}
	t.Fatalf("no %s among the processes %v", name, list)
	return process{}
}

// head keeps the beginning of what is written to it; it never blocks the writer.
type head struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const headSize = 64 << 10

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text.Write(p[:min(len(p), headSize-h.text.Len())])
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

func (h *head) contains(text string) func() bool {
	return func() bool { return strings.Contains(h.String(), text) }
}

func await(t *testing.T, what string, limit time.Duration, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", limit, what)
		}
		<-tick.C
	}
}

// awaitGone waits until none of the processes runs.
func awaitGone(t *testing.T, list []process) {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("no processes to wait for")
	}
	var left []process
	deadline := time.Now().Add(goneWithin)
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		if left = running(t, list); len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there after %s: %v", goneWithin, left)
		}
		<-tick.C
	}
}

// process is an entry of the system's table of processes.
type process struct {
	pid, parent int
	// started tells processes apart that had the same id one after the other.
	started string
	// zombie: it has ended, but nobody has asked how.
	zombie  bool
	command string
}

func (p process) String() string { return fmt.Sprintf("%d %s", p.pid, p.command) }

func table(t *testing.T) map[int]process {
	t.Helper()
	all, err := processes()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func descendants(t *testing.T, root int) []process {
	t.Helper()
	all := table(t)
	var list []process
	for _, p := range all {
		for above, ok := p, !p.zombie; ok && above.pid != above.parent; above, ok = all[above.parent] {
			if above.parent == root {
				list = append(list, p)
				break
			}
		}
	}
	return list
}

// running returns those of list that have not ended.
func running(t *testing.T, list []process) []process {
	t.Helper()
	all := table(t)
	var left []process
	for _, p := range list {
		if now, ok := all[p.pid]; ok && now.started == p.started && !now.zombie {
			left = append(left, p)
		}
	}
	return left
}

// script writes a program for the shell. No process is started meanwhile: it
// would have the file open for a moment, and nobody could run it then.
func script(t *testing.T, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// unbound returns options with which plugins and ascp run as children of a
// script. Linux binds the life of a plugin, and of ascp, to the process that
// started it; the bond ends with the script, and they are on their own as they
// are on macOS.
func unbound(t *testing.T, sandbox *world.Sandbox) []string {
	t.Helper()
	folder := t.TempDir()
	for _, from := range []string{shared.bin, shared.strangers.plugins, shared.strangers.odd} {
		plugins, err := filepath.Glob(filepath.Join(from, "ascli-plugin-*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, plugin := range plugins {
			script(t, filepath.Join(folder, filepath.Base(plugin)), fmt.Sprintf("'%s' \"$@\"\nexit $?\n", plugin))
		}
	}
	ascp := filepath.Join(folder, "ascp")
	script(t, ascp, fmt.Sprintf("'%s' \"$@\"\nexit $?\n", filepath.Join(sandbox.Folder, "sdk", "ascp")))
	return []string{"--plugin-folder=" + folder, "--ascp-path=" + ascp}
}

// remote is a folder of a test on the server.
type remote struct {
	// name as clients see it, folder on disk.
	name, folder string
}

func newRemote(t *testing.T, sandbox *world.Sandbox) remote {
	t.Helper()
	folder, err := os.MkdirTemp(sandbox.Files, "process-")
	if err != nil {
		t.Fatal(err)
	}
	return remote{name: "/" + filepath.Base(folder), folder: folder}
}

// size returns the size of a file on the server, 0 when there is none.
func (r remote) size(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(r.folder, file))
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

const (
	bigSize = 3 << 20
	bigName = "big.bin"
)

// bigFile writes a file of random bytes.
func bigFile(t *testing.T) string {
	t.Helper()
	return bigFileNamed(t, bigName)
}

func bigFileNamed(t *testing.T, name string) string {
	t.Helper()
	content := make([]byte, bigSize)
	_, _ = rand.Read(content)
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func expectSame(t *testing.T, sent, got string) {
	t.Helper()
	a, err := os.ReadFile(sent)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("%s is not what was sent", got)
	}
}
