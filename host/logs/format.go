package logs

import (
	"fmt"
	"log/slog"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

// The formats of log lines (spec/cli.md 8.2).
const (
	Standard = "standard" // W, [2026-11-22T01:34:40.801662 #22416]  WARN -- : message
	Default  = "default"  // WARN message
	Caller   = "caller"   // WARN command/invoke.go:42, then the message on the next line
)

// Formats lists the formats, in the order in which errors name them.
func Formats() []string { return []string{Standard, Default, Caller} }

// Func makes a log line, its newline included: a Proc as value of option
// log_format. The severity is a word such as WARN or TRACE1; the message has no
// secrets. It is called from several goroutines.
type Func func(severity string, t time.Time, program, message string) (string, error)

// entry is a record whose attributes are part of the message.
type entry struct {
	level   slog.Level
	time    time.Time
	message string
	pc      uintptr // where it was logged, 0 if unknown
}

// layout makes the text of an entry.
type layout func(e entry) (string, error)

// layout returns what makes lines, or an error when there is no such format.
func (o Options) layout() (layout, error) {
	if o.Func != nil {
		return func(e entry) (string, error) { return o.Func(severity(e.level), e.time, program, e.message) }, nil
	}
	letters := abbreviation
	if o.Terminal {
		letters = coloured
	}
	switch o.Format {
	case "", Standard:
		return standard, nil
	case Default:
		return func(e entry) (string, error) { return letters(e.level) + " " + e.message + "\n", nil }, nil
	case Caller:
		return func(e entry) (string, error) {
			return letters(e.level) + " " + origin(e.pc) + "\n" + e.message + "\n", nil
		}, nil
	}
	return nil, failure.Argumentf("Unknown formatter %s, use one of: %s", o.Format, strings.Join(Formats(), ", "))
}

// standard is the form of 4.21.0, where the name of the program is empty and the
// highest level is called ANY.
func standard(e entry) (string, error) {
	name := severity(e.level)
	if name == "UNKNOWN" {
		name = "ANY"
	}
	return fmt.Sprintf("%c, [%s #%d] %5s -- : %s\n",
		name[0], e.time.Format("2006-01-02T15:04:05.000000"), os.Getpid(), name, e.message), nil
}

func severity(l slog.Level) string { return strings.ToUpper(sdk.LevelName(l)) }

// abbreviation is the name of a level in four letters: WARN, DEBG, TRA2.
func abbreviation(l slog.Level) string {
	name := severity(l)
	return name[:3] + name[len(name)-1:]
}

// coloured is the abbreviation in the colours of the original (ECMA-48, select
// graphic rendition).
func coloured(l slog.Level) string {
	var rendition string
	switch severity(l) {
	case "TRACE2":
		rendition = "2" // dim
	case "TRACE1":
		rendition = "34" // blue
	case "DEBUG":
		rendition = "36" // cyan
	case "INFO":
		rendition = "32" // green
	case "WARN":
		rendition = "30;43" // black on brown
	case "ERROR":
		rendition = "5;41" // blinking on red
	case "FATAL":
		rendition = "35" // magenta
	default:
		rendition = "5" // blinking
	}
	return "\x1b[" + rendition + "m" + abbreviation(l) + "\x1b[0m"
}

// origin is the place in the source that logged, as folder/file.go:line.
func origin(pc uintptr) string {
	if pc == 0 {
		return "unknown"
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	folder, file := path.Split(frame.File)
	return path.Join(path.Base(folder), file) + ":" + strconv.Itoa(frame.Line)
}
