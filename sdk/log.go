package sdk

import (
	"io"
	"log/slog"
)

// Levels below and above those of slog (spec/cli.md 8.1).
const (
	LevelTrace2  = slog.Level(-12)
	LevelTrace1  = slog.Level(-8)
	LevelFatal   = slog.Level(12)
	LevelUnknown = slog.Level(16)
)

// LevelNames returns the names of the log levels, lowest first.
func LevelNames() []string {
	return []string{"trace2", "trace1", "debug", "info", "warn", "error", "fatal", "unknown"}
}

// ParseLevel returns the level of a name; an unknown name is warn, the default.
func ParseLevel(name string) slog.Level {
	for i, n := range LevelNames() {
		if n == name {
			return LevelTrace2 + slog.Level(4*i)
		}
	}
	return slog.LevelWarn
}

// LevelName returns the name of the level at or below l.
func LevelName(l slog.Level) string {
	i := max(0, min(int(l-LevelTrace2)/4, len(LevelNames())-1))
	return LevelNames()[i]
}

// newLogger writes JSON lines to the host, with the keys that go-plugin uses
// for the logs of plugins.
func newLogger(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) > 0 {
				return a
			}
			switch a.Key {
			case slog.TimeKey:
				a.Key = "@timestamp"
			case slog.MessageKey:
				a.Key = "@message"
			case slog.LevelKey:
				a = slog.String("@level", LevelName(a.Value.Any().(slog.Level)))
			}
			return a
		},
	}))
}
