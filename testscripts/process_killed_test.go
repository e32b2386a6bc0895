//go:build unix

package testscripts

import (
	"strings"
	"syscall"
	"testing"
)

// busy is a command that goes on for a long time.
type busy struct {
	name string
	args []string
	// ready tells that it is in the middle of its work.
	ready func(*program) bool
	// children are programs that run for it.
	children []string
}

func saysWaiting(p *program) bool { return strings.Contains(p.stderr.String(), "waiting") }
func showsRows(p *program) bool   { return strings.Count(p.stdout.String(), "\n") > 10 }
func asks(p *program) bool        { return strings.Contains(p.stdout.String(), "your name> ") }

func busyCommands() []busy {
	return []busy{
		{"waits", []string{"odd", "wait"}, saysWaiting, []string{"ascli-plugin-odd"}},
		{"does not listen", []string{"odd", "stubborn"}, saysWaiting, []string{"ascli-plugin-odd"}},
		{"gives rows", []string{"odd", "endless", "--format=csv"}, showsRows, []string{"ascli-plugin-odd"}},
		{"asks", []string{"hello", "greet"}, asks, []string{"ascli-plugin-hello"}},
		{"gives rows from JavaScript", []string{"hellojs", "count", "9000000000", "--format=csv"}, showsRows, []string{"ascli-plugin-hellojs"}},
		{"asks from JavaScript", []string{"hellojs", "greet"}, asks, []string{"ascli-plugin-hellojs"}},
	}
}

// transferChildren are the programs of an upload with agent direct.
func transferChildren() []string {
	return []string{"ascli-plugin-node", "ascli-plugin-transfer", "ascp"}
}

// slowUpload is an upload that takes a minute unless something happens.
func slowUpload(file string, to remote) []string {
	return []string{"node", "upload", file, "--to-folder=" + to.name, "--ts.target_rate_kbps=400"}
}

// startSlowUpload starts one and returns when bytes have arrived.
func startSlowUpload(t *testing.T, to remote, flags ...string) *program {
	t.Helper()
	p := start(t, shared.sandbox, append(flags, slowUpload(bigFile(t), to)...)...)
	p.await("the first bytes arrive", func() bool { return to.size(t, bigName+partialSuffix) > 0 })
	return p
}

// partialSuffix ends the name of a file under way (spec/transfer.md 15).
const partialSuffix = ".partial"

// inBothWays runs a test with the bonds between processes that the system has,
// and without.
func inBothWays(t *testing.T, test func(t *testing.T, flags []string)) {
	t.Run("bound", func(t *testing.T) {
		t.Parallel()
		test(t, nil)
	})
	t.Run("unbound", func(t *testing.T) {
		t.Parallel()
		test(t, unbound(t, shared.sandbox))
	})
}

func TestKilledHostLeavesNoProcess(t *testing.T) {
	for _, command := range busyCommands() {
		t.Run(command.name, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, flags []string) {
				p := start(t, shared.sandbox, append(flags, command.args...)...)
				p.await("it is at work", func() bool { return command.ready(p) })
				killHost(p, command.children...)
			})
		})
	}
	t.Run("uploads", func(t *testing.T) {
		inBothWays(t, func(t *testing.T, flags []string) {
			killHost(startSlowUpload(t, newRemote(t, shared.sandbox), flags...), transferChildren()...)
		})
	})
}

func killHost(p *program, children ...string) {
	p.t.Helper()
	list := p.children(children...)
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	awaitGone(p.t, list)
}

func TestKilledPluginIsAnError(t *testing.T) {
	for _, command := range busyCommands() {
		t.Run(command.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, shared.sandbox, command.args...)
			p.await("it is at work", func() bool { return command.ready(p) })
			list := p.children(command.children...)
			kill(t, find(t, list, command.children[0]))
			p.expectExit(1, "ended with signal: killed before the command was done")
			awaitGone(t, list)
		})
	}
}

func TestKilledPluginEndsTransfer(t *testing.T) {
	for _, victim := range []string{"ascli-plugin-transfer", "ascli-plugin-node"} {
		t.Run(victim, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, flags []string) {
				p := startSlowUpload(t, newRemote(t, shared.sandbox), flags...)
				list := p.children(transferChildren()...)
				kill(t, find(t, list, victim))
				p.expectExit(1, "before the command was done")
				awaitGone(t, list)
			})
		})
	}
}

func kill(t *testing.T, p process) {
	t.Helper()
	if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill %v: %v", p, err)
	}
}
