package lambda

import (
	"context"
	"os"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/ruby"
)

// FromRuby makes a function of an evaluated lambda. It fails when the lambda
// holds on to something that cannot be written as source text.
func FromRuby(p *ruby.Proc) (*Func, error) {
	source, err := p.SourceText()
	if err != nil {
		return nil, err
	}
	return &Func{language: Ruby, source: source, call: func(ctx context.Context, args []any) (any, error) {
		return p.Call(ctx, args...)
	}}, nil
}

// compileRuby makes a function of source text that came from another process:
// it has the same environment and files, but neither input nor output.
func compileRuby(ctx context.Context, source string) (*Func, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		// Only a path that begins with "~" needs it.
		home = ""
	}
	interpreter := ruby.New(ruby.Env{LookupEnv: os.LookupEnv, Environ: os.Environ(), Home: home, Now: time.Now})
	v, err := interpreter.Evaluate(ctx, source)
	if err != nil {
		return nil, err
	}
	p, ok := v.(*ruby.Proc)
	if !ok {
		return nil, failure.Argumentf("%s is no lambda: expecting ->(x){...}", source)
	}
	return FromRuby(p)
}

// EvaluateRuby is decoder @ruby: a Proc becomes a function.
func EvaluateRuby(ctx context.Context, interpreter *ruby.Interpreter, code string) (any, error) {
	v, err := interpreter.Evaluate(ctx, code)
	if p, ok := v.(*ruby.Proc); ok && err == nil {
		return FromRuby(p)
	}
	return v, err
}
