package async

import (
	"log/slog"

	"github.com/ascli-go/ascli/plugins/transfer/management"
)

// events logs what async tells on its management port: a sync session has no
// progress bar.
type events struct{ log *slog.Logger }

func (e events) handle(event management.Message) {
	if event.Type() == management.FileError {
		e.log.Error(event.Text(management.FieldDescription), "file", event.Text(management.FieldFile))
		return
	}
	e.log.Debug("management event", "type", event.Type())
}
