package process

import (
	"os"
	"os/exec"
	"time"
)

// Background is a program that serves beside this one. It has no management port.
type Background struct {
	Path string
	// Args are seen by other users of the machine: no secret may be among them.
	Args []string
	// Stdout and Stderr are files, since the program may outlive this one.
	Stdout, Stderr *os.File
	// Kept programs go on when this one ends.
	Kept bool
}

// Start starts the program. Without Kept it dies with this process, however that
// ends, where the system has a way to say so.
func (b Background) Start() (*Service, error) {
	cmd := exec.Command(b.Path, b.Args...)
	cmd.Stdout, cmd.Stderr = b.Stdout, b.Stderr
	running, err := launch(cmd, bond(!b.Kept))
	if err != nil {
		return nil, err
	}
	return &Service{running}, nil
}

// Service is a running [Background].
type Service struct{ process *process }

// PID is its process id.
func (s *Service) PID() int { return s.process.pid() }

// Ended is closed when it has ended.
func (s *Service) Ended() <-chan struct{} { return s.process.done }

// Exit is the exit status as text, of one that has ended.
func (s *Service) Exit() string { return s.process.exit() }

// Stop asks it to end, and kills it with its children when grace is over. It
// returns when it has ended.
func (s *Service) Stop(grace time.Duration) { s.process.stop(grace) }
