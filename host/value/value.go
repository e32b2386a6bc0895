// Package value evaluates what users type: extended values such as
// `@json:@file:x` (spec/cli.md 4), dotted options and `@:` (1.9), and the types
// that options and positional arguments accept (1.3, 1.6, 1.8).
//
// A value is what package record holds, a *regexp.Regexp or a *lambda.Func.
package value

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"

	"github.com/ascli-go/ascli/sdk/failure"
)

// DefaultMaxBytes is how much one value may read when [Env] sets no limit.
const DefaultMaxBytes = 256 << 20

// Env is the world that decoders read from.
type Env struct {
	// LookupEnv gives environment variables (@env:). Nil: none is defined.
	LookupEnv func(name string) (string, bool)
	// Stdin is read to its end by the first @stdin: or @stdbin:. Nil: empty.
	Stdin io.Reader
	// Home is what a leading "~" stands for.
	Home string
	// Folder is where relative paths start; empty means the current folder.
	Folder string
	// HTTP is used by @uri:. Nil: http.DefaultClient.
	HTTP *http.Client
	// Preset gives the value at a dot path of the configuration file, strings
	// not evaluated (@preset:).
	Preset func(path string) (any, error)
	// Vault gives field "name.field" of the secret vault (@vault:).
	Vault func(ctx context.Context, path string) (any, error)
	// Secret asks for a hidden text (@secret:).
	Secret func(ctx context.Context, prompt string) (any, error)
	// Ruby evaluates an expression (@ruby:).
	Ruby func(ctx context.Context, code string) (any, error)
	// Parser is the default decoder where only structures are accepted (spec/cli.md
	// 4.4): "" or "none" for none.
	Parser string
	// Log takes warnings. Nil: none.
	Log *slog.Logger
	// MaxBytes limits what is read from a file, a server or stdin, and what
	// compressed data may grow to. 0 means DefaultMaxBytes.
	MaxBytes int64
}

// Evaluator evaluates extended values. Its methods may be called from any
// goroutine.
type Evaluator struct {
	env   Env
	stdin struct {
		sync.Mutex
		read bool
	}
}

// New returns an evaluator for a world.
func New(env Env) *Evaluator {
	if env.LookupEnv == nil {
		env.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if env.HTTP == nil {
		env.HTTP = http.DefaultClient
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	if env.MaxBytes == 0 {
		env.MaxBytes = DefaultMaxBytes
	}
	return &Evaluator{env: env}
}

// Evaluate returns the value of text. Text without a known decoder in front is
// itself the value. The result is never evaluated again.
func (e *Evaluator) Evaluate(ctx context.Context, text string) (any, error) {
	return (&evaluation{Evaluator: e}).value(ctx, text)
}

// EvaluateFor is Evaluate for a target that accepts certain types: an
// expression (@expr:) is a function where one is accepted, its result elsewhere.
func (e *Evaluator) EvaluateFor(ctx context.Context, text string, accepted ...Type) (any, error) {
	text = withParser(text, e.env.Parser, accepted)
	return (&evaluation{Evaluator: e, wantsProc: slices.Contains(accepted, Proc)}).value(ctx, text)
}

// UseParser sets the decoder for values without one where only structures are
// accepted: the option `parser`.
func (e *Evaluator) UseParser(parser string) { e.env.Parser = parser }

// evaluation is one call of Evaluate.
type evaluation struct {
	*Evaluator
	// wantsProc tells that the target accepts functions.
	wantsProc bool
	// presets are the paths being evaluated, outermost first.
	presets []string
}

func (v *evaluation) value(ctx context.Context, text string) (any, error) {
	if _, collects := CollectMarker(text); collects {
		return nil, failure.Argumentf("@: takes the words after it: it can only be a positional argument")
	}
	names, rest := peel(text)
	var result any = rest
	for _, name := range slices.Backward(names) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if result, err = v.decode(ctx, name, result); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// nested evaluates text met while evaluating preset path.
func (v *evaluation) nested(ctx context.Context, path, text string) (any, error) {
	inner := &evaluation{Evaluator: v.Evaluator, presets: append(slices.Clone(v.presets), path)}
	return inner.value(ctx, text)
}
