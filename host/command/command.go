// Package command is the life of a command: words are resolved, options and
// arguments evaluated, the plugin runs, its result is printed.
package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/interrupt"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/terminal"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/secret"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Exit statuses of the program.
const (
	Success     = 0
	Failed      = 1
	Interrupted = interrupt.Status
)

// Surroundings are what a process gives to a command.
type Surroundings struct {
	In       io.Reader
	Out, Err io.Writer
	// OutTerminal, ErrTerminal and InTerminal tell what the streams are.
	OutTerminal, ErrTerminal, InTerminal bool
	// ReadHidden reads a line from the terminal without echo; it calls ask once
	// nothing is echoed.
	ReadHidden func(ask func()) (string, error)
	Environ    []string
	// Executable is the path of this program: plugins are found beside it.
	Executable string
	// Version is the version of this program.
	Version string
	// ReleaseURL is where the newest release is described; "" for this
	// program's own releases.
	ReleaseURL string
	// Syslog is the network and address of the system log, as net.Dial takes
	// them; empty for that of this machine.
	Syslog [2]string
	// Released is the day of the release, YYYY-MM-DD.
	Released string
	// Size tells the rows and columns of the terminal, and its width and height
	// in pixels, 0 where it does not know.
	Size func() (rows, columns, width, height int)
	// Attributes asks the terminal what it can do: its answer to ESC [ c, or "".
	Attributes func() string
}

// Run executes a command line, without the program's name, and returns the
// exit status of the process.
func Run(ctx context.Context, args []string, around Surroundings) int {
	s := newSession(args, around)
	defer s.close()
	err := s.run(ctx)
	if isBrokenPipe(err) {
		return Failed
	}
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

	// lines is standard input, for prompts and decoders alike.
	lines *bufio.Reader

	// screen is standard error when it is a terminal, else nil.
	screen *screen
	// mask hides the secrets that are known; logs of plugins pass through it at any time.
	mask atomic.Pointer[secret.Masker]
	journal
	world
	exitStatus int
	// stopped is the status of a command that only ends when it is interrupted.
	stopped string
}

func newSession(args []string, around Surroundings) *session {
	screen := newScreen(around)
	if screen != nil {
		around.Err = screen
	}
	s := &session{
		Surroundings: around, screen: screen, words: grammar.Split(args), lines: bufio.NewReader(around.In),
	}
	s.mask.Store(secret.NewMasker())
	s.journal = newJournal(around, s.maskText)
	s.rest = s.words.Positional
	s.web = &web{session: s}
	return s
}

// maskText hides the secrets that are known by now.
func (s *session) maskText(text string) string { return s.mask.Load().Mask(text) }

// complaint is a text for standard error: without secrets, and without what would
// steer a terminal, since servers and plugins have a say in it.
func (s *session) complaint(text string) string {
	text = s.maskText(text)
	if s.ErrTerminal {
		return terminal.Harmless(text)
	}
	return text
}

func (s *session) run(ctx context.Context) (err error) {
	defer s.explainPanic(&err)
	err = s.showSchema(ctx, s.steps(ctx))
	if errors.Is(err, errDone) || errors.Is(err, errHelped) {
		s.left, s.rest = nil, nil
	}
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// explainPanic turns a defect of this program into an error that says what to do.
// Where it happened is in the log of level debug.
func (s *session) explainPanic(err *error) {
	defect := recover()
	if defect == nil {
		return
	}
	s.log.Debug(fmt.Sprintf("panic: %v\n%s", defect, debug.Stack()))
	*err = failure.Otherf("InternalError", "%v", defect).
		Hint("this is a defect of ascli: please report the command and what it prints with --log-level=debug")
}

// steps follow the order of evaluation of spec/cli.md 1.4.
func (s *session) steps(ctx context.Context) (err error) {
	if err := s.earlyOptions(); err != nil {
		return err
	}
	if err := s.configure(ctx); err != nil {
		return err
	}
	if s.typed("bash_comp") {
		return s.showPluginNames(ctx)
	}
	named := len(s.words.Positional) > 0
	if !named && s.typed("help") {
		return s.fullHelp(ctx)
	}
	var plugin *plugin
	if named || !s.typed("show_config") {
		if plugin, err = s.preparePlugin(ctx); err != nil {
			return err
		}
	}
	// From here on there is an output file, also for a command that fails.
	if s.display, err = s.openDisplay(ctx); err != nil {
		s.display = nil
		return err
	}
	defer func() {
		if closeErr := s.display.close(); err == nil {
			err = closeErr
		}
	}()
	if s.typed("show_config") {
		return s.showConfig(ctx)
	}
	return s.showSchema(ctx, s.exclusively(ctx, plugin))
}

// exclusively runs the command while nobody else holds its port.
func (s *session) exclusively(ctx context.Context, plugin *plugin) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	if release == nil {
		return errDone
	}
	defer release()
	if err := s.forgetOldTokens(ctx); err != nil {
		return err
	}
	tellVersion, err := s.checkVersion(ctx)
	if err != nil {
		return err
	}
	defer tellVersion()
	inv, err := s.invocation(ctx, plugin.manifest)
	if err != nil {
		return err
	}
	return s.execute(ctx, plugin, inv)
}

