// Package process runs ascp and async: programs that end with this one, and that
// tell on their management port how they are doing (spec/transfer.md 8.6).
package process

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// StopGrace is the time that a program gets to end by itself when it is
	// interrupted. It is shorter than what a plugin has when its host is gone.
	StopGrace = 1500 * time.Millisecond
	// SettleGrace is the time that a program gets to end when it has said its last word.
	SettleGrace = 5 * time.Second
	// SpawnTimeout is the time that a program usually gets to connect.
	SpawnTimeout = 2 * time.Second
)

// lastChance is how long a connection is awaited that a process, which has
// already ended, may have opened.
const lastChance = 200 * time.Millisecond

// Program is what to run, and who listens to it.
type Program struct {
	Path string
	// Args returns the arguments, for a management port; for 0 there is none.
	// Other users of the machine see them: no secret may be among them.
	Args func(port int) []string
	// Env is the whole environment, secrets among it.
	Env []string
	// Stdout and Stderr take what the program says; nil means those of this process.
	Stdout, Stderr io.Writer
	// SpawnTimeout bounds the wait for the management connection. Grace and
	// Patience are StopGrace and SettleGrace.
	SpawnTimeout, Grace, Patience time.Duration
	// Handle takes each event.
	Handle func(management.Message)
	// Sessions, when set, has the program among its sessions while it is connected.
	Sessions *management.Sessions
	// Failed, when set, learns the description of an error before it is returned.
	Failed func(ctx context.Context, description string)
	Log    *slog.Logger
}

// Name is the one that messages use.
func (p Program) Name() string { return strings.TrimSuffix(filepath.Base(p.Path), ".exe") }

// Run runs the program to its end and judges by its last event, then by its exit
// status. The program does not outlive the call; cancelling ctx stops it in order.
func (p Program) Run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return transfer.Errorf("cannot listen for the management connection: %w", err)
	}
	defer func() { _ = listener.Close() }()
	running, err := p.launch(listener.Addr().(*net.TCPAddr).Port)
	if err != nil {
		return err
	}
	// Whatever happens, the process does not outlive the call.
	defer running.stop(p.Grace)
	unwatch := context.AfterFunc(ctx, func() { running.stop(p.Grace) })
	defer unwatch()

	conn, err := p.accept(ctx, listener, running)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	// One connection is all that the program makes: nobody else may come.
	_ = listener.Close()
	if cancelByMessage {
		defer context.AfterFunc(ctx, func() { sendCancel(conn) })()
	}
	verdict := p.supervise(ctx, conn)
	var malformed *management.ProtocolError
	if errors.As(verdict, &malformed) {
		return verdict
	}
	running.settle(p.Patience, p.Grace)
	return p.conclude(ctx, verdict, running)
}

// RunUnseen runs the program without management port: its exit status is all
// that is known.
func (p Program) RunUnseen(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	running, err := p.launch(0)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { running.stop(p.Grace) })()
	<-running.done
	return p.conclude(ctx, nil, running)
}

func (p Program) launch(port int) (*process, error) {
	running, err := p.start(p.Args(port))
	if err != nil {
		return nil, transfer.Errorf("cannot start %s: %w", p.Name(), err)
	}
	return running, nil
}

// accept waits for the program to connect.
func (p Program) accept(ctx context.Context, listener *net.TCPListener, running *process) (net.Conn, error) {
	if err := listener.SetDeadline(time.Now().Add(p.SpawnTimeout)); err != nil {
		return nil, transfer.Errorf("cannot wait for the management connection: %w", err)
	}
	accepted := make(chan struct{})
	defer close(accepted)
	go func() {
		select {
		case <-running.done:
			_ = listener.SetDeadline(time.Now().Add(lastChance))
		case <-accepted:
		}
	}()
	conn, err := listener.Accept()
	if err == nil {
		return conn, nil
	}
	if running.ended() {
		return nil, p.conclude(ctx, nil, running)
	}
	return nil, transfer.Errorf("timeout waiting mgt port connect (select not readable)")
}

// supervise follows a connected program, and lets commands reach it.
func (p Program) supervise(ctx context.Context, conn net.Conn) error {
	if p.Sessions != nil {
		defer p.Sessions.Join(conn)()
	}
	return p.follow(ctx, conn)
}

// follow reads events to the end of the stream, and judges by the last one.
func (p Program) follow(ctx context.Context, conn io.Reader) error {
	events := management.NewReader(conn)
	var last management.Message
	for {
		event, err := events.Next()
		var malformed *management.ProtocolError
		switch {
		case errors.Is(err, io.EOF):
			return p.judge(ctx, last)
		case errors.As(err, &malformed):
			return err
		case err != nil && last.Type() == management.Done:
			return nil
		case err != nil:
			return transfer.Errorf("management connection: %w", err)
		}
		p.Handle(event)
		last = event
	}
}

func (p Program) judge(ctx context.Context, last management.Message) error {
	if last == nil {
		return transfer.Errorf("internal: no management event (NilClass)")
	}
	description := last.Text(management.FieldDescription)
	switch last.Type() {
	case management.Done:
		return nil
	case management.Failed:
		if p.Failed != nil {
			p.Failed(ctx, description)
		}
		return transfer.FromCode(int(last.Int(management.FieldCode)), description)
	}
	return transfer.Errorf("unexpected last event type: %s, %s", last.Type(), description)
}

// conclude adds what the exit status says to the verdict of the events.
func (p Program) conclude(ctx context.Context, verdict error, ended *process) error {
	if ended.succeeded() {
		return verdict
	}
	failed := &ExitError{Program: p.Name(), PID: ended.pid(), Status: ended.status(), Text: ended.exit()}
	if verdict != nil {
		level := slog.LevelError
		if ctx.Err() != nil {
			// The user stopped it: that is no news.
			level = slog.LevelDebug
		}
		p.Log.Log(ctx, level, failed.Error())
		return verdict
	}
	if ended.settled() {
		p.Log.Warn(failed.Error() + ", it was stopped after the end of the transfer")
		return nil
	}
	return transfer.Errorf("%w", failed)
}
