package output

import (
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// health prints the result of a health command for Nagios (spec/cli.md 10.11):
// one line, and the state as exit status. It ignores option display.
type health struct {
	printer *Printer
	checks  []check
}

// check is a row of a health command.
type check struct {
	state              state
	component, message string
}

// state is the state of a component; its value is the exit status.
type state int

const (
	stateOK state = iota
	stateWarning
	stateCritical
	stateUnknown
	stateDependent
)

func stateNamed(name string) (state, bool) {
	i := slices.Index([]string{"ok", "warning", "critical", "unknown", "dependent"}, name)
	return state(i), i >= 0
}

func (s state) String() string {
	return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN", "DEPENDENT"}[s]
}

// rank orders states, the gravest first. The original puts warning before
// critical, so that a warning hides a failure: its order is not kept.
func (s state) rank() int {
	switch s {
	case stateCritical:
		return 0
	case stateOK:
		return 9
	}
	return int(s)
}

func (h *health) add(v any) error {
	o, ok := v.(*record.Object)
	if !ok {
		return errNotHealth()
	}
	for _, column := range []string{"status", "component", "message"} {
		if !o.Has(column) {
			return errNotHealth()
		}
	}
	s, ok := stateNamed(o.Text("status"))
	if !ok {
		return failure.Argumentf("unknown health status: %s", o.Text("status"))
	}
	message, _ := o.Get("message")
	h.checks = append(h.checks, check{s, o.Text("component"), strings.ReplaceAll(inspect.Plain(message), "\n", " ")})
	return nil
}

func (h *health) close() error {
	if len(h.checks) == 0 {
		return errNotHealth()
	}
	isOK := func(c check) bool { return c.state == stateOK }
	if !slices.ContainsFunc(h.checks, func(c check) bool { return !isOK(c) }) {
		isOK = func(check) bool { return false }
	}
	h.checks = slices.DeleteFunc(h.checks, isOK)
	slices.SortStableFunc(h.checks, func(a, b check) int { return a.state.rank() - b.state.rank() })
	worst := h.checks[0].state
	h.printer.status = int(worst)
	h.printer.w.WriteString(worst.String() + " - [" + h.printer.clean(h.summary()) + "]\n")
	return nil
}

// summary groups the messages by component.
func (h *health) summary() string {
	var components []string
	messages := map[string][]string{}
	for _, c := range h.checks {
		if messages[c.component] == nil {
			components = append(components, c.component)
		}
		messages[c.component] = append(messages[c.component], c.message)
	}
	for i, name := range components {
		components[i] = name + ":" + strings.Join(messages[name], ",")
	}
	return strings.Join(components, ", ")
}

func errNotHealth() error {
	return failure.Argumentf("format nagios shows health commands only: use another format for this result")
}
