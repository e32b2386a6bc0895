package ruby

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

const (
	// maxDepth bounds how deep evaluation, calls and values may be nested.
	maxDepth = 10_000
	// bytesPerStep of new text cost one step: this bounds memory as well.
	bytesPerStep = 32
	// stepsPerCheck is how often the context is looked at.
	stepsPerCheck = 1 << 12
)

// machine is one evaluation: what it may still spend and what it has produced.
type machine struct {
	ctx     context.Context
	world   *Interpreter
	steps   int
	checkAt int
	depth   int
	match   *MatchData
	// rendered is the text of a template so far.
	rendered strings.Builder
	// lock guards the variables that the lambdas of one source text share.
	lock *sync.Mutex
}

func (i *Interpreter) machine(ctx context.Context) *machine {
	return &machine{ctx: ctx, world: i, steps: i.env.MaxSteps, checkAt: i.env.MaxSteps}
}

// guard turns the panics by which evaluation fails into an error.
func (m *machine) guard(run func()) (err error) {
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case *Error:
			err = failed.labelled()
		case stopped:
			err = fmt.Errorf("evaluation of the expression stopped: %w", failed.cause)
		case *jump:
			line, column := failed.at.lineAndColumn()
			e := &Error{Kind: "LocalJumpError", Message: "unexpected return or break", Line: line, Column: column}
			err = e.labelled()
		default:
			panic(failed)
		}
	}()
	run()
	return nil
}

// stopped ends an evaluation whose context has ended.
type stopped struct{ cause error }

// spend pays for work. It ends the evaluation at the limit, or when the
// context has ended.
func (m *machine) spend(steps int) {
	if m.steps -= steps; m.steps < m.checkAt || steps < 0 {
		m.check(steps < 0)
	}
}

func (m *machine) check(overflow bool) {
	if err := m.ctx.Err(); err != nil {
		panic(stopped{err})
	}
	if m.steps < 0 || overflow {
		place{}.fail(limitError, "the expression does too much: stopped after %d steps", m.world.env.MaxSteps)
	}
	m.checkAt = max(0, m.steps-stepsPerCheck)
}

// spendBytes pays for new text.
func (m *machine) spendBytes(size int) { m.spend(size/bytesPerStep + 1) }

// spendProduct pays for a text of the given size that is made several times.
func (m *machine) spendProduct(size, times int) {
	if size > 0 && times > m.steps*bytesPerStep/size {
		m.spend(m.steps + 1)
	}
	m.spendBytes(size * times)
}

// enter is for what calls itself; leave ends it.
func (m *machine) enter() {
	m.spend(1)
	if m.depth++; m.depth > maxDepth {
		place{}.fail(limitError, "stack level too deep")
	}
}

func (m *machine) leave() { m.depth-- }

func (m *machine) eval(n node, f *frame) any {
	m.enter()
	v := n.eval(m, f)
	m.depth--
	return v
}

// catch runs what a jump to target ends.
func (m *machine) catch(target any, run func() any) (result any) {
	depth := m.depth
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case *jump:
			if failed.target != target {
				panic(failed)
			}
			m.depth, result = depth, failed.value
		default:
			panic(failed)
		}
	}()
	return run()
}
