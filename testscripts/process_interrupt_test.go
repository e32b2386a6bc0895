//go:build unix

package testscripts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// interrupted is the exit status after a signal: 128 + SIGINT, as shells have it.
const interrupted = 130

// interruption is how a user stops a command.
type interruption struct {
	name   string
	signal syscall.Signal
	// group: the signal goes to all processes of the group, as from a terminal.
	group bool
}

func interruptions() []interruption {
	return []interruption{
		{"Ctrl-C in a terminal", syscall.SIGINT, true},
		{"SIGINT to the host", syscall.SIGINT, false},
		{"SIGTERM to the group", syscall.SIGTERM, true},
		{"SIGTERM to the host", syscall.SIGTERM, false},
	}
}

// expectAlone: a signal to the group reaches the host alone, which then ends its
// children in order.
func expectAlone(p *program, children []process) {
	p.t.Helper()
	for _, c := range children {
		if group, err := syscall.Getpgid(c.pid); err != nil || group == p.cmd.Process.Pid {
			p.t.Errorf("%v is in the host's process group %d: %v", c, group, err)
		}
	}
}

func (i interruption) send(p *program) {
	p.t.Helper()
	pid := p.cmd.Process.Pid
	if i.group {
		pid = -pid
	}
	if err := syscall.Kill(pid, i.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		p.t.Fatal(err)
	}
}

func TestInterruptedCommand(t *testing.T) {
	for _, command := range busyCommands() {
		t.Run(command.name, func(t *testing.T) {
			for _, way := range interruptions() {
				t.Run(way.name, func(t *testing.T) {
					t.Parallel()
					p := start(t, shared.sandbox, command.args...)
					p.await("it is at work", func() bool { return command.ready(p) })
					list := p.children(command.children...)
					expectAlone(p, list)
					way.send(p)
					p.expectExit(interrupted, "ERROR: Interruption: ")
					awaitGone(t, list)
				})
			}
		})
	}
}

// TestInterruptedUploadResumes: what arrived before Ctrl-C is not sent again.
func TestInterruptedUploadResumes(t *testing.T) {
	for _, way := range interruptions() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			to, file := newRemote(t, shared.sandbox), bigFile(t)
			p := start(t, shared.sandbox, slowUpload(file, to)...)
			p.await("the first bytes arrive", func() bool { return to.size(t, bigName+partialSuffix) > 0 })
			list := p.children(transferChildren()...)
			expectAlone(p, list)
			way.send(p)
			p.expectExit(interrupted, "interrupted by user")
			if strings.Contains(p.stderr.String(), "Resuming") {
				t.Error("a retry was announced")
			}
			awaitGone(t, list)

			kept := to.size(t, bigName+partialSuffix)
			if kept == 0 || kept >= bigSize || to.size(t, bigName) != 0 {
				t.Fatalf("%d bytes are kept as partial file, %d published", kept, to.size(t, bigName))
			}
			spy := newAscpSpy(t, shared.sandbox)
			again := start(t, shared.sandbox, spy.path, `--transfer-info=@json:{"quiet":false}`, "node", "upload", file, "--to-folder="+to.name, "--ts.resume_policy=sparse_csum")
			again.expectExit(0, "")
			expectSame(t, file, filepath.Join(to.folder, bigName))
			if sent := spy.sent(t); sent != bigSize-kept {
				t.Errorf("%d of %d bytes were kept, and %d sent by the second upload", kept, bigSize, sent)
			}
		})
	}
}

func TestInterruptedGatewayUploadPublishesNothing(t *testing.T) {
	for _, way := range interruptions() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			to := newRemote(t, shared.sandbox)
			// Small messages, each acknowledged, make it slow.
			p := start(t, shared.sandbox, "node", "upload", bigFile(t), "--to-folder="+to.name, "--progress-bar=yes",
				"-Psandbox_gateway", `--transfer-info=@json:{"upload_chunk_size":8,"synchronous":true}`)
			p.await("some of it is sent", p.stdout.contains("|="))
			list := p.children("ascli-plugin-transfer")
			way.send(p)
			p.expectExit(interrupted, "interrupted by user")
			awaitGone(t, list)
			await(t, "nothing is left of it", eventually, func() bool { return len(filesIn(t, to.folder)) == 0 })
		})
	}
}

// TestSecondCtrlC: who cannot wait for an orderly end does not have to.
func TestSecondCtrlC(t *testing.T) {
	t.Parallel()
	ctrlC := interruptions()[0]
	p := start(t, shared.sandbox, "odd", "stubborn")
	p.await("it is at work", func() bool { return saysWaiting(p) })
	list := p.children("ascli-plugin-odd")
	ctrlC.send(p)
	p.await("it ends in order", p.stderr.contains("ERROR: Interruption: "))
	await(t, "it has ended", eventually, func() bool {
		// One that comes very soon may still be part of the first.
		ctrlC.send(p)
		return p.hasExited()
	})
	if status := p.awaitExit(); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("the second signal did not end it: %v", p.cmd.ProcessState)
	}
	awaitGone(t, list)
}

func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil // it was removed meanwhile
		}
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// ascpSpy runs the sandbox's ascp and keeps what it says on standard output.
type ascpSpy struct {
	// path is the option that makes ascli use it.
	path string
	said string
}

func newAscpSpy(t *testing.T, sandbox *world.Sandbox) ascpSpy {
	t.Helper()
	folder := t.TempDir()
	path, said := filepath.Join(folder, "ascp"), filepath.Join(folder, "said")
	script(t, path, fmt.Sprintf("exec '%s' \"$@\" >>'%s'\n", filepath.Join(sandbox.Folder, "sdk", "ascp"), said))
	return ascpSpy{path: "--ascp-path=" + path, said: said}
}

// sent returns the number of bytes that the session which completed has sent.
func (s ascpSpy) sent(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(s.said)
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "Completed: 1 files, ")
	number, _, _ := strings.Cut(after, " ")
	sent, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil {
		t.Fatalf("ascp said %q", text)
	}
	return sent
}
