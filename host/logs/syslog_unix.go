//go:build unix

package logs

import (
	"fmt"
	"log/slog"
	"log/syslog"

	"github.com/ascli-go/ascli/sdk"
)

// Syslog returns the target that is the system log: facility local2, ident
// ascli, trace levels as debug (spec/cli.md 8.1). Network and address are those
// of net.Dial; both empty find the log of this machine.
func Syslog(network, address string) (Target, error) {
	w, err := syslog.Dial(network, address, syslog.LOG_LOCAL2|syslog.LOG_INFO, program)
	if err != nil {
		return nil, fmt.Errorf("connect to the system log, use --logger=stderr without one: %w", err)
	}
	return systemLog{w}, nil
}

type systemLog struct{ *syslog.Writer }

func (s systemLog) write(level slog.Level, text string) error {
	switch {
	case level >= sdk.LevelUnknown:
		return s.Alert(text)
	case level >= sdk.LevelFatal:
		return s.Crit(text)
	case level >= slog.LevelError:
		return s.Err(text)
	case level >= slog.LevelWarn:
		return s.Warning(text)
	case level >= slog.LevelInfo:
		return s.Info(text)
	}
	return s.Debug(text)
}

func (s systemLog) stamps() bool { return true }
