package manpage

import (
	"strings"

	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/value"
)

// programPage is ascli(1).
func programPage(release Release, globals []options.Definition, plugins []*plugin) string {
	r := &roff{}
	r.begin("ascli", release)
	r.section("NAME")
	r.line(`ascli \- command line of IBM Aspera products`)
	r.section("SYNOPSIS")
	r.line(bold("ascli") + " " + italic("plugin") + " " + italic("command") + " ... [" + italic("arguments") + "] [" + italic("options") + "]")
	r.section("DESCRIPTION")
	r.paragraph("Drives Aspera applications and transfers files with them. Each product is a plugin, the first word of a command.")
	r.paragraph("Commands and options can be shortened as long as they stay unique. Options may stand anywhere; words after -- are arguments even if they begin with a dash.")
	r.section("PLUGINS")
	for _, p := range plugins {
		r.entry(bold(p.page())+"(1)", summary(p.summary))
	}
	r.section("OPTIONS")
	r.options(globals)
	r.extendedValues()
	r.surroundings()
	r.section("EXAMPLES")
	r.example("ascli config preset set my_node url https://node.example.com:9092")
	r.example("ascli node -Pmy_node browse / --format=json")
	r.example("ascli node -Pmy_node upload @file:list.txt --to-folder=/incoming")
	r.section("SEE ALSO")
	pages := make([]string, len(plugins))
	for i, p := range plugins {
		pages[i] = bold(p.page()) + "(1)"
	}
	r.line(strings.Join(pages, ", "))
	return r.String()
}

// extendedValues explains the values that are read or computed (spec/cli.md 4).
func (r *roff) extendedValues() {
	r.section("EXTENDED VALUES")
	r.paragraph("A value of an option or argument that begins with @decoder: is decoded. Decoders may follow each other, the last is applied first: @json:@file:values.json.")
	decoders := make([]string, 0, len(value.DecoderNames()))
	for _, name := range value.DecoderNames() {
		decoders = append(decoders, bold("@"+name+":"))
	}
	r.space()
	r.lines(strings.Join(decoders, ",\n"))
}

// surroundings are what ascli finds and leaves around it: variables, files
// (spec/cli.md 1.5, 5.1, 9.5) and its exit status (7.1).
func (r *roff) surroundings() {
	r.section("ENVIRONMENT")
	r.entry(bold("ASCLI_")+italic("OPTION"), "Value of any option: the prefix and the name of the option in upper case with underscores, as in ASCLI_FORMAT=json. The command line goes first, presets come after.")
	r.entry(bold("ASCLI_HOME"), "Main folder, as option --home.")
	r.entry(bold("HOME"), "The folders below are there.")
	r.entry(bold("http_proxy"), "URL of the HTTP proxy, unless option --http-proxy gives one.")
	r.section("FILES")
	r.entry(italic("~/.aspera/ascli/config.yaml"), "Presets and default presets.")
	r.entry(italic("~/.aspera/ascli/persist_store/"), "What commands keep from one run to the next, among it tokens.")
	r.entry(italic("~/.aspera/ascli/plugins/"), "Plugins of the user.")
	r.entry(italic("~/.aspera/sdk/"), "Transfer programs: ascp and what it needs.")
	r.section("EXIT STATUS")
	r.entry(bold("0"), "The command succeeded.")
	r.entry(bold("1"), "It failed, or words of the command line were of no use to it.")
	r.entry(bold("130"), "It was interrupted.")
	r.entry(bold("0")+" to "+bold("4"), "With --format=nagios: the status in terms of Nagios.")
}

// summary is a summary that a page can show: whatis(1) refuses an empty one.
func summary(text string) string {
	if text == "" {
		return "Commands of this plugin."
	}
	return text
}
