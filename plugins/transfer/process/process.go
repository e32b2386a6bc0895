package process

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"
)

// process is a running program. It dies with this process, however that ends,
// where the system has a way to say so.
type process struct {
	cmd *exec.Cmd
	// done is closed when the process has ended.
	done chan struct{}
	// lingered is set when the process had to be stopped after its last word.
	lingered atomic.Bool
}

// start starts the program with arguments.
func (p Program) start(args []string) (*process, error) {
	cmd := exec.Command(p.Path, args...)
	cmd.Env = p.Env
	cmd.Stdout, cmd.Stderr = output(p.Stdout, os.Stdout), output(p.Stderr, os.Stderr)
	// A child of the program that keeps the output open shall not keep us.
	cmd.WaitDelay = p.Patience
	return launch(cmd, bound)
}

// bond says what becomes of a process when we die.
type bond bool

const (
	bound   bond = true
	unbound bond = false
)

// launch starts a process.
func launch(cmd *exec.Cmd, to bond) (*process, error) {
	running := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// On Linux the death signal is sent when the thread that started the
		// process ends, not the whole program: it stays for the life of the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd.SysProcAttr = onItsOwn()
		if to == bound {
			cmd.SysProcAttr = boundToUs()
		}
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		if to == bound {
			release := bindToUs(cmd.Process)
			defer release()
		}
		started <- nil
		defer close(running.done)
		// The state of the process tells all that matters.
		_ = cmd.Wait()
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return running, nil
}

func output(wanted io.Writer, standard *os.File) io.Writer {
	if wanted != nil {
		return wanted
	}
	return standard
}

// stop ends the process: it is asked to, then killed with its children when grace
// is over. It returns when the process has ended.
func (p *process) stop(grace time.Duration) {
	if p.ended() {
		return
	}
	interrupt(p.cmd.Process)
	if !p.endsWithin(grace) {
		killTree(p.cmd.Process)
	}
	<-p.done
}

// settle waits for a process that has said its last word, and stops it when
// patience is over.
func (p *process) settle(patience, grace time.Duration) {
	if !p.endsWithin(patience) {
		p.lingered.Store(true)
		p.stop(grace)
	}
}

func (p *process) endsWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// succeeded, settled, status and exit are for a process that has ended.
func (p *process) succeeded() bool { return p.cmd.ProcessState.Success() }

// settled tells whether its exit status is our doing.
func (p *process) settled() bool { return p.lingered.Load() }

// status is its exit status, -1 when a signal ended it.
func (p *process) status() int { return p.cmd.ProcessState.ExitCode() }

// exit is its exit status as text.
func (p *process) exit() string { return exitText(p.cmd.ProcessState) }
