package command

import (
	"context"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/ruby"
)

// interpreter evaluates what users write in Ruby's syntax.
func (s *session) interpreter() *ruby.Interpreter {
	if s.ruby == nil {
		s.ruby = ruby.New(ruby.Env{
			LookupEnv: s.lookup, Environ: s.Environ, Stdin: s.lines, Stdout: s.Out, Stderr: s.Err,
			Home: s.userHome, Log: s.log, YAML: yaml11.Text{},
		})
	}
	return s.ruby
}

// evaluateRuby is decoder @ruby:.
func (s *session) evaluateRuby(ctx context.Context, code string) (any, error) {
	return lambda.EvaluateRuby(ctx, s.interpreter(), code)
}
