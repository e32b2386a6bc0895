package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Invocation is one run of a command: its evaluated values and its host.
type Invocation struct {
	// Command holds the full words typed, without positional values.
	Command []string
	// Args and Options hold what a record holds, *regexp.Regexp or *lambda.Func.
	// Absent ones are not in the map.
	Args    map[string]any
	Options map[string]any
	Host    Host
	Log     *slog.Logger
	// Home is the main folder, TempFolder where temporary files may go.
	Home, TempFolder string
	// Shown is what the host shows of a list; [Execute] leaves out the rest.
	Shown Shown
	// columns are the default ones of the command.
	columns []string
	// HostVersion is the version of the program that runs the plugin.
	HostVersion string
}

// Arg returns the value of a positional argument; nil when it was not given.
func (inv *Invocation) Arg(name string) any { return inv.Args[name] }

// Text returns an argument as text. A number gives its digits.
func (inv *Invocation) Text(name string) string { return text(inv.Args[name]) }

// Texts returns an argument that takes several values.
func (inv *Invocation) Texts(name string) []string {
	list, _ := inv.Args[name].([]any)
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = text(v)
	}
	return texts
}

// Object returns an argument of type Hash, nil when it was not given.
func (inv *Invocation) Object(name string) *record.Object {
	o, _ := inv.Args[name].(*record.Object)
	return o
}

// Pattern returns an argument of type Regexp, nil when it is not one.
func (inv *Invocation) Pattern(name string) *regexp.Regexp {
	r, _ := inv.Args[name].(*regexp.Regexp)
	return r
}

// Lambda returns an argument of type Proc, nil when it is not one.
func (inv *Invocation) Lambda(name string) *lambda.Func {
	f, _ := inv.Args[name].(*lambda.Func)
	return f
}

// Sources returns an argument declared with Sources.
func (inv *Invocation) Sources(name string) []transfer.Source {
	list, _ := inv.Args[name].([]any)
	var sources []transfer.Source
	for _, v := range list {
		if o, ok := v.(*record.Object); ok {
			sources = append(sources, transfer.Source{Source: o.Text("source"), Destination: o.Text("destination")})
		}
	}
	return sources
}

// Option returns the value of an option; nil when it has none.
func (inv *Invocation) Option(name string) any { return inv.Options[name] }

// OptionText returns an option as text, "" when it has no value.
func (inv *Invocation) OptionText(name string) string { return text(inv.Options[name]) }

// OptionObject returns an option of type Hash, nil when it has no value.
func (inv *Invocation) OptionObject(name string) *record.Object {
	o, _ := inv.Options[name].(*record.Object)
	return o
}

// Flag returns a boolean option, false when it has no value.
func (inv *Invocation) Flag(name string) bool {
	b, _ := inv.Options[name].(bool)
	return b
}

// Require returns an option that the command cannot do without, asking the
// user when it has no value.
func (inv *Invocation) Require(ctx context.Context, name string) (string, error) {
	if v, ok := inv.Options[name]; ok && v != nil {
		return text(v), nil
	}
	v, err := inv.Host.Option(ctx, name)
	if err != nil {
		return "", err
	}
	inv.Options[name] = v
	return text(v), nil
}

// Info shows a line of information besides the result.
func (inv *Invocation) Info(ctx context.Context, format string, args ...any) error {
	return inv.Host.Message(ctx, Information, fmt.Sprintf(format, args...))
}

// Destination returns the folder of a transfer: option to_folder, then
// ts.destination_root, then "/" for a send and "." for a receive
// (spec/transfer.md 2.2).
func (inv *Invocation) Destination(direction transfer.Direction) string {
	return transfer.Destination(inv.OptionText("to_folder"), inv.OptionObject("ts"), direction)
}

// Transfer moves files and returns when they are moved. The result of a
// command that only transfers is [Nothing].
func (inv *Invocation) Transfer(ctx context.Context, spec *record.Object, sources []transfer.Source) (*Result, error) {
	if err := inv.Host.Transfer(ctx, spec, sources, nil); err != nil {
		return nil, err
	}
	return Nothing(), nil
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return string(record.JSON(v))
}

// unknownCommand is the answer to a command that the plugin does not declare.
func unknownCommand(words []string) error {
	return failure.Toolf("plugin does not know the command %q: its manifest is older than the plugin", words)
}
