package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// compileExpr makes a function of an expression. The fields of an object that
// it is called with are its variables; `it` is the whole argument, `args` all.
func compileExpr(source string) (*Func, error) {
	program, err := program(source)
	if err != nil {
		return nil, err
	}
	return &Func{language: Expr, source: source, call: func(ctx context.Context, args []any) (any, error) {
		return run(ctx, program, variables(args))
	}}, nil
}

// Evaluate computes an expression that is a value by itself.
func Evaluate(ctx context.Context, source string) (any, error) {
	program, err := program(source)
	if err != nil {
		return nil, err
	}
	return run(ctx, program, variables(nil))
}

func program(source string) (*vm.Program, error) {
	p, err := expr.Compile(source, expr.Env(map[string]any{}), expr.AllowUndefinedVariables(), environment(), expr.Patch(fieldsFirst{}))
	if err != nil {
		return nil, failure.Otherf("ExprError", "@expr: %w", err)
	}
	return p, nil
}

// fieldsFirst reads a name that is also one of the language's functions, such as
// type or count, as a field unless it is called.
type fieldsFirst struct{}

func (fieldsFirst) Visit(node *ast.Node) {
	name, ok := (*node).(*ast.IdentifierNode)
	if !ok {
		return
	}
	if _, isFunction := builtin.Index[name.Value]; isFunction {
		ast.Patch(node, &ast.MemberNode{Node: &ast.IdentifierNode{Value: "$env"}, Property: &ast.StringNode{Value: name.Value}})
	}
}

// environment is the function env(name).
func environment() expr.Option {
	return expr.Function("env", func(params ...any) (any, error) {
		if v, ok := os.LookupEnv(params[0].(string)); ok {
			return v, nil
		}
		return nil, nil
	}, new(func(string) any))
}

func run(ctx context.Context, p *vm.Program, variables map[string]any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, err := expr.Run(p, variables)
	if err != nil {
		return nil, failure.Otherf("ExprError", "@expr: %w", err)
	}
	return result(v), nil
}

func variables(args []any) map[string]any {
	all := map[string]any{}
	plainArgs := make([]any, len(args))
	for i, a := range args {
		plainArgs[i] = plain(a)
	}
	all["args"] = plainArgs
	if len(args) > 0 {
		all["it"] = plainArgs[0]
		if fields, ok := plainArgs[0].(map[string]any); ok {
			maps.Copy(all, fields)
		}
	}
	return all
}

// plain turns what a record holds into what expressions compute with.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return int(i)
		}
		f, _ := v.Float64()
		return f
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case *record.Object:
		fields := make(map[string]any, v.Len())
		for k, x := range v.All() {
			fields[k] = plain(x)
		}
		return fields
	}
	return v
}

// result turns what an expression gives into what a record holds. Times and
// durations become their text.
func result(v any) any {
	if s, ok := v.(fmt.Stringer); ok {
		return s.String()
	}
	return record.Of(v)
}
