package direct

import (
	"log/slog"

	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// progress turns the events of ascp into those of a job (spec/transfer.md 13.1).
type progress struct {
	emit    func(transfer.Event)
	log     *slog.Logger
	session string
	// latest is the session that runs or, after its end, ran.
	latest string
	// sized is set once the size of the job is known.
	sized bool
	bytes int64
}

func (p *progress) handle(event management.Message) {
	switch event.Type() {
	case management.Init:
		p.close()
		p.session, p.sized, p.bytes = event.Text(management.FieldSessionID), false, 0
		p.latest = p.session
		p.tell(transfer.Event{Kind: transfer.SessionStart})
	case management.Notification:
		if _, ok := event.Get(management.FieldPreTransferBytes); ok {
			p.size(event.Int(management.FieldPreTransferBytes))
		}
	case management.Stats:
		p.moved(total(event))
	case management.Stop:
		p.tell(transfer.Event{Kind: transfer.FileDone, File: event.Text(management.FieldFile), Bytes: event.Int(management.FieldSize)})
	case management.FileError:
		p.log.Error(event.Text(management.FieldDescription), "file", event.Text(management.FieldFile))
	case management.Done, management.Failed:
		if bytes := total(event); !p.sized && bytes != 0 {
			p.size(bytes)
			p.moved(bytes)
		} else if bytes != p.bytes {
			p.moved(bytes)
		}
		p.close()
	default:
		p.log.Debug("management event", "type", event.Type())
	}
}

// close ends the session if one runs.
func (p *progress) close() {
	p.tell(transfer.Event{Kind: transfer.SessionEnd})
	p.session = ""
}

func (p *progress) size(bytes int64) {
	p.sized = true
	p.tell(transfer.Event{Kind: transfer.SessionSize, Bytes: bytes})
}

func (p *progress) moved(bytes int64) {
	p.bytes = bytes
	p.tell(transfer.Event{Kind: transfer.Transfer, Bytes: bytes})
}

// tell emits an event of the session. Without INIT there is no session to speak of.
func (p *progress) tell(event transfer.Event) {
	if p.session == "" {
		return
	}
	event.Session = p.session
	p.emit(event)
}

// total is what is at the destination: moved by this session, and found there
// when it started.
func total(event management.Message) int64 {
	return event.Int(management.FieldTransferBytes) + event.Int(management.FieldStartByte)
}
