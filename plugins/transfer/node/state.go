package node

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// transfersPath is where a node has its transfers.
const transfersPath = "ops/transfers"

// settleInterval is the time between two looks at a transfer that was cancelled.
const settleInterval = 100 * time.Millisecond

// States of a transfer (spec/transfer.md 11, spec/plugins/node.md S7). The
// original writes "cancelled", the OpenAPI document "canceled".
const (
	stateUnknown   = "unknown"
	stateRunning   = "running"
	stateCompleted = "completed"
	stateFailed    = "failed"
	stateCanceled  = "canceled"
	stateCancelled = "cancelled"
)

func isWaiting(status string) bool {
	switch status {
	case "waiting", "partially_completed", stateUnknown, "waiting(read error)", "waiting(api error)", "paused":
		return true
	}
	return false
}

func hasEnded(state *record.Object) bool {
	status := state.Text("status")
	return !isWaiting(cmp.Or(status, stateUnknown)) && status != stateRunning
}

func (j *job) path() string { return transfersPath + "/" + url.PathEscape(j.id) }

// look asks the node for the transfer; an empty answer tells nothing about it.
func (j *job) look(ctx context.Context) (*record.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	answer, err := j.api.Get(ctx, j.path(), nil)
	if err != nil {
		return nil, err
	}
	if answer.Value == nil {
		return record.New(), nil
	}
	return answer.Object()
}

// take tells progress. over: the transfer has ended, with success or with an
// error.
func (j *job) take(state *record.Object) (over bool, err error) {
	status := cmp.Or(state.Text("status"), stateUnknown)
	detail := state.Text("error_desc")
	switch {
	case isWaiting(status):
		j.tell(status)
		return false, nil
	case status == stateRunning:
		if detail != "" {
			status += " (" + detail + ")"
		}
		j.begin()
		j.tell(status)
		j.progress(state)
		return false, nil
	}
	code := errorCode(state)
	switch {
	case status == stateCompleted:
		j.begin()
		j.progress(state)
		j.complete()
		return true, nil
	case status == stateFailed && code == 0 && detail == "":
		// A defect of some servers: a transfer that went well is called failed.
		j.begin()
		j.progress(state)
		return true, nil
	case status == stateFailed:
		failed := transfer.Errorf("status: %s. code: %d. description: %s", status, code, detail)
		failed.Code, failed.Retryable = int(code), transfer.LookupCode(int(code)).Retryable
		return true, failed
	case status == stateCanceled || status == stateCancelled:
		return true, transfer.Errorf("the transfer %s was cancelled on the node", j.id)
	}
	return true, transfer.Errorf("transfer %s on the node has the unexpected status %q", j.id, status)
}

// errorCode reads a number that the OpenAPI document gives as text.
func errorCode(state *record.Object) int64 {
	if code, isNumber := state.Int("error_code"); isNumber {
		return code
	}
	code, err := strconv.ParseInt(state.Text("error_code"), 10, 32)
	if err != nil {
		return 0
	}
	return code
}

// begin tells once that bytes move.
func (j *job) begin() {
	if j.started {
		return
	}
	j.started = true
	j.emit(transfer.Event{Kind: transfer.SessionStart, Session: j.id})
}

// tell shows what is being waited for, when that is news.
func (j *job) tell(text string) {
	if text == j.told {
		return
	}
	j.told = text
	j.emit(transfer.Event{Kind: transfer.SessionsInit, Text: text})
}

func (j *job) progress(state *record.Object) {
	precalc := state.Object("precalc")
	if expected, known := precalc.Int("bytes_expected"); known && !j.sized && precalc.Text("status") == "ready" {
		j.sized, j.expected = true, expected
		j.emit(transfer.Event{Kind: transfer.SessionSize, Session: j.id, Bytes: expected})
	}
	if moved, known := state.Int("bytes_transferred"); known {
		j.emit(transfer.Event{Kind: transfer.Transfer, Session: j.id, Bytes: moved})
	}
}

// complete fills the bar: what an earlier attempt had left at the destination
// is not among the bytes of this transfer.
func (j *job) complete() {
	if j.sized {
		j.emit(transfer.Event{Kind: transfer.Transfer, Session: j.id, Bytes: j.expected})
	}
}

func (j *job) end() {
	if j.started {
		j.emit(transfer.Event{Kind: transfer.SessionEnd, Session: j.id})
	}
}
