package transferd

import (
	"log/slog"
	"strconv"
	"strings"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// progress turns the states of one transfer into events of a job (spec/transfer.md
// 9.3), and knows its end.
type progress struct {
	emit func(transfer.Event)
	log  *slog.Logger
	// id is what the daemon calls the transfer; it is the one session.
	id string
	// told is the last text about what is being waited for.
	told    string
	started bool
	// expected is the size of all files, 0 until it is known; moved is what has
	// been told of it.
	expected, moved int64
}

// take tells progress. over: the transfer has ended, with success or with an error.
func (p *progress) take(state *protocol.TransferResponse) (over bool, err error) {
	switch state.GetStatus() {
	case protocol.TransferStatus_RUNNING:
		p.run(state)
		return false, nil
	case protocol.TransferStatus_COMPLETED:
		p.run(state)
		if p.expected != 0 {
			p.advance(p.expected)
		}
		return true, nil
	case protocol.TransferStatus_FAILED, protocol.TransferStatus_CANCELED:
		return true, failureOf(state)
	case protocol.TransferStatus_QUEUED, protocol.TransferStatus_UNKNOWN_STATUS, protocol.TransferStatus_PAUSED, protocol.TransferStatus_ORPHANED:
		p.tell(strings.ToLower(state.GetStatus().String()))
	default:
		p.log.Error("unknown status<" + state.GetStatus().String() + ">")
	}
	return false, nil
}

// run tells how far the transfer is.
func (p *progress) run(state *protocol.TransferResponse) {
	if !p.started {
		p.started = true
		p.emit(transfer.Event{Kind: transfer.SessionStart, Session: p.id})
	}
	if size := state.GetSessionInfo().GetPreTransferBytes(); size != 0 && p.expected == 0 {
		p.expected = size
		p.emit(transfer.Event{Kind: transfer.SessionSize, Session: p.id, Bytes: size})
	}
	if info := state.GetTransferInfo(); info != nil {
		p.advance(info.GetBytesTransferred())
	}
	if file := state.GetFileInfo(); state.GetTransferEvent() == protocol.TransferEvent_FILE_STOP {
		p.emit(transfer.Event{Kind: transfer.FileDone, Session: p.id, File: file.GetPath(), Bytes: file.GetSize()})
	} else if state.GetTransferEvent() == protocol.TransferEvent_FILE_ERROR {
		p.log.Error(file.GetErrorDescription(), "file", file.GetPath())
	}
}

// advance never goes back: a state that was asked for may be newer than one that
// is still on its way.
func (p *progress) advance(bytes int64) {
	if bytes < p.moved {
		return
	}
	p.moved = bytes
	p.emit(transfer.Event{Kind: transfer.Transfer, Session: p.id, Bytes: bytes})
}

// tell shows what is being waited for, when that is news.
func (p *progress) tell(text string) {
	if text == p.told {
		return
	}
	p.told = text
	p.emit(transfer.Event{Kind: transfer.SessionsInit, Text: text})
}

// end is the end of the session, if it has begun.
func (p *progress) end() {
	if p.started {
		p.emit(transfer.Event{Kind: transfer.SessionEnd, Session: p.id})
	}
}

// failureOf is the error of a transfer that has failed or was cancelled: the
// message of ascp, else whatever the state tells.
func failureOf(state *protocol.TransferResponse) *transfer.Error {
	code, description := parseMessage(state.GetMessage())
	for _, other := range []struct {
		code        int
		description string
	}{
		{int(state.GetError().GetCode()), state.GetError().GetDescription()},
		{int(state.GetSessionInfo().GetErrorCode()), state.GetSessionInfo().GetErrorDesc()},
		{number(state.GetTransferInfo().GetErrorCode()), state.GetTransferInfo().GetErrorDescription()},
	} {
		if description == "" {
			description = other.description
		}
		if code == 0 {
			code = other.code
		}
	}
	if code == 0 && description == "" {
		return transfer.Errorf("the transfer %s has ended in the transfer daemon with status %s", state.GetTransferId(), state.GetStatus())
	}
	return transfer.FromCode(code, description)
}

// parseMessage reads the JSON of the last event of ascp.
func parseMessage(message string) (code int, description string) {
	event, err := record.ParseObject([]byte(message))
	if err != nil {
		return 0, strings.TrimSpace(message)
	}
	if n, ok := event.Int("Code"); ok {
		code = int(n)
	} else {
		code = number(event.Text("Code"))
	}
	return code, event.Text("Description")
}

// number reads an error number; what is none is 0.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
