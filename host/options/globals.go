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
	// Own options are those that every command of a plugin may read.
	Own bool
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
		{Option: boolean("interactive", false, "Ask for missing arguments and mandatory options"), Shared: true},
		{Option: boolean("ask_options", false, "With interactive: ask for options that are not mandatory as well")},
		{Option: enum("parser", "none", "Decoder for values without one where only a Hash or Array is accepted", "none", "json", "ruby", "yaml")},
		{Option: enum("struct_parser", nil, "Former name of parser", "json", "ruby")},
		{Option: sdk.Option{Name: "help", Help: "Show this help"}, Short: "h", Switch: true},
		{Option: sdk.Option{Name: "bash_comp", Help: "Show the names of the plugins, for completion"}, Switch: true},
		{Option: sdk.Option{Name: "show_config", Help: "Show the values of all options instead of running the command"}, Switch: true},
		{Option: sdk.Option{Name: "version", Help: "Show the version"}, Short: "v", Switch: true},
		{Option: enum("log_level", "warn", "Lowest level of log messages", sdk.LevelNames()...)},
		{Option: enum("logger", "stderr", "Where log messages go", "stderr", "stdout", "syslog")},
		{Option: sdk.Option{Name: "log_format", Types: []sdk.Type{sdk.String, sdk.Proc}, Default: "standard", Help: "Form of log lines: standard, default, caller"}},
		{Option: boolean("log_secrets", false, "Do not hide secrets in logs"), Shared: true},
		{Option: enum("ui", nil, "How URLs and files are opened", "text", "graphical")},
		{Option: sdk.Option{Name: "lock_port", Types: []sdk.Type{sdk.Integer}, Help: "Local port that only one command at a time may hold"}},
		{Option: text("pid_file", "File that holds the process id while the command runs")},
		{Option: boolean("once_only", false, "Process only what an earlier command has not processed"), Shared: true},
		{Option: boolean("clean_temp", true, "Delete temporary files at exit"), Shared: true},
		{Option: text("temp_folder", "Folder for temporary files: @sys, @env or a path")},
		{Option: sdk.Option{Name: "invalid_characters", Default: `_<>:"/\|?*`, Help: "Characters of file names: the replacement, then those that are replaced"}, Shared: true},
	}
}

func output() []Definition {
	return []Definition{
		{Option: enum("format", "table", "How results are shown", formats.Formats()...)},
		{Option: text("output", "File that receives the results, - for standard output")},
		{Option: enum("display", "info", "What is shown: all, data only, errors only", "info", "data", "error")},
		{Option: sdk.Option{Name: "fields", Types: []sdk.Type{sdk.String, sdk.Array, sdk.Regexp, sdk.Proc}, Default: "DEF", Help: "Columns: names separated by commas, -name removes, ALL, DEF"}},
		{Option: sdk.Option{Name: "select", Types: []sdk.Type{sdk.Hash, sdk.Proc}, Help: "Show only the rows whose columns have these values"}},
		{Option: hash("table_style", "Borders and layout of tables")},
		{Option: boolean("flat_hash", true, "Show nested values as columns a.b.c")},
		{Option: enum("multi_single", "no", "One table for a list, or one for each object", "no", "yes", "single")},
		{Option: boolean("show_secrets", false, "Do not hide secrets in results"), Shared: true},
		{Option: hash("image", "How pictures are shown: reserve, text, double, font_ratio")},
	}
}

func configuration() []Definition {
	return []Definition{
		{Option: text("home", "Main folder, ~/.aspera/ascli by default")},
		{Option: text("config_file", "Configuration file, <home>/config.yaml by default")},
		{Option: sdk.Option{Name: "no_default", Help: "Do not load the default preset of the plugin"}, Short: "N", Switch: true},
		{Option: sdk.Option{Name: "preset", Types: []sdk.Type{sdk.String, sdk.Hash}, Help: "Load a preset of the configuration file"}, Short: "P", Glued: true},
		{Option: sdk.Option{Name: "secret", Help: "Secret of an access key; PRESET looks for it in the presets", Secret: true}},
		{Option: hash("vault", "Where secrets are kept: type (file, system, vault), name, url")},
		{Option: sdk.Option{Name: "vault_password", Help: "Password of the vault", Secret: true}},
		{Option: sdk.Option{Name: "version_check_days", Types: []sdk.Type{sdk.Integer}, Default: 7, Help: "Days between two looks for a newer version, 0 for never"}},
		{Option: sdk.Option{Name: "plugin_folder", Types: []sdk.Type{sdk.String, sdk.Array}, Cumulative: true, Help: "More folders with plugins"}},
		{Option: boolean("override", false, "Wizard: replace a preset that exists")},
		{Option: boolean("default", true, "Wizard: make the preset the default one of its plugin")},
		{Option: boolean("test_mode", false, "Wizard: show the preset, store nothing")},
		{Option: text("key_path", "Wizard: file of the private key")},
	}
}

func resources() []Definition {
	return []Definition{
		{Option: sdk.Option{Name: "query", Types: []sdk.Type{sdk.Hash, sdk.Array}, Help: "Parameters of list and delete requests"}, Shared: true},
		{Option: text("property", "Modify only this property"), Shared: true},
		{Option: boolean("bulk", false, "Process a list of values in one command"), Shared: true},
		{Option: boolean("bfail", true, "With bulk: stop at the first error"), Shared: true},
	}
}

