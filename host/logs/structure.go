package logs

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// Structure logs a value as `<name> (json)=` and indented JSON (spec/cli.md 8.2).
// It costs nothing when the level is not written.
func Structure(ctx context.Context, log *slog.Logger, level slog.Level, name string, v any) {
	if !log.Enabled(ctx, level) {
		return
	}
	var caller [1]uintptr
	runtime.Callers(2, caller[:])
	r := slog.NewRecord(time.Now(), level, name+" (json)=\n"+string(record.Pretty(v)), caller[0])
	// Like slog itself: a log that cannot be written does not stop the command.
	_ = log.Handler().Handle(ctx, r)
}
