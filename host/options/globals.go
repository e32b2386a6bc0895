// Package options knows the global options and where the values of options come
// from: defaults, presets, environment and command line, in layers.
package options

import (
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	formats "github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Definition is an option that a command line, preset or environment may set.
type Definition struct {
	sdk.Option
	// Short is the letter after a single dash, or "".
	Short string
	// Switch takes no value.
	Switch bool
	// Shared options are sent to every plugin when they have a value.
	Shared bool
	// Glued values follow the letter without "=": -Pname.
	Glued bool
}

// TypeNames names the accepted types, separated by commas.
func (d Definition) TypeNames() string {
	var names []string
	for _, t := range d.Types {
		switch t {
		case sdk.Boolean:
			names = append(names, "bool")
		case sdk.Enum:
			names = append(names, "enum")
		default:
			names = append(names, string(grammar.ValueTypes([]sdk.Type{t})[0]))
		}
	}
	switch {
	case d.Switch:
		return "switch"
	case len(names) == 0:
		return string(value.String)
	}
	return strings.Join(names, ", ")
}

// Globals returns the options that every command accepts (spec/cli.md 2), in the
// order of the help text.
func Globals() []Definition {
	var all []Definition
	for _, group := range [][]Definition{behaviour(), output(), configuration(), resources(), transfers(), http()} {
		all = append(all, group...)
	}
	return all
}

func behaviour() []Definition {
	return []Definition{
		{Option: boolean("interactive", false, "Ask for missing arguments and mandatory options")},
		{Option: sdk.Option{Name: "help", Help: "Show this help"}, Short: "h", Switch: true},
		{Option: sdk.Option{Name: "show_config", Help: "Show the values of all options instead of running the command"}, Switch: true},
		{Option: sdk.Option{Name: "version", Help: "Show the version"}, Short: "v", Switch: true},
		{Option: enum("log_level", "warn", "Lowest level of log messages", sdk.LevelNames()...)},
		{Option: enum("logger", "stderr", "Where log messages go", "stderr", "stdout")},
		{Option: text("temp_folder", "Folder for temporary files: @sys, @env or a path")},
	}
}

func output() []Definition {
	return []Definition{
		{Option: enum("format", "table", "How results are shown", formats.Formats()...)},
		{Option: text("output", "File that receives the results, - for standard output")},
		{Option: enum("display", "info", "What is shown: all, data only, errors only", "info", "data", "error")},
		{Option: sdk.Option{Name: "fields", Types: []sdk.Type{sdk.String, sdk.Array, sdk.Regexp}, Default: "DEF", Help: "Columns: names separated by commas, -name removes, ALL, DEF"}},
		{Option: sdk.Option{Name: "select", Types: []sdk.Type{sdk.Hash}, Help: "Show only the rows whose columns have these values"}},
		{Option: sdk.Option{Name: "table_style", Types: []sdk.Type{sdk.Hash}, Help: "Borders and layout of tables"}},
		{Option: boolean("flat_hash", true, "Show nested values as columns a.b.c")},
		{Option: enum("multi_single", "no", "One table for a list, or one for each object", "no", "yes", "single")},
		{Option: boolean("show_secrets", false, "Do not hide secrets in results")},
	}
}

func configuration() []Definition {
	return []Definition{
		{Option: text("home", "Main folder, ~/.aspera/ascli by default")},
		{Option: text("config_file", "Configuration file, <home>/config.yaml by default")},
		{Option: sdk.Option{Name: "no_default", Help: "Do not load the default preset of the plugin"}, Short: "N", Switch: true},
		{Option: sdk.Option{Name: "preset", Types: []sdk.Type{sdk.String, sdk.Hash}, Help: "Load a preset of the configuration file"}, Short: "P", Glued: true},
		{Option: sdk.Option{Name: "secret", Help: "Secret of an access key", Secret: true}},
		{Option: sdk.Option{Name: "plugin_folder", Types: []sdk.Type{sdk.String, sdk.Array}, Cumulative: true, Help: "More folders with plugins"}},
		{Option: text("sdk_folder", "Folder of the transfer SDK (ascp and its keys)")},
		{Option: text("ascp_path", "Path of ascp itself")},
	}
}

func resources() []Definition {
	return []Definition{
		{Option: sdk.Option{Name: "query", Types: []sdk.Type{sdk.Hash, sdk.Array}, Help: "Parameters of list and delete requests"}, Shared: true},
		{Option: boolean("bulk", false, "Process a list of values in one command"), Shared: true},
		{Option: boolean("bfail", true, "With bulk: stop at the first error"), Shared: true},
	}
}

func transfers() []Definition {
	return []Definition{
		{Option: sdk.Option{Name: "ts", Types: []sdk.Type{sdk.Hash}, Default: record.New("create_dir", true), Cumulative: true, Help: "Transfer spec values, laid over those of the product"}, Shared: true},
		{Option: text("to_folder", "Destination folder of a transfer"), Shared: true},
		{Option: sdk.Option{Name: "sources", Types: []sdk.Type{sdk.String, sdk.Array}, Help: "Where the list of files comes from: @args, @ts or an array"}},
		{Option: enum("src_type", transfer.SourceList, "How the list of files is read", transfer.SourceList, transfer.SourcePair)},
		{Option: enum("transfer", transfer.AgentDirect, "Transfer agent: what moves the bytes", agentNames()...)},
		{Option: sdk.Option{Name: "transfer_info", Types: []sdk.Type{sdk.Hash}, Default: record.New(), Cumulative: true, Help: "Parameters of the transfer agent"}},
		{Option: sdk.Option{Name: "progress_bar", Types: []sdk.Type{sdk.Boolean}, Help: "Show the progress of transfers; on a terminal by default"}},
	}
}

func http() []Definition {
	list := []Definition{
		{Option: boolean("insecure", false, "Accept any TLS certificate")},
		{Option: sdk.Option{Name: "ignore_certificate", Types: []sdk.Type{sdk.Array, sdk.String}, Cumulative: true, Help: "https URLs whose certificate is not verified"}},
		{Option: boolean("silent_insecure", true, "Warn when a certificate is not verified")},
		{Option: sdk.Option{Name: "cert_stores", Types: []sdk.Type{sdk.String, sdk.Array}, Help: "Trusted certificates: files, folders, or DEF for those of the system"}},
		{Option: sdk.Option{Name: "http_options", Types: []sdk.Type{sdk.Hash}, Default: record.New(), Cumulative: true, Help: "Parameters of HTTP connections: time limits, retries"}},
		{Option: text("http_proxy", "URL of the HTTP proxy, credentials included")},
	}
	for i := range list {
		list[i].Shared = true
	}
	return list
}

func text(name, help string) sdk.Option { return sdk.Option{Name: name, Help: help} }

func boolean(name string, value bool, help string) sdk.Option {
	return sdk.Option{Name: name, Types: []sdk.Type{sdk.Boolean}, Default: value, Help: help}
}

func enum(name, value, help string, values ...string) sdk.Option {
	return sdk.Option{Name: name, Types: []sdk.Type{sdk.Enum}, Values: values, Default: value, Help: help}
}

func agentNames() []string {
	var names []string
	for _, a := range transfer.Agents() {
		names = append(append(names, a.Name), a.Aliases...)
	}
	return names
}

// FromManifest returns the definitions of a plugin's own options.
func FromManifest(m *ascliv1.Manifest) ([]Definition, error) {
	var list []Definition
	for _, o := range m.GetOptions() {
		d := Definition{Shared: true, Option: sdk.Option{
			Name: o.Name, Types: o.Types, Values: o.Values, Help: o.Help, Secret: o.Secret,
			Mandatory: o.Mandatory, Cumulative: o.Cumulative, Since: o.Since,
		}}
		if len(o.DefaultJson) > 0 {
			v, err := record.Parse(o.DefaultJson)
			if err != nil {
				return nil, err
			}
			d.Default = v
		}
		list = append(list, d)
	}
	return list, nil
}
