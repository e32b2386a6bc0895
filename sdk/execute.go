package sdk

import (
	"context"
	"slices"

	"github.com/ascli-go/ascli/sdk/record"
)

// Sink receives a result as a command produces it.
type Sink interface {
	Begin(h Header) error
	Record(v any) error
}

// Header announces a result; its fields are those of [Result].
type Header struct {
	Kind        ResultKind
	Columns     []string
	ValueColumn string
	Total       *int64
	Secrets     []string
}

// Execute runs the command that inv names and feeds its result to sink. The
// error is the command's own, or the sink's.
func Execute(ctx context.Context, p *Plugin, inv *Invocation, sink Sink) error {
	command := p.lookup(inv.Command)
	if command == nil {
		return unknownCommand(inv.Command)
	}
	inv.columns = command.Columns
	result, err := command.Run(ctx, inv)
	if err != nil {
		return err
	}
	if len(result.Columns) == 0 && result.Kind == command.Result {
		result.Columns = command.Columns
	}
	return result.feed(ctx, sink, inv.Shown.pick(result.Columns))
}

// Feed gives the result to a sink. The error is that of the records, or the
// sink's.
func (r *Result) Feed(ctx context.Context, sink Sink) error {
	return r.feed(ctx, sink, func(o *record.Object) *record.Object { return o })
}

// feed gives a sink what pick leaves of the records of a list.
func (r *Result) feed(ctx context.Context, sink Sink, pick func(*record.Object) *record.Object) error {
	header := Header{r.Kind, r.Columns, r.ValueColumn, r.Total, r.Secrets}
	begun := false
	for v, err := range r.Records {
		// A list that fails before its first record is no empty list.
		if err == nil && !begun {
			begun = true
			err = sink.Begin(header)
		}
		if err != nil {
			return err
		}
		if o, isObject := v.(*record.Object); isObject && r.Kind == ResultList {
			v = pick(o)
		}
		if err := sink.Record(v); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if !begun {
		return sink.Begin(header)
	}
	return nil
}

// lookup finds the leaf that the words name.
func (p *Plugin) lookup(words []string) *Command {
	commands := slices.Clone(p.Commands)
	for _, m := range p.Mounts {
		commands = append(commands, m.Commands...)
	}
	for i, word := range words {
		at := slices.IndexFunc(commands, func(c Command) bool { return c.Name == word })
		if at < 0 {
			return nil
		}
		if i == len(words)-1 && commands[at].Run != nil {
			return &commands[at]
		}
		commands = commands[at].Commands
	}
	return nil
}
