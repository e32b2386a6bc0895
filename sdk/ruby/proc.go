package ruby

import (
	"context"
	"sync"
)

// Proc is a lambda or proc that the user wrote.
//
// Its methods may be called from several goroutines. Calls of lambdas that use
// variables from around them take turns, as they may change these, whatever
// their contexts say; others run side by side.
type Proc struct {
	closure *closure
	world   *Interpreter
	lock    *sync.Mutex
}

// Call calls the Proc. Arguments are what package record holds or makes a value
// of, or a [time.Time]; an object is seen as a Hash with String keys, and is not
// changed. The result and the errors are those of [Interpreter.Evaluate].
func (p *Proc) Call(ctx context.Context, args ...any) (result any, err error) {
	err = p.run(ctx, args, func(m *machine, v any) { result = m.export(v) })
	return result, err
}

// True calls the Proc with one argument and tells whether the result is true:
// all but nil and false.
func (p *Proc) True(ctx context.Context, arg any) (yes bool, err error) {
	err = p.run(ctx, []any{arg}, func(_ *machine, v any) { yes = truth(v) })
	return yes, err
}

func (p *Proc) run(ctx context.Context, args []any, use func(m *machine, v any)) error {
	if p.closure.shares() {
		p.lock.Lock()
		defer p.lock.Unlock()
	}
	m := p.world.machine(ctx)
	m.lock = p.lock
	return m.guard(func() {
		values := make([]any, len(args))
		for i, arg := range args {
			values[i] = m.imported(arg)
		}
		at := place{}
		if p.closure.literal != nil {
			at = p.closure.literal.at
		}
		use(m, m.invoke(at, p.closure, values))
	})
}

// shares tells whether a call may see variables from around the block.
func (c *closure) shares() bool { return c.literal == nil || len(c.literal.scope.captures) > 0 }

// Arity returns the number of arguments that the Proc takes; -n-1 when n are
// mandatory and others are not.
func (p *Proc) Arity() int { return p.closure.arity() }

// SourceText returns an expression that evaluates to an equal Proc, in another
// process too: the Proc's own text, with the values that the variables it uses
// have now. A Proc that uses what cannot be written so is an error.
func (p *Proc) SourceText() (text string, err error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	m := p.world.machine(context.Background())
	err = m.guard(func() { text = (&writer{machine: m}).proc(p.closure) })
	return text, err
}
