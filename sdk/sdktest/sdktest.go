// Package sdktest runs commands of a plugin in the test's own process, against
// a host that the test describes.
//
//	out := sdktest.Run(t, hello.Plugin(), "greet", map[string]any{"name": "Ann"}, nil, sdktest.Host{})
//	if out.Err != nil || out.JSON() != `["Hello Ann"]` {
//		t.Errorf("got %s, %v", out.JSON(), out.Err)
//	}
//
// Values are those of a record ([record.Of] is applied), *regexp.Regexp or
// *lambda.Func.
// Defaults of options, mandatory arguments and types are checked as the real
// host does, so that a test cannot pass what a user could not.
package sdktest

import (
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
)

// Outcome is all that a command did, as its host saw it.
type Outcome struct {
	sdk.Header
	// Records came before Err, which ends a command.
	Records []any
	Err     error
	// Messages are those besides the result.
	Messages []Message
	// Transfers are those that the command asked for.
	Transfers []Transfer
	// Syncs are those that it asked of async.
	Syncs []sdk.Sync
	// Opened are the URLs and files that the user was shown.
	Opened []string
	// Presets are those that the command stored, by name.
	Presets map[string]*record.Object
	// State is what is kept for later runs, by the parts of its id joined with "/".
	State map[string][]byte
	// Log holds what the command logged, level and text a line.
	Log string
}

// JSON returns the records as a JSON array.
func (o *Outcome) JSON() string { return string(record.JSON(record.Of(slices.Clone(o.Records)))) }

// Run executes the command that words name, e.g. "access_keys do browse", with
// positional arguments and options by name.
func Run(t testing.TB, plugin *sdk.Plugin, words string, args, options map[string]any, host Host) *Outcome {
	t.Helper()
	manifest, err := plugin.Manifest()
	if err != nil {
		t.Fatalf("the plugin is declared wrongly: %v", err)
	}
	command := strings.Fields(words)
	declared := find(t, plugin, command)
	out := &Outcome{State: maps.Clone(host.State)}
	if out.State == nil {
		out.State = map[string][]byte{}
	}
	var log strings.Builder
	inv := &sdk.Invocation{
		Command: command,
		Args:    checkArguments(t, declared, args),
		Options: checkOptions(t, plugin, options),
		Host:    &fakeHost{Host: host, out: out},
		Log:     slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: host.LogLevel, ReplaceAttr: plain})),
		Home:    t.TempDir(), TempFolder: t.TempDir(), HostVersion: manifest.Version,
	}
	out.Err = sdk.Execute(t.Context(), plugin, inv, out)
	out.Log = log.String()
	return out
}

// Begin and Record make an Outcome the sink of its own command.
func (o *Outcome) Begin(h sdk.Header) error {
	o.Header = h
	return nil
}

// Record keeps a value of the result.
func (o *Outcome) Record(v any) error {
	o.Records = append(o.Records, v)
	return nil
}

// plain drops the time from log lines.
func plain(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// find returns the arguments of a command and of the words before it.
func find(t testing.TB, plugin *sdk.Plugin, words []string) []sdk.Arg {
	t.Helper()
	var args []sdk.Arg
	commands := slices.Clone(plugin.Commands)
	for _, m := range plugin.Mounts {
		commands = append(commands, m.Commands...)
	}
	for _, word := range words {
		at := slices.IndexFunc(commands, func(c sdk.Command) bool { return c.Name == word })
		if at < 0 {
			t.Fatalf("%s has no command %q", plugin.Name, words)
		}
		args = append(args, commands[at].Args...)
		commands = commands[at].Commands
	}
	if len(commands) > 0 {
		t.Fatalf("%q needs another word", words)
	}
	return args
}

func checkArguments(t testing.TB, declared []sdk.Arg, given map[string]any) map[string]any {
	t.Helper()
	values := map[string]any{}
	for name, v := range given {
		at := slices.IndexFunc(declared, func(a sdk.Arg) bool { return a.Name == name })
		if at < 0 {
			t.Fatalf("the command has no argument %s", name)
		}
		values[name] = value(v)
		if a := declared[at]; !a.Multiple && !a.Sources {
			checkType(t, "argument "+name, a.Types, values[name])
		}
	}
	for _, a := range declared {
		if _, ok := values[a.Name]; !ok && !a.Optional && !a.Sources {
			t.Fatalf("argument %s is missing", a.Name)
		}
	}
	return values
}

// checkOptions fills in defaults. Options that the plugin does not declare are
// those of the host, such as query or bulk.
func checkOptions(t testing.TB, plugin *sdk.Plugin, given map[string]any) map[string]any {
	t.Helper()
	values := map[string]any{}
	for _, o := range plugin.Options {
		if o.Default != nil {
			values[o.Name] = record.Clone(value(o.Default))
		}
	}
	for name, v := range given {
		values[name] = value(v)
		at := slices.IndexFunc(plugin.Options, func(o sdk.Option) bool { return o.Name == name })
		if at >= 0 {
			checkType(t, "option "+name, plugin.Options[at].Types, values[name])
		}
	}
	for _, o := range plugin.Options {
		if o.Mandatory && values[o.Name] == nil {
			t.Fatalf("option %s is mandatory", o.Name)
		}
	}
	return values
}

func value(v any) any {
	switch v.(type) {
	case *regexp.Regexp, *lambda.Func:
		return v
	}
	return record.Of(v)
}

func checkType(t testing.TB, what string, types []sdk.Type, v any) {
	t.Helper()
	if v == nil || slices.Contains(types, sdk.Any) {
		return
	}
	if len(types) == 0 {
		types = []sdk.Type{sdk.String}
	}
	name := record.TypeName(v)
	fits := map[sdk.Type]bool{
		sdk.String: name == "String", sdk.Enum: name == "String",
		sdk.Integer: name == "Integer", sdk.Float: name == "Float" || name == "Integer",
		sdk.Boolean: name == "TrueClass" || name == "FalseClass",
		sdk.Hash:    name == "Hash", sdk.Array: name == "Array", sdk.Regexp: name == "*regexp.Regexp",
		sdk.Proc: name == "*lambda.Func",
	}
	if !slices.ContainsFunc(types, func(t sdk.Type) bool { return fits[t] }) {
		t.Fatalf("%s is a %s, which its declaration does not accept", what, name)
	}
}
