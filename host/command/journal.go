package command

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
)

// journal is the log of a session. It writes from the first moment on, and
// becomes what the options say once they are known.
type journal struct {
	log      *slog.Logger
	logLevel *slog.LevelVar

	around   Surroundings
	current  *atomic.Pointer[slog.Handler]
	settings logs.Options
	target   logs.Target
}

func newJournal(around Surroundings, mask func(string) string) journal {
	j := journal{around: around, logLevel: new(slog.LevelVar), current: new(atomic.Pointer[slog.Handler])}
	j.logLevel.Set(initialLevel(around.Environ))
	j.settings = logs.Options{Level: j.logLevel, Mask: mask, Terminal: around.ErrTerminal}
	j.target = logs.Stream(around.Err)
	var standard slog.Handler = logs.New(around.Err, j.logLevel, mask)
	j.current.Store(&standard)
	j.log = slog.New(relay{j.current})
	return j
}

// initialLevel is warn, or what the variable AS_LOG_LEVEL says: -2 (trace2) to 5
// (unknown), until the option is known (spec/cli.md 1.5).
func initialLevel(environ []string) slog.Level {
	names := sdk.LevelNames()
	for _, variable := range environ {
		number, ok := strings.CutPrefix(variable, "AS_LOG_LEVEL=")
		if n, err := strconv.Atoi(number); ok && err == nil && n >= -2 && n+2 < len(names) {
			return sdk.ParseLevel(names[n+2])
		}
	}
	return slog.LevelWarn
}

// relay hands records to the handler of the moment.
type relay struct{ current *atomic.Pointer[slog.Handler] }

func (r relay) Enabled(ctx context.Context, level slog.Level) bool {
	return (*r.current.Load()).Enabled(ctx, level)
}

func (r relay) Handle(ctx context.Context, record slog.Record) error {
	return (*r.current.Load()).Handle(ctx, record)
}

func (r relay) WithAttrs(attrs []slog.Attr) slog.Handler {
	return (*r.current.Load()).WithAttrs(attrs)
}

func (r relay) WithGroup(name string) slog.Handler { return (*r.current.Load()).WithGroup(name) }

// apply makes the settings those of the log.
func (j *journal) apply() error {
	handler, err := logs.NewHandler(j.target, j.settings)
	if err != nil {
		return err
	}
	var next slog.Handler = handler
	j.current.Store(&next)
	return nil
}

func (j *journal) setLogLevel(name string) error {
	if !slices.Contains(sdk.LevelNames(), name) {
		return fmt.Errorf("log level %q is none of %s", name, strings.Join(sdk.LevelNames(), " "))
	}
	j.logLevel.Set(sdk.ParseLevel(name))
	return nil
}

// setLogger chooses where the log goes.
func (j *journal) setLogger(name string) error {
	switch name {
	case "stderr":
		j.target, j.settings.Terminal = logs.Stream(j.around.Err), j.around.ErrTerminal
	case "stdout":
		j.target, j.settings.Terminal = logs.Stream(j.around.Out), j.around.OutTerminal
	case "syslog":
		target, err := logs.Syslog(j.around.Syslog[0], j.around.Syslog[1])
		if err != nil {
			return err
		}
		j.target, j.settings.Terminal = target, false
	default:
		return fmt.Errorf("logger %q is none of stderr stdout syslog", name)
	}
	return nil
}

// setLogFormat takes the name of a form of lines, or the function that makes them.
func (j *journal) setLogFormat(ctx context.Context, format any) {
	j.settings.Format, j.settings.Func = "", nil
	switch format := format.(type) {
	case string:
		j.settings.Format = format
	case *lambda.Func:
		j.settings.Func = func(severity string, t time.Time, program, message string) (string, error) {
			line, err := format.Call(ctx, severity, t, program, message)
			text, _ := line.(string)
			return text, err
		}
	}
}

func (j *journal) close() { _ = j.target.Close() }

// journalOptions makes the log what the options say (spec/cli.md 8).
func (s *session) journalOptions(ctx context.Context) error {
	level, err := s.options.Text(ctx, "log_level")
	if err != nil {
		return err
	}
	logger, err := s.options.Text(ctx, "logger")
	if err != nil {
		return err
	}
	format, err := s.options.Value(ctx, "log_format")
	if err != nil {
		return err
	}
	if s.settings.ShowSecrets, err = s.options.Flag(ctx, "log_secrets"); err != nil {
		return err
	}
	if err := s.setLogLevel(level); err != nil {
		return err
	}
	if err := s.setLogger(logger); err != nil {
		return failure.Argumentf("option logger: %w", err)
	}
	s.setLogFormat(ctx, format)
	return s.apply()
}
