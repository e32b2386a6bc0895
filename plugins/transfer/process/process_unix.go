//go:build unix

package process

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// cancelByMessage tells that signals do not do.
const cancelByMessage = false

func sendCancel(net.Conn) {}

func bindToUs(*os.Process) (release func()) { return func() {} }

// onItsOwn gives a process a session of its own: no signal of our terminal reaches it.
func onItsOwn() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// interrupt asks a process to end. It fails only for one that has ended.
func interrupt(p *os.Process) { _ = p.Signal(os.Interrupt) }

// killTree ends a process and its children by force. It fails only when they have
// ended.
func killTree(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

func exitText(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return fmt.Sprintf("%s (signal %d)", unix.SignalName(status.Signal()), int(status.Signal()))
	}
	return fmt.Sprintf("exit %d", state.ExitCode())
}
