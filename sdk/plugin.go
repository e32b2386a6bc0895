// Package sdk is what the author of an ascli plugin imports: a plugin is
// declared as data, each command beside its handler, and served with [Serve].
//
//	func main() {
//		sdk.Serve(&sdk.Plugin{
//			Name: "hello",
//			Commands: []sdk.Command{{
//				Name:   "greet",
//				Args:   []sdk.Arg{{Name: "name"}},
//				Result: sdk.ResultText,
//				Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
//					return sdk.Text("Hello " + inv.Text("name")), nil
//				},
//			}},
//		})
//	}
package sdk

import (
	"context"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// Plugin declares a product: what users type under its name.
type Plugin struct {
	// Name is the first word of the commands. Lower case, no blanks.
	Name string
	// Summary is one line for lists of plugins.
	Summary string
	// Version of the plugin. Empty takes the version stamped in the binary.
	Version string
	// Options that every command of the plugin accepts, besides the global ones.
	Options []Option
	// Commands are the words that may follow the name.
	Commands []Command
	// Mounts are commands that users type under the name of another plugin.
	Mounts []Mount
	// Detect, when set, tells whether the product answers at a URL. It returns
	// nil, or the reason as an error, when it does not.
	Detect func(ctx context.Context, url string, inv *Invocation) (*Detection, error)
	// Wizard, when set, makes the options of a preset for a URL.
	Wizard func(ctx context.Context, url string, inv *Invocation) (*Preset, error)
	// Agents, when set, makes the process a transfer plugin.
	Agents Agents
}

// Mount puts commands under another plugin: with Under "config" and a command
// "ascp", users type `ascli config ascp`. No word may also be one of Commands.
type Mount struct {
	Under    string
	Commands []Command
}

// Type is a type of value that an option or argument accepts.
type Type = ascliv1.ValueType

// The types of values. Enum goes with Values; Any accepts every JSON value.
const (
	String  = ascliv1.ValueType_VALUE_TYPE_STRING
	Integer = ascliv1.ValueType_VALUE_TYPE_INTEGER
	Float   = ascliv1.ValueType_VALUE_TYPE_FLOAT
	Boolean = ascliv1.ValueType_VALUE_TYPE_BOOLEAN
	Enum    = ascliv1.ValueType_VALUE_TYPE_ENUM
	Hash    = ascliv1.ValueType_VALUE_TYPE_HASH
	Array   = ascliv1.ValueType_VALUE_TYPE_ARRAY
	Regexp  = ascliv1.ValueType_VALUE_TYPE_REGEXP
	Any     = ascliv1.ValueType_VALUE_TYPE_ANY
	// Proc accepts a function that the user wrote: @ruby: or @expr:.
	Proc = ascliv1.ValueType_VALUE_TYPE_PROC
)

// Option declares `--name=value`.
type Option struct {
	// Name in preset form: words joined by "_".
	Name string
	// Types accepted; none means String.
	Types []Type
	// Values of an Enum.
	Values []string
	// Default is what a record holds, or nil.
	Default any
	Help    string
	// Secret values are hidden everywhere and asked without echo.
	Secret bool
	// Mandatory options are asked for, or missed, before a command starts.
	Mandatory bool
	// Cumulative options given several times add up: a Hash is deep-merged, an
	// Array appended.
	Cumulative bool
	// Since is the version of the original that introduced the option.
	Since string
	// Schema describes the keys of a Hash. Users see it with the value `help`.
	Schema []Field
}

// Field describes a key of a Hash.
type Field struct {
	// Name of the key; nested keys are a.b, those of items of an array a[].b.
	Name string
	// Type in JSON's terms, several separated by commas.
	Type string
	// Description holds one idea a line.
	Description string
}

// Command declares a word and what it does. It has either Commands or Run.
type Command struct {
	Name    string
	Aliases []string
	Summary string
	// Args come after the word; with Commands, before the word of the sub-command.
	Args     []Arg
	Commands []Command
	// Result and Columns (the default ones; none means all) describe what Run returns.
	Result  ResultKind
	Columns []string
	Since   string
	// Stopped is the status of a command that only ends when the user stops it:
	// interrupting it is no error then.
	Stopped string
	// Run executes the command. It returns early when ctx is cancelled.
	Run func(ctx context.Context, inv *Invocation) (*Result, error)
}

// Arg declares a positional value.
type Arg struct {
	// Name is unique on one command line; handlers read the value by it.
	Name string
	// Description is what errors and prompts say; empty means Name.
	Description string
	// Types accepted; none means String.
	Types  []Type
	Values []string
	// Optional arguments come last.
	Optional bool
	// Multiple takes all remaining values.
	Multiple bool
	// Sources takes the files of a transfer as options `sources` and `src_type` say.
	Sources bool
	// Schema describes the keys of a Hash. Users see it with the value `help`.
	Schema []Field
	// Identifier names an entity by its identifier or by %field:value; handlers
	// read it with [Invocation.Identifier].
	Identifier bool
}

// Detection is a product found at a URL.
type Detection struct {
	// Application is its full name, e.g. "HSTS Node API".
	Application string
	// URL is the base URL to keep in a preset.
	URL     string
	Version string
}

// Preset is what a wizard proposes to store.
type Preset struct {
	Options []PresetOption
	// TestCommand shows that the preset works, e.g. "info".
	TestCommand string
}

// PresetOption is one option of a preset.
type PresetOption struct {
	Name  string
	Value any
}

// ResultKind says how a result is shown (spec/cli.md 6.1).
type ResultKind = ascliv1.ResultKind

// The kinds of results.
const (
	ResultObject    = ascliv1.ResultKind_RESULT_KIND_OBJECT
	ResultList      = ascliv1.ResultKind_RESULT_KIND_LIST
	ResultValues    = ascliv1.ResultKind_RESULT_KIND_VALUES
	ResultStatus    = ascliv1.ResultKind_RESULT_KIND_STATUS
	ResultText      = ascliv1.ResultKind_RESULT_KIND_TEXT
	ResultEmpty     = ascliv1.ResultKind_RESULT_KIND_EMPTY
	ResultNothing   = ascliv1.ResultKind_RESULT_KIND_NOTHING
	ResultStructure = ascliv1.ResultKind_RESULT_KIND_STRUCTURE
	ResultNull      = ascliv1.ResultKind_RESULT_KIND_NULL
	ResultImage     = ascliv1.ResultKind_RESULT_KIND_IMAGE
	ResultContent   = ascliv1.ResultKind_RESULT_KIND_CONTENT
)
