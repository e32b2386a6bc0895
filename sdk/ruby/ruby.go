package ruby

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// DefaultMaxSteps is the limit on the work of one evaluation. A step is one
// node of the expression, one item of a list that is walked, or 32 bytes of new text.
const DefaultMaxSteps = 10_000_000

// Env is the world that expressions see. Every field may be left out.
type Env struct {
	// LookupEnv gives an environment variable (ENV). Nil: there are none.
	LookupEnv func(name string) (string, bool)
	// Environ lists the environment as NAME=value, for ENV.to_h.
	Environ []string
	// Stdin is what gets and $stdin read. Nil: empty. A read that waits for
	// input is not stopped by the context.
	Stdin io.Reader
	// Stdout takes what puts, print and p write, Stderr what $stderr.puts
	// writes. Nil: nowhere.
	Stdout, Stderr io.Writer
	// Home is what a leading "~" of a path stands for.
	Home string
	// Folder is where relative paths start; empty means the current folder.
	Folder string
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// Location is the local time zone. Nil: time.Local.
	Location *time.Location
	// Log takes the messages of Log.log. Nil: nowhere.
	Log *slog.Logger
	// YAML reads and writes YAML text. Nil: to_yaml and YAML fail.
	YAML YAML
	// MaxSteps limits one evaluation, one call of a Proc or one rendering.
	// 0: DefaultMaxSteps.
	MaxSteps int
}

// YAML converts between YAML text and what package record holds.
type YAML interface {
	// Marshal writes a document that begins with "---" and ends with a newline.
	Marshal(value any) ([]byte, error)
	// Unmarshal reads the first document.
	Unmarshal(text []byte) (any, error)
}

// Interpreter evaluates expressions and templates in one world. Its methods
// may be called from any goroutine.
type Interpreter struct {
	env   Env
	stdin struct {
		sync.Mutex
		*bufio.Reader
	}
	output sync.Mutex
	// library is made when the first method is called.
	library func() *library
}

// New returns an interpreter for a world.
func New(env Env) *Interpreter {
	if env.LookupEnv == nil {
		env.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if env.Stdin == nil {
		env.Stdin = strings.NewReader("")
	}
	if env.Stdout == nil {
		env.Stdout = io.Discard
	}
	if env.Stderr == nil {
		env.Stderr = io.Discard
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Location == nil {
		env.Location = time.Local
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	if env.MaxSteps <= 0 {
		env.MaxSteps = DefaultMaxSteps
	}
	i := &Interpreter{env: env, library: sync.OnceValue(newLibrary)}
	i.stdin.Reader = bufio.NewReader(env.Stdin)
	return i
}

// Evaluate returns the value of an expression, or of the last one of several:
// what package record holds, a *[regexp.Regexp] or a [*Proc]. Symbols, times and
// dates become texts; keys of hashes that are neither String nor Symbol become
// their inspected text. Inside an Array or Hash a Regexp becomes its text, and
// a Proc is an error.
//
// The error is a failure with label Other whose cause is an [*Error], or the
// context's error.
func (i *Interpreter) Evaluate(ctx context.Context, source string) (result any, err error) {
	m := i.machine(ctx)
	err = m.guard(func() {
		program := parse(source)
		m.lock = &sync.Mutex{}
		result = m.export(m.eval(program.body, program.frame()))
	})
	return result, err
}

// Render fills an ERB template (spec/cli.md 4.7). The variables, values of
// package record, are the local variables of its code.
func (i *Interpreter) Render(ctx context.Context, template string, variables map[string]any) (text string, err error) {
	names := slices.Sorted(maps.Keys(variables))
	m := i.machine(ctx)
	err = m.guard(func() {
		program := parseTemplate(template, names)
		f := program.frame()
		for slot, name := range names {
			f.vars[slot] = m.imported(record.Of(variables[name]))
		}
		m.eval(program.body, f)
		text = m.rendered.String()
	})
	return text, err
}
