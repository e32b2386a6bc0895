package direct

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
)

// process is a running ascp. It dies with this process, however that ends, where
// the system has a way to say so.
type process struct {
	cmd *exec.Cmd
	// done is closed when the process has ended.
	done chan struct{}
	// lingered is set when the process had to be stopped after its last word.
	lingered atomic.Bool
}

// startProcess starts a program. Secrets are in env, never in args.
func startProcess(path string, args, env []string, world agent.Env) (*process, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = output(world.Stdout, os.Stdout), output(world.Stderr, os.Stderr)
	// A child of ascp that keeps the output open shall not keep us.
	cmd.WaitDelay = settleGrace
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// On Linux the death signal is sent when the thread that started the
		// process ends, not the whole program: it stays for the life of the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd.SysProcAttr = boundToUs()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		release := bindToUs(cmd.Process)
		defer release()
		started <- nil
		defer close(p.done)
		// The state of the process tells all that matters.
		_ = cmd.Wait()
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func output(wanted io.Writer, standard *os.File) io.Writer {
	if wanted != nil {
		return wanted
	}
	return standard
}

// stop ends the process: it is asked to, then killed when grace is over. It
// returns when the process has ended.
func (p *process) stop(grace time.Duration) {
	if p.ended() {
		return
	}
	interrupt(p.cmd.Process)
	if !p.endsWithin(grace) {
		// It fails only for a process that has ended.
		_ = p.cmd.Process.Kill()
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

// succeeded, settled and exit are for a process that has ended.
func (p *process) succeeded() bool { return p.cmd.ProcessState.Success() }

// settled tells whether its exit status is our doing.
func (p *process) settled() bool { return p.lingered.Load() }

// exit is its exit status as text.
func (p *process) exit() string { return exitText(p.cmd.ProcessState) }
