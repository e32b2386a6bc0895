package direct

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// lastChance is how long a connection is awaited that a process, which has
// already ended, may have opened.
const lastChance = 200 * time.Millisecond

// expiredToken matches what a server says of a token that is too old.
var expiredToken = regexp.MustCompile(`(?i)bearer token`)

// session is one process of a job, started again when its transfer can resume.
type session struct {
	agent  *Agent
	plan   *plan
	params parameters
	job    agent.Job
	emit   func(transfer.Event)
	// index counts the sessions of the job from 1.
	index int
	env   []string
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
	err := s.params.resume.Run(ctx, s.agent.sleep, attempt, s.retry)
	if err != nil && ctx.Err() != nil {
		return agent.Interrupted(ctx)
	}
	return err
}

func (s *session) retry(r resume.Retry) {
	log := s.job.Env.Logger()
	log.Warn("An error occurred during transfer: " + r.Cause.Message)
	text := fmt.Sprintf("Resuming in %d seconds (retry left:%d)", int(r.Delay.Seconds()), r.Left)
	log.Warn(text)
	s.emit(transfer.Event{Kind: transfer.Retry, Text: r.Cause.Message + ". " + text})
}

// attempt runs ascp once.
func (s *session) attempt(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.params.monitor {
		return s.attemptUnseen(ctx)
	}
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return transfer.Errorf("cannot listen for the management connection: %w", err)
	}
	defer func() { _ = listener.Close() }()
	s.emit(transfer.Event{Kind: transfer.SessionsInit, Text: "waiting for ascp to start"})
	ascp, err := s.start(listener.Addr().(*net.TCPAddr).Port)
	if err != nil {
		return err
	}
	// Whatever happens, the process does not outlive the attempt.
	defer ascp.stop(s.agent.grace)
	unwatch := context.AfterFunc(ctx, func() { ascp.stop(s.agent.grace) })
	defer unwatch()

	conn, err := s.accept(ctx, listener, ascp)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	// One connection is all that ascp makes: nobody else may come.
	_ = listener.Close()
	if cancelByMessage {
		defer context.AfterFunc(ctx, func() { sendCancel(conn) })()
	}
	verdict := s.follow(ctx, conn)
	var malformed *management.ProtocolError
	if errors.As(verdict, &malformed) {
		return verdict
	}
	ascp.settle(s.agent.patience, s.agent.grace)
	return s.conclude(ctx, verdict, ascp)
}

// attemptUnseen runs ascp without management port: its exit status is all that
// is known.
func (s *session) attemptUnseen(ctx context.Context) error {
	ascp, err := s.start(0)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { ascp.stop(s.agent.grace) })()
	<-ascp.done
	return s.conclude(ctx, nil, ascp)
}

func (s *session) start(port int) (*process, error) {
	ascp, err := startProcess(s.plan.executable, s.plan.argv(s.index, port), s.env, s.job.Env)
	if err != nil {
		return nil, transfer.Errorf("cannot start %s: %w", s.plan.program(), err)
	}
	return ascp, nil
}

// accept waits for ascp to connect.
func (s *session) accept(ctx context.Context, listener *net.TCPListener, ascp *process) (net.Conn, error) {
	if err := listener.SetDeadline(time.Now().Add(s.params.spawnTimeout)); err != nil {
		return nil, transfer.Errorf("cannot wait for the management connection: %w", err)
	}
	accepted := make(chan struct{})
	defer close(accepted)
	go func() {
		select {
		case <-ascp.done:
			_ = listener.SetDeadline(time.Now().Add(lastChance))
		case <-accepted:
		}
	}()
	conn, err := listener.Accept()
	if err == nil {
		return conn, nil
	}
	if ascp.ended() {
		return nil, s.conclude(ctx, nil, ascp)
	}
	return nil, transfer.Errorf("timeout waiting mgt port connect (select not readable)")
}

// follow reads events to the end of the stream, and judges by the last one
// (spec/transfer.md 8.6).
func (s *session) follow(ctx context.Context, conn io.Reader) error {
	progress := &progress{emit: s.emit, log: s.job.Env.Logger()}
	defer progress.close()
	events := management.NewReader(conn)
	var last management.Message
	for {
		event, err := events.Next()
		var malformed *management.ProtocolError
		switch {
		case errors.Is(err, io.EOF):
			return s.judge(ctx, last)
		case errors.As(err, &malformed):
			return err
		case err != nil && last.Type() == management.Done:
			return nil
		case err != nil:
			return transfer.Errorf("management connection: %w", err)
		}
		progress.handle(event)
		last = event
	}
}

func (s *session) judge(ctx context.Context, last management.Message) error {
	if last == nil {
		return transfer.Errorf("internal: no management event (NilClass)")
	}
	description := last.Text(management.FieldDescription)
	switch last.Type() {
	case management.Done:
		return nil
	case management.Failed:
		if s.job.RefreshToken != nil && expiredToken.MatchString(description) {
			s.refreshToken(ctx)
		}
		return transfer.FromCode(int(last.Int(management.FieldCode)), description)
	}
	return transfer.Errorf("unexpected last event type: %s, %s", last.Type(), description)
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

// conclude adds what the exit status says to the verdict of the events.
func (s *session) conclude(ctx context.Context, verdict error, ascp *process) error {
	if ascp.succeeded() {
		return verdict
	}
	failed := transfer.Errorf("%s failed (pid %d %s)", s.plan.program(), ascp.pid(), ascp.exit())
	if verdict != nil {
		level := slog.LevelError
		if ctx.Err() != nil {
			// The user stopped it: that is no news.
			level = slog.LevelDebug
		}
		s.job.Env.Logger().Log(ctx, level, failed.Message)
		return verdict
	}
	if ascp.settled() {
		s.job.Env.Logger().Warn(failed.Message + ", it was stopped after the end of the transfer")
		return nil
	}
	return failed
}
