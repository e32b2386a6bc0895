package command

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// steeringInterval is the time between two looks for a command.
const steeringInterval = time.Second

// steer passes on to the running transfers what the user leaves in the file
// send_<process id> of the main folder (spec/management.md 8), until stop is called.
// Transfers share the file: a command goes to all sessions, whoever finds it.
func (s *session) steer(ctx context.Context, agents transferProcess) (stop func()) {
	if s.home == "" {
		return func() {}
	}
	path := filepath.Join(s.home, "send_"+strconv.Itoa(os.Getpid()))
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(steeringInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.passCommand(ctx, path, agents)
			}
		}
	})
	return func() {
		cancel()
		looking.Wait()
	}
}

// passCommand sends the command that is there, if any. What is wrong with it does
// not concern the transfer.
func (s *session) passCommand(ctx context.Context, path string, agents transferProcess) {
	command, err := s.commandFile.take(path)
	if err != nil {
		s.log.Error(err.Error())
	}
	if command == nil {
		return
	}
	sessions, err := agents.SendCommand(ctx, command)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.log.Error(path + ": " + err.Error())
	case sessions == 0:
		s.log.Warn("No transfer session")
	}
}
