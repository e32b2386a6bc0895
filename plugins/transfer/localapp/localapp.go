// Package localapp is what the agents share that have an application on the
// user's desktop make transfers (spec/transfer.md 10): how it is started, and how
// one of its transfers is followed and stopped.
package localapp

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/display"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// CallTimeout bounds a call that the application answers by itself.
	CallTimeout = 15 * time.Second
	// PersonTimeout bounds one that it answers when a person has chosen or agreed.
	PersonTimeout = 10 * time.Minute
	// startPause is the time that an application has to start.
	startPause = 5 * time.Second
	// stopGrace is the time to stop a transfer. It is shorter than what a plugin has
	// when its host is gone.
	stopGrace = 1500 * time.Millisecond
)

// Desktop is the user's desktop.
type Desktop struct {
	System product.System
	// Graphical tells whether applications can show windows.
	Graphical func() bool
	// Open opens a URL with the program that is registered for its scheme.
	Open  func(ctx context.Context, url string) error
	Sleep resume.Sleep
	// Grace is the time to stop a transfer in.
	Grace time.Duration
}

// Here is the desktop of the user of this process.
func Here() Desktop {
	return Desktop{
		System: product.Here(), Graphical: func() bool { return display.Available(os.LookupEnv) },
		Open: open, Sleep: resume.Wait, Grace: stopGrace,
	}
}

// Check returns an error if applications cannot run. what is what the user
// wanted.
func (d Desktop) Check(what string) error {
	if d.Graphical() {
		return nil
	}
	return failure.Otherf("RuntimeError", "Using %s requires a graphical environment", what)
}

// Launch says how an application is started.
type Launch struct {
	// Name is what warnings call the application, and ErrorName the error.
	Name, ErrorName string
	// URLs are opened one after the other until the application is there.
	URLs []string
	// IsDown tells whether an error may come from an application that does not run.
	IsDown func(error) bool
	// NotOpened makes the error when a URL cannot be opened for a cause.
	NotOpened func(cause error) error
}

// Reach attempts to reach an application, which it starts if need be.
func (d Desktop) Reach(ctx context.Context, log *slog.Logger, l Launch, attempt func(context.Context) error) error {
	for n := 0; ; n++ {
		err := attempt(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return agent.Interrupted(ctx)
		case !l.IsDown(err):
			return err
		case n == len(l.URLs):
			return failure.Otherf("StandardError", "Unable to start %s %d times", l.ErrorName, n).Hint("The last error is: %v", err)
		}
		log.Warn(fmt.Sprintf("%s is not started (%v). Trying to start it #%d...", l.Name, err, n+1))
		if err := d.Open(ctx, l.URLs[n]); err != nil {
			if ctx.Err() != nil {
				return agent.Interrupted(ctx)
			}
			return l.NotOpened(err)
		}
		if d.Sleep(ctx, startPause) != nil {
			return agent.Interrupted(ctx)
		}
	}
}

// App is a running application. Errors that wrap a [*Refusal], and those of
// [rest.IsFinal], are its last word about a transfer.
type App interface {
	// Name is what users call it.
	Name() string
	// Start starts a transfer and returns its id.
	Start(ctx context.Context, spec *record.Object) (id string, err error)
	// Look returns how a transfer is; nil as long as the application tells nothing.
	Look(ctx context.Context, id string) (*record.Object, error)
	// Stop stops a transfer; what has arrived stays for the next attempt.
	Stop(ctx context.Context, id string) error
}

// Refusal is an answer that says no.
type Refusal struct {
	Code    int64
	Message string
}

func (r *Refusal) Error() string { return r.Message }

// Run has an application make a transfer, which is the one session of a job.
func (d Desktop) Run(ctx context.Context, log *slog.Logger, app App, spec *record.Object, emit func(transfer.Event)) ([]error, error) {
	patient, release := agent.Outlive(ctx, d.Grace)
	defer release()
	id, err := app.Start(patient, spec)
	if err != nil {
		if ctx.Err() != nil {
			err = agent.Interrupted(ctx)
		}
		return nil, err
	}
	s := &session{app: app, id: id, sleep: d.Sleep, log: log, emit: emit}
	err = s.follow(ctx)
	if ctx.Err() != nil {
		s.stop(patient)
		err = agent.Interrupted(ctx)
	}
	s.end()
	return []error{err}, nil
}
