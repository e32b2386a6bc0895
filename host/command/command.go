// Package command is the life of a command: words are resolved, options and
// arguments evaluated, the plugin runs, its result is printed.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/secret"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Exit statuses of the program.
const (
	Success     = 0
	Failed      = 1
	Interrupted = 130
)

// Surroundings are what a process gives to a command.
type Surroundings struct {
	In       io.Reader
	Out, Err io.Writer
	// OutTerminal, ErrTerminal and InTerminal tell what the streams are.
	OutTerminal, ErrTerminal, InTerminal bool
	// Width tells the columns of the terminal.
	Width func() int
	// ReadHidden reads a line from the terminal without echo.
	ReadHidden func() (string, error)
	Environ    []string
	// Executable is the path of this program: plugins are found beside it.
	Executable string
	// UserHome is the user's home folder.
	UserHome string
	// Version is the version of this program.
	Version string
}

// Run executes a command line, without the program's name, and returns the
// exit status of the process.
func Run(ctx context.Context, args []string, around Surroundings) int {
	s := newSession(args, around)
	defer s.close()
	err := s.run(ctx)
	unprocessed := s.unprocessed()
	status := s.report(err, unprocessed)
	if err == nil && len(unprocessed) == 0 {
		return s.exitStatus
	}
	return status
}

// errDone ends a run early without error: help, version.
var errDone = errors.New("done")

// session is one command from its words to its exit status.
type session struct {
	Surroundings
	words   grammar.Words
	options *options.Set
	given   []grammar.Given
	// left are option words that nobody has declared so far, rest positional
	// words that nobody has asked for.
	left []grammar.OptionWord
	rest []string

	// mask hides the secrets that are known; logs of plugins pass through it at any time.
	mask     atomic.Pointer[secret.Masker]
	logLevel *slog.LevelVar
	log      *slog.Logger
	world
	exitStatus int
}

func newSession(args []string, around Surroundings) *session {
	s := &session{Surroundings: around, words: grammar.Split(args), logLevel: new(slog.LevelVar)}
	s.mask.Store(secret.NewMasker())
	s.logLevel.Set(slog.LevelWarn)
	s.log = slog.New(logs.New(s.Err, s.logLevel, s.maskText))
	s.rest = s.words.Positional
	return s
}

// maskText hides the secrets that are known by now.
func (s *session) maskText(text string) string { return s.mask.Load().Mask(text) }

func (s *session) run(ctx context.Context) error {
	err := s.steps(ctx)
	if errors.Is(err, errDone) {
		s.left, s.rest = nil, nil
		return nil
	}
	return err
}

// steps follow the order of evaluation of spec/cli.md 1.4.
func (s *session) steps(ctx context.Context) error {
	if err := s.earlyOptions(); err != nil {
		return err
	}
	if err := s.configure(ctx); err != nil {
		return err
	}
	if s.asksHelp() && len(s.words.Positional) == 0 {
		return s.fullHelp(ctx)
	}
	plugin, err := s.choosePlugin(ctx)
	if err != nil {
		return err
	}
	if err := s.pluginOptions(ctx, plugin.manifest); err != nil {
		return err
	}
	if s.asksHelp() {
		return s.pluginHelp(ctx, plugin.manifest)
	}
	if show, err := s.options.Flag(ctx, "show_config"); err != nil || show {
		if err == nil {
			err = s.showConfig(ctx)
		}
		return err
	}
	inv, err := s.invocation(ctx, plugin.manifest)
	if err != nil {
		return err
	}
	if s.display, err = s.openDisplay(ctx); err != nil {
		return err
	}
	return s.execute(ctx, plugin, inv)
}

// execute runs the command. What it gave before an error is shown.
func (s *session) execute(ctx context.Context, plugin *plugin, inv *sdk.Invocation) error {
	err := plugin.run(ctx, inv, s.display)
	if endErr := s.display.end(); err == nil {
		err = endErr
	}
	if err == nil {
		err = s.saveConfig()
	}
	if s.saved {
		// The result is shown by now; a failure here would not change it.
		_ = s.display.message("Saving config file.", false)
	}
	if closeErr := s.display.close(); err == nil {
		err = closeErr
	}
	s.exitStatus = s.display.printer.ExitStatus()
	return err
}

// unprocessed describes the words that nothing has used (spec/cli.md 1.12).
func (s *session) unprocessed() []string {
	var lines []string
	if len(s.left) > 0 {
		var words []string
		for _, w := range s.left {
			words = append(words, w.Raw)
		}
		lines = append(lines, "unprocessed options: "+wordList(words))
	}
	if len(s.rest) > 0 {
		lines = append(lines, "unprocessed values: "+wordList(s.rest))
	}
	return lines
}

// wordList looks like JSON with a blank after each comma.
func wordList(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(w)+`"`)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// report prints an error and unprocessed words as spec/cli.md 7.1 orders them,
// and returns the exit status.
func (s *session) report(err error, unprocessed []string) int {
	status := Failed
	if err != nil {
		f := wire.ToFailure(err)
		label := f.Label
		if label == string(failure.Other) {
			label = fmt.Sprintf("Other(%s)", f.Kind)
		}
		s.printError(label + ": " + f.Message)
		if slices.Contains([]string{string(failure.Argument), string(failure.Tool)}, f.Label) {
			fmt.Fprintln(s.Err, "Use option -h to get help.")
		}
		for _, hint := range f.Hints {
			fmt.Fprintln(s.Err, "HINT: "+s.maskText(hint))
		}
		if f.Label == string(failure.Interruption) {
			status = Interrupted
		}
	}
	for _, line := range unprocessed {
		s.printError("Argument: " + line)
	}
	if err != nil {
		if label := wire.ToFailure(err).Label; label == string(failure.Other) || label == string(failure.Interruption) {
			if s.logLevel.Level() > slog.LevelDebug {
				fmt.Fprintln(s.Err, "Use --log-level=debug to get more details.")
			}
		}
	}
	return status
}

func (s *session) printError(text string) {
	word := "ERROR:"
	if s.ErrTerminal {
		word = "\x1b[41;37;5mERROR:\x1b[0m"
	}
	fmt.Fprintln(s.Err, word, s.maskText(text))
}

// earlyOptions applies the log level before anything else, so that the start
// can be traced, and prints the version as soon as it is asked for.
func (s *session) earlyOptions() error {
	for _, w := range s.words.Options {
		if name, ok := strings.CutPrefix(w.Raw, "--log-level="); ok {
			if !slices.Contains(sdk.LevelNames(), name) {
				fmt.Fprintf(s.Err, "Error: log level %q is none of %s\n", name, strings.Join(sdk.LevelNames(), " "))
				continue
			}
			s.logLevel.Set(sdk.ParseLevel(name))
		}
	}
	globals := options.Globals()
	given, left, err := grammar.Match(s.words.Options, flags(globals))
	if err != nil {
		return err
	}
	s.given, s.left = given, left
	if slices.ContainsFunc(given, func(g grammar.Given) bool { return g.Name == "version" }) {
		fmt.Fprintln(s.Out, s.Version)
		return errDone
	}
	return nil
}

func (s *session) asksHelp() bool {
	first := ""
	if len(s.words.Positional) > 0 {
		first = s.words.Positional[0]
	}
	return first == "help" || slices.ContainsFunc(s.given, func(g grammar.Given) bool { return g.Name == "help" })
}

func flags(definitions []options.Definition) []grammar.Flag {
	list := make([]grammar.Flag, len(definitions))
	for i, d := range definitions {
		list[i] = grammar.Flag{Name: d.Name, Short: d.Short, Switch: d.Switch}
	}
	return list
}