func transfers() []Definition {
	return []Definition{
		{Option: text("sdk_folder", "Folder of the transfer SDK (ascp and its keys), or product:<name>"), Shared: true},
		{Option: text("ascp_path", "Path of ascp itself, or product:<name>"), Shared: true},
		{Option: text("use_product", "Use ascp of an installed product, FIRST for any"), Shared: true},
		{Option: sdk.Option{Name: "sdk_url", Default: "DEF", Help: "Archive of the transfer SDK to install"}, Shared: true},
		{Option: sdk.Option{Name: "locations_url", Default: "https://ibm.biz/sdk_location", Help: "List of the archives that can be installed"}, Shared: true},
		{Option: sdk.Option{Name: "ts", Types: []sdk.Type{sdk.Hash}, Default: record.New("create_dir", true), Cumulative: true, Help: "Transfer spec values, laid over those of the product", Schema: specSchema()}, Shared: true},
		{Option: text("to_folder", "Destination folder of a transfer"), Shared: true},
		{Option: sdk.Option{Name: "sources", Types: []sdk.Type{sdk.String, sdk.Array}, Help: "Where the list of files comes from: @args, @ts or an array"}},
		{Option: enum("src_type", transfer.SourceList, "How the list of files is read", transfer.SourceList, transfer.SourcePair)},
		{Option: enum("transfer", transfer.AgentDirect, "Transfer agent: what moves the bytes", agentNames()...)},
		{Option: sdk.Option{Name: "transfer_info", Types: []sdk.Type{sdk.Hash}, Default: record.New(), Cumulative: true, Help: "Parameters of the transfer agent", Schema: infoSchema()}},
		{Option: sdk.Option{Name: "progress_bar", Types: []sdk.Type{sdk.Boolean}, Help: "Show the progress of transfers; on a terminal by default"}},
		{Option: hash("smtp", "Mail server: server, port, tls, ssl, username, password, from_email, from_name, domain")},
		{Option: text("notify_to", "Recipient of a mail about each transfer")},
		{Option: text("notify_template", "Template of that mail")},
	}
}

func http() []Definition {
	list := []Definition{
		{Option: boolean("insecure", false, "Accept any TLS certificate")},
		{Option: sdk.Option{Name: "ignore_certificate", Types: []sdk.Type{sdk.Array, sdk.String}, Cumulative: true, Help: "https URLs whose certificate is not verified"}},
		{Option: boolean("warn_insecure", true, "Warn when a certificate is not verified")},
		{Option: boolean("silent_insecure", true, "Former name of warn_insecure")},
		{Option: sdk.Option{Name: "cert_stores", Types: []sdk.Type{sdk.String, sdk.Array}, Help: "Trusted certificates: files, folders, or DEF for those of the system"}},
		{Option: sdk.Option{Name: "http_options", Types: []sdk.Type{sdk.Hash}, Default: record.New(), Cumulative: true, Help: "Parameters of HTTP connections: time limits, retries"}},
		{Option: text("http_proxy", "URL of the HTTP proxy, credentials included")},
		{Option: text("fpac", "Script that chooses the proxy of a URL (PAC)")},
		{Option: sdk.Option{Name: "proxy_credentials", Types: []sdk.Type{sdk.Array}, Secret: true, Help: "User and password for the proxies that fpac chooses"}},
		{Option: boolean("cache_tokens", true, "Keep OAuth tokens in files")},
	}
	for i := range list {
		list[i].Shared = true
	}
	return list
}

func hash(name, help string) sdk.Option {
	return sdk.Option{Name: name, Types: []sdk.Type{sdk.Hash}, Help: help}
}

func text(name, help string) sdk.Option { return sdk.Option{Name: name, Help: help} }

func boolean(name string, value bool, help string) sdk.Option {
	return sdk.Option{Name: name, Types: []sdk.Type{sdk.Boolean}, Default: value, Help: help}
}

func enum(name string, value any, help string, values ...string) sdk.Option {
	return sdk.Option{Name: name, Types: []sdk.Type{sdk.Enum}, Values: values, Default: value, Help: help}
}

// specSchema describes the fields of a transfer spec.
func specSchema() []sdk.Field {
	var list []sdk.Field
	for _, f := range transfer.Fields() {
		list = append(list, sdk.Field{Name: f.Name, Type: f.TypeNames(), Description: f.Describe()})
	}
	return list
}

// infoSchema lists the parameters of all agents: which one runs is an option, too.
func infoSchema() []sdk.Field {
	var list []sdk.Field
	for _, a := range transfer.Agents() {
		for _, p := range transfer.Parameters(a.Name) {
			list = append(list, sdk.Field{Name: p.Name, Type: string(p.Type), Description: "[" + a.Name + "] " + p.Describe()})
		}
	}
	return list
}

func agentNames() []string {
	var names []string
	for _, a := range transfer.Agents() {
		names = append(append(names, a.Name), a.Aliases...)
	}
	return names
}

func fields(schema []*ascliv1.Field) []sdk.Field {
	var list []sdk.Field
	for _, f := range schema {
		list = append(list, sdk.Field{Name: f.Name, Type: f.Type, Description: f.Description})
	}
	return list
}

// configName is the plugin whose options concern single commands only.
const configName = "config"

// FromManifest returns the definitions of a plugin's own options.
func FromManifest(m *ascliv1.Manifest) ([]Definition, error) {
	var list []Definition
	for _, o := range m.GetOptions() {
		d := Definition{Shared: true, Own: m.Name != configName, Option: sdk.Option{
			Name: o.Name, Types: o.Types, Values: o.Values, Help: o.Help, Secret: o.Secret,
			Mandatory: o.Mandatory, Cumulative: o.Cumulative, Since: o.Since, Schema: fields(o.Schema),
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
