package localapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// pollInterval is the time between two looks at a transfer, settleInterval when
	// it was stopped.
	pollInterval   = time.Second
	settleInterval = 100 * time.Millisecond
	// maxMisses is how many looks in a row may fail, and maxSilence how many may
	// tell nothing, before the transfer is given up.
	maxMisses  = 3
	maxSilence = 60
)

// Keys of what an application tells of a transfer.
const (
	keyStatus    = "status"
	keyExpected  = "bytes_expected"
	keyWritten   = "bytes_written"
	keyErrorText = "error_desc"
	keyErrorCode = "error_code"
)

// session is a transfer that was started.
type session struct {
	app   App
	id    string
	sleep resume.Sleep
	log   *slog.Logger
	emit  func(transfer.Event)

	// told is the last text about what is being waited for.
	told           string
	started, sized bool
}

// follow looks at the transfer until it has ended.
func (s *session) follow(ctx context.Context) error {
	misses, silence := 0, 0
	for {
		state, err := s.look(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if misses++; isFinal(err) || misses > maxMisses {
				return s.lost(err)
			}
			s.log.Warn(fmt.Sprintf("%s does not tell how transfer %s is: %v", s.app.Name(), s.id, err))
		case state == nil:
			if silence++; silence > maxSilence {
				return s.lost(errors.New("it does not know the transfer"))
			}
		default:
			misses, silence = 0, 0
			if over, err := s.take(state); over {
				return err
			}
		}
		if err := s.sleep(ctx, pollInterval); err != nil {
			return err
		}
	}
}

func (s *session) look(ctx context.Context) (*record.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	return s.app.Look(ctx, s.id)
}

func isFinal(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal) || rest.IsFinal(err)
}

// lost is the error about a transfer that the application does not tell of: it
// may have been closed.
func (s *session) lost(err error) error {
	return failure.New(failure.Transfer, "%s tells nothing about transfer %s: %w", s.app.Name(), s.id, err)
}

// waits tells that a transfer goes on without moving bytes. The statuses of the
// second line are not in spec/transfer.md 10.1, but in IBM's SDK
// (@ibm-aspera/sdk, TransferStatus).
func waits(status string) bool {
	switch status {
	case "initiating", "queued",
		"willretry", "paused":
		return true
	}
	return false
}

const (
	statusRunning   = "running"
	statusCompleted = "completed"
	statusFailed    = "failed"
	statusCancelled = "cancelled"
)

// take tells progress (spec/transfer.md 10.1). over: the transfer has ended, with
// success or with an error.
func (s *session) take(state *record.Object) (over bool, err error) {
	status := state.Text(keyStatus)
	reason := state.Text(keyErrorText)
	switch {
	case waits(status):
		s.tell(status)
		return false, nil
	case status == statusRunning:
		s.progress(state)
		return false, nil
	case status == statusCompleted:
		s.progress(state)
		return true, nil
	case status == statusFailed:
		return true, failed(state, reason)
	case status == statusCancelled:
		return true, transfer.Errorf("Transfer cancelled by user")
	}
	return true, transfer.Errorf("unknown status: %s: %s", status, reason)
}

// failed is the error of a transfer. Its code, where it is told, is one of ascp.
func failed(state *record.Object, reason string) error {
	if reason == "" {
		reason = "the transfer failed, the application does not say why"
	}
	err := transfer.Errorf("%s", reason)
	if code, known := state.Int(keyErrorCode); known {
		err.Code, err.Retryable = int(code), transfer.LookupCode(int(code)).Retryable
	}
	return err
}

// tell shows what is being waited for, when that is news.
func (s *session) tell(text string) {
	if text == s.told {
		return
	}
	s.told = text
	s.emit(transfer.Event{Kind: transfer.SessionsInit, Text: text})
}

func (s *session) progress(state *record.Object) {
	if !s.started {
		s.started = true
		s.emit(transfer.Event{Kind: transfer.SessionStart, Session: s.id})
	}
	if expected, known := state.Int(keyExpected); known && expected > 0 && !s.sized {
		s.sized = true
		s.emit(transfer.Event{Kind: transfer.SessionSize, Session: s.id, Bytes: expected})
	}
	if written, known := state.Int(keyWritten); known {
		s.emit(transfer.Event{Kind: transfer.Transfer, Session: s.id, Bytes: written})
	}
}

func (s *session) end() {
	if s.started {
		s.emit(transfer.Event{Kind: transfer.SessionEnd, Session: s.id})
	}
}

// stop stops the transfer and waits until the application says that it has
// ended.
func (s *session) stop(ctx context.Context) {
	if err := s.app.Stop(ctx, s.id); err != nil {
		s.log.Warn(fmt.Sprintf("transfer %s could not be stopped in %s, it may still run: %v", s.id, s.app.Name(), err))
		return
	}
	for {
		state, err := s.look(ctx)
		if err != nil {
			s.log.Warn(fmt.Sprintf("transfer %s is stopped, %s does not tell whether it has ended: %v", s.id, s.app.Name(), err))
			return
		}
		if status := state.Text(keyStatus); status != statusRunning && status != "initiating" && status != "queued" {
			return
		}
		if s.sleep(ctx, settleInterval) != nil {
			s.log.Warn(fmt.Sprintf("transfer %s is stopped, but has not ended in %s yet", s.id, s.app.Name()))
			return
		}
	}
}
