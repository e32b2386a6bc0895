package sdk

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/wire"
)

// CommandTaker passes a command on to the sessions of a job that run, and returns
// to how many. The command is a message of the management port in its JSON form
// (spec/management.md 3, 8).
type CommandTaker func(command *record.Object) (sessions int, err error)

// steering is the way of commands to the jobs that run.
type steering struct {
	mu   sync.Mutex
	jobs []*steered
}

// steered is a job that runs; take is nil while, and if, its agent takes no commands.
type steered struct {
	agent string
	take  CommandTaker
}

// enter makes a job known until leave is called. accept sets who takes its commands.
func (s *steering) enter(agent string) (accept func(CommandTaker), leave func()) {
	job := &steered{agent: agent}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = append(s.jobs, job)
	accept = func(take CommandTaker) {
		s.mu.Lock()
		defer s.mu.Unlock()
		job.take = take
	}
	return accept, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, other := range s.jobs {
			if other == job {
				s.jobs = append(s.jobs[:i:i], s.jobs[i+1:]...)
				return
			}
		}
	}
}

// send passes a command on to all jobs.
func (s *steering) send(command *record.Object) (sessions int, err error) {
	s.mu.Lock()
	var jobs []steered
	for _, job := range s.jobs {
		jobs = append(jobs, *job)
	}
	s.mu.Unlock()
	var failed []error
	for _, job := range jobs {
		if job.take == nil {
			failed = append(failed, failure.Toolf("agent %s takes no commands: agent direct does, which runs ascp", job.agent))
			continue
		}
		n, err := job.take(command)
		sessions += n
		failed = append(failed, err)
	}
	return sessions, errors.Join(failed...)
}

// Command passes a command on to the sessions that run.
func (a *agentServer) Command(_ context.Context, request *ascliv1.CommandRequest) (*ascliv1.CommandResponse, error) {
	command, err := record.ParseObject(request.Message)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	sessions, err := a.steering.send(command)
	return &ascliv1.CommandResponse{Sessions: int32(sessions), Failure: wire.ToFailure(err)}, nil
}

// SendCommand passes a command on to all sessions that run in a transfer plugin,
// and returns to how many: none when no session runs at the moment.
func SendCommand(ctx context.Context, agents ascliv1.TransferAgentClient, command *record.Object) (sessions int, err error) {
	response, err := agents.Command(ctx, &ascliv1.CommandRequest{Message: record.JSON(command)})
	if status.Code(err) == codes.Unimplemented {
		return 0, failure.Toolf("the transfer plugin takes no commands: it is older than this program")
	}
	if err != nil {
		return 0, err
	}
	return int(response.Sessions), wire.FromFailure(response.Failure)
}
