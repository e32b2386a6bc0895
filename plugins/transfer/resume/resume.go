// Package resume decides whether a failed session is tried again, and when
// (spec/transfer.md 8.8).
package resume

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// Policy is the parameter "resume" of an agent. Sleeps are in whole seconds.
type Policy struct {
	// MaxRetries is the number of attempts after the first.
	MaxRetries int64
	// SleepInitial is the wait before the first retry, which no maximum bounds.
	SleepInitial int64
	// SleepFactor multiplies the wait before each further retry, up to SleepMax.
	SleepFactor int64
	SleepMax    int64
}

// Default returns the policy of a user who says nothing.
func Default() Policy {
	return Policy{MaxRetries: 7, SleepInitial: 2, SleepFactor: 2, SleepMax: 60}
}

// Delay returns the wait before retry k, counted from 0.
func (p Policy) Delay(k int) time.Duration {
	seconds := p.SleepInitial
	for range k {
		if p.SleepFactor > 0 && seconds > p.SleepMax/p.SleepFactor {
			seconds = p.SleepMax
			break
		}
		seconds *= p.SleepFactor
	}
	return time.Duration(seconds) * time.Second
}

// Retry is the decision to try again.
type Retry struct {
	// Cause is the error of the attempt before.
	Cause *transfer.Error
	Delay time.Duration
	// Left is the number of retries after this one.
	Left int64
}

// Next decides what follows the failure err after a number of earlier retries:
// a retry, or the error that ends the session.
//
// A retryable error is tried again while the policy allows. Any other transfer
// error gets one chance, if it is the first failure: it may be an expired token,
// which the agent renews. Errors of another kind end the session, and so does a
// cancellation: the user asked ascp itself to stop.
func (p Policy) Next(retries int, err error) (*Retry, error) {
	var failed *transfer.Error
	if !errors.As(err, &failed) || failed.Code == transfer.CodeCancelled {
		return nil, err
	}
	left := p.MaxRetries - int64(retries)
	switch {
	case failed.Retryable && left <= 0:
		final := transfer.Errorf("Maximum number of retry reached (%d)", p.MaxRetries)
		final.Code, final.Cause = failed.Code, err
		return nil, final
	case !failed.Retryable && (retries > 0 || left <= 0):
		return nil, err
	}
	return &Retry{Cause: failed, Delay: p.Delay(retries), Left: left - 1}, nil
}

// Announce tells of the retry before its wait; session is that of the attempt
// before, "" if it is not known.
func (r Retry) Announce(log *slog.Logger, emit func(transfer.Event), session string) {
	log.Warn("An error occurred during transfer: " + r.Cause.Message)
	text := fmt.Sprintf("Resuming in %d seconds (retry left:%d)", int(r.Delay.Seconds()), r.Left)
	log.Warn(text)
	emit(transfer.Event{Kind: transfer.Retry, Session: session, Text: r.Cause.Message + ". " + text})
}

// Sleep waits for d or until ctx is done, which is an error.
type Sleep func(ctx context.Context, d time.Duration) error

// Wait is the Sleep of real time.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Run attempts until an attempt succeeds or p says that it is enough. Each
// decision to retry is told to notify before the wait.
func (p Policy) Run(ctx context.Context, sleep Sleep, attempt func(context.Context) error, notify func(Retry)) error {
	for retries := 0; ; retries++ {
		err := attempt(ctx)
		if err == nil {
			return nil
		}
		retry, err := p.Next(retries, err)
		if err != nil {
			return err
		}
		notify(*retry)
		if err := sleep(ctx, retry.Delay); err != nil {
			return err
		}
	}
}
