package command

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/mitchellh/go-wordwrap"

	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// showSchema shows what a Hash may hold when its value was `help`; err is
// returned when it is about anything else (spec/cli.md 1.10).
func (s *session) showSchema(ctx context.Context, err error) error {
	var asked *options.SchemaHelp
	if !errors.As(err, &asked) {
		return err
	}
	if err := s.schemaDisplay(ctx); err != nil {
		return err
	}
	if len(asked.Fields) == 0 {
		s.log.Warn("Sorry, no schema provided yet. Please refer to the manual or API.")
		return errHelped
	}
	s.log.Info("Schema: " + asked.Target)
	fields := slices.SortedFunc(slices.Values(asked.Fields), func(a, b sdk.Field) int { return cmp.Compare(a.Name, b.Name) })
	if err := s.display.Begin(sdk.Header{Kind: sdk.ResultList, Columns: []string{"name", "type", "description"}}); err != nil {
		return err
	}
	for _, f := range fields {
		row := record.New("name", f.Name, "type", f.Type, "description", wordwrap.WrapString(f.Description, schemaWidth))
		if err := s.display.Record(row); err != nil {
			return err
		}
	}
	if err := s.display.end(); err != nil {
		return err
	}
	return errHelped
}

// schemaDisplay makes a display with default settings when the question was
// about an option that a display needs itself.
func (s *session) schemaDisplay(ctx context.Context) (err error) {
	if s.display != nil {
		return nil
	}
	settings := output.Settings{Format: "table", Display: "info", MultiSingle: "no", FlatHash: true}
	s.display = &display{out: bufio.NewWriter(s.Out)}
	s.display.printer, err = output.New(ctx, s.display.out, settings)
	return err
}

// schemaWidth is where lines of descriptions wrap, in columns.
const schemaWidth = 120

// errHelped ends a command that only showed a schema: status 1, no message.
var errHelped = errors.New("schema shown")
