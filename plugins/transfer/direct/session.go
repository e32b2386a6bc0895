package direct

import (
	"context"
	"regexp"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// expiredToken matches what a server says of a token that is too old.
var expiredToken = regexp.MustCompile(`(?i)bearer token`)

// session is one process of a job, started again when its transfer can resume.
type session struct {
	agent  *Agent
	plan   *plan
	params parameters
	job    agent.Job
	emit   func(transfer.Event)
	// commands reach the session while ascp runs.
	commands *management.Sessions
	// index counts the sessions of the job from 1.
	index int
	env   []string
	// last is what ascp called the latest attempt.
	last string
}

// run attempts the session until it succeeds or may not be tried again.
func (s *session) run(ctx context.Context) error {
	attempt := func(ctx context.Context) error {
		err := s.attempt(ctx)
		// What ascp says of its own interruption is not worth a retry.
		if err != nil && ctx.Err() != nil {
			return agent.Interrupted(ctx)
		}
		return err
	}
	err := s.params.resume.Run(ctx, s.agent.sleep, attempt, func(r resume.Retry) { r.Announce(s.job.Env.Logger(), s.emit, s.last) })
	if err != nil && ctx.Err() != nil {
		return agent.Interrupted(ctx)
	}
	return err
}

// attempt runs ascp once.
func (s *session) attempt(ctx context.Context) error {
	progress := &progress{emit: s.emit, log: s.job.Env.Logger()}
	defer func() {
		progress.close()
		s.last = progress.latest
	}()
	ascp := process.Program{
		Path: s.plan.executable, Args: func(port int) []string { return s.plan.argv(s.index, port) }, Env: s.env,
		Stdout: s.job.Env.Stdout, Stderr: s.job.Env.Stderr,
		SpawnTimeout: s.params.spawnTimeout, Grace: s.agent.grace, Patience: s.agent.patience,
		Handle: s.listener(progress), Sessions: s.commands, Failed: s.failed, Log: s.job.Env.Logger(),
	}
	if !s.params.monitor {
		return ascp.RunUnseen(ctx)
	}
	s.emit(transfer.Event{Kind: transfer.SessionsInit, Text: "waiting for ascp to start"})
	return ascp.Run(ctx)
}

// listener is who takes the events.
func (s *session) listener(p *progress) func(management.Message) {
	if s.job.Observe == nil {
		return p.handle
	}
	return func(event management.Message) {
		s.job.Observe(event)
		p.handle(event)
	}
}

// failed gets a new token when the server does not take the old one any more.
func (s *session) failed(ctx context.Context, description string) {
	if s.job.RefreshToken != nil && expiredToken.MatchString(description) {
		s.refreshToken(ctx)
	}
}

// refreshToken gives the next attempt a new token.
func (s *session) refreshToken(ctx context.Context) {
	log := s.job.Env.Logger()
	log.Warn("Regenerating token for transfer")
	token, err := s.job.RefreshToken(ctx)
	if err != nil {
		log.Error("no new token for the transfer", "error", err)
		return
	}
	field, _ := transfer.LookupField(transfer.FieldToken)
	// The last value of a variable counts. The other sessions keep their own list.
	s.env = append(s.env[:len(s.env):len(s.env)], field.Ascp.Env+"="+token)
}
