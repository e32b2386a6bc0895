// Package lambda is about functions that users write as values: `@ruby:->(f){...}`
// and `@expr:...`. They filter rows, choose columns and select files. A lambda
// travels between processes as its source text.
package lambda

import (
	"context"
	"fmt"
)

// Language is what the source text of a lambda is written in.
type Language string

// The languages: the documented subset of Ruby (spec/cli.md 4.6), and
// expr-lang.org.
const (
	Ruby Language = "ruby"
	Expr Language = "expr"
)

// Func is a function of the user's. It may be called from several goroutines.
type Func struct {
	language Language
	source   string
	call     func(ctx context.Context, args []any) (any, error)
}

// Compile makes a function of source text. The text needs nothing around it.
func Compile(ctx context.Context, language Language, source string) (*Func, error) {
	switch language {
	case Expr:
		return compileExpr(source)
	case Ruby:
		return compileRuby(ctx, source)
	}
	return nil, fmt.Errorf("lambda in language %q: expecting %s or %s", language, Ruby, Expr)
}

// Call applies the function. Arguments and result are what a record holds.
func (f *Func) Call(ctx context.Context, args ...any) (any, error) { return f.call(ctx, args) }

// True tells whether the function accepts a value: its result is neither null
// nor false.
func (f *Func) True(ctx context.Context, v any) (bool, error) {
	result, err := f.call(ctx, []any{v})
	return result != nil && result != false, err
}

// Language returns the language of the source.
func (f *Func) Language() Language { return f.language }

// Source returns text that [Compile] makes an equal function of.
func (f *Func) Source() string { return f.source }

// String shows a lambda in messages and results.
func (f *Func) String() string { return "<lambda>" }
