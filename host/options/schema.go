package options

import (
	"slices"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
)

// helpValue asks what a Hash may hold (spec/cli.md 1.10).
const helpValue = "help"

// SchemaHelp is the error of a value `help` where a Hash is accepted: the user
// wants to know what it may hold.
type SchemaHelp struct {
	// Target names the value: "option: ts", "argument: parameters for create".
	Target string
	// Fields are the keys; none when nobody describes them.
	Fields []sdk.Field
}

func (h *SchemaHelp) Error() string { return "Schema: " + h.Target }

// ArgumentHelp tells whether the word of a positional argument asks for its
// schema.
func ArgumentHelp(declared *ascliv1.Argument, word string) error {
	if word != helpValue || !slices.Contains(declared.Types, sdk.Hash) || slices.Contains(declared.Types, sdk.String) {
		return nil
	}
	return &SchemaHelp{Target: "argument: " + declared.Description, Fields: fields(declared.Schema)}
}

func (d *Definition) helpAsked(g Setting) error {
	if g.Text != helpValue || g.Path != "" || g.Layer != CommandLine || !slices.Contains(d.Types, sdk.Hash) || slices.Contains(d.Types, sdk.String) {
		return nil
	}
	return &SchemaHelp{Target: "option: " + d.Name, Fields: d.Schema}
}
