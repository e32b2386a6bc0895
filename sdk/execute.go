package sdk

import (
	"context"
	"slices"
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
	result, err := command.Run(ctx, inv)
	if err != nil {
		return err
	}
	if len(result.Columns) == 0 && result.Kind == command.Result {
		result.Columns = command.Columns
	}
	return result.Feed(ctx, sink)
}

// Feed gives the result to a sink. The error is that of the records, or the
// sink's.
func (r *Result) Feed(ctx context.Context, sink Sink) error {
	header := Header{r.Kind, r.Columns, r.ValueColumn, r.Total, r.Secrets}
	if err := sink.Begin(header); err != nil {
		return err
	}
	for v, err := range r.Records {
		if err != nil {
			return err
		}
		if err := sink.Record(v); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
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