// preparePlugin finds the plugin that the first word names and makes its
// options known.
func (s *session) preparePlugin(ctx context.Context) (*plugin, error) {
	plugin, err := s.choosePlugin(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.pluginOptions(ctx, plugin.manifest); err != nil {
		return nil, err
	}
	if s.typed("help") {
		return nil, s.pluginHelp(plugin.manifest)
	}
	return plugin, nil
}

// execute runs the command. What it gave before an error is shown.
func (s *session) execute(ctx context.Context, plugin *plugin, inv *sdk.Invocation) error {
	err := plugin.run(ctx, inv, s.display)
	if err != nil && ctx.Err() != nil && s.stopped != "" {
		err = sdk.Status(s.stopped).Feed(context.WithoutCancel(ctx), s.display)
	}
	if endErr := s.display.end(); err == nil {
		err = endErr
	}
	if err == nil {
		err = s.saveConfig(ctx)
	}
	if s.saved {
		// The result is shown by now; a failure here would not change it.
		_ = s.display.message("Saving config file.", false)
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
	if errors.Is(err, errHelped) {
		err = nil
	}
	f := wire.ToFailure(err)
	label := failure.Label(f.GetLabel())
	if err != nil {
		s.printFailure(label, f)
	}
	for _, line := range unprocessed {
		s.printError("Argument: " + line)
	}
	if (label == failure.Other || label == failure.Interruption) && s.logLevel.Level() > slog.LevelDebug {
		fmt.Fprintln(s.Err, "Use --log-level=debug to get more details.")
	}
	if label == failure.Interruption {
		return Interrupted
	}
	return Failed
}

// printFailure prints an error and what to do about it.
func (s *session) printFailure(label failure.Label, f *ascliv1.Failure) {
	shown := string(label)
	if label == failure.Other {
		shown = fmt.Sprintf("Other(%s)", f.Kind)
	}
	s.printError(shown + ": " + f.Message)
	if label == failure.Argument || label == failure.Tool {
		fmt.Fprintln(s.Err, "Use option -h to get help.")
	}
	for _, hint := range append(f.Hints, failure.Advice(label, f.Message)...) {
		fmt.Fprintln(s.Err, "HINT: "+s.complaint(hint))
	}
}

func (s *session) printError(text string) {
	word := "ERROR:"
	if s.ErrTerminal {
		word = "\x1b[41;37;5mERROR:\x1b[0m"
	}
	fmt.Fprintln(s.Err, word, s.complaint(text))
}

// typed tells whether an option stands on the command line.
func (s *session) typed(name string) bool {
	return slices.ContainsFunc(s.given, func(g grammar.Given) bool { return g.Name == name })
}

func flags(definitions []options.Definition) []grammar.Flag {
	list := make([]grammar.Flag, len(definitions))
	for i, d := range definitions {
		list[i] = grammar.Flag{Name: d.Name, Short: d.Short, Switch: d.Switch}
	}
	return list
}
