package manpage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// pluginPage is ascli-<plugin>(1).
func pluginPage(release Release, p *plugin) string {
	r := &roff{}
	r.begin(p.page(), release)
	r.section("NAME")
	r.line(code(p.page()) + ` \- ` + code(summary(p.summary)))
	r.section("SYNOPSIS")
	r.line(bold("ascli "+p.name) + " " + italic("command") + " ... [" + italic("arguments") + "] [" + italic("options") + "]")
	r.section("COMMANDS")
	r.commands(bold(p.name), p.commands)
	if len(p.options) > 0 {
		r.section("OPTIONS")
		r.paragraph("Besides these, the options of ascli(1):")
		r.options(p.options)
	}
	r.section("SEE ALSO")
	r.line(bold("ascli") + "(1)")
	return r.String()
}

// commands adds every leaf below path, which is formatted already. Arguments
// between command words are part of the path.
func (r *roff) commands(path string, list []*ascliv1.Command) {
	for _, c := range list {
		here := path + " " + bold(c.GetName())
		for _, placeholder := range grammar.Placeholders(c) {
			name := strings.Trim(placeholder, "<>[].")
			before, after, _ := strings.Cut(placeholder, name)
			here += " " + strings.TrimPrefix(code(before), "<") + italic(name) + strings.TrimSuffix(code(after), ">")
		}
		if len(c.GetCommands()) > 0 {
			r.commands(here, c.GetCommands())
			continue
		}
		r.entry(here, strings.Join(leafNotes(c), "\n"))
	}
}

// leafNotes tell what a command does and what its arguments accept.
func leafNotes(c *ascliv1.Command) []string {
	var notes []string
	if c.GetSummary() != "" {
		notes = append(notes, c.GetSummary())
	}
	if len(c.GetAliases()) > 0 {
		notes = append(notes, "Also: "+strings.Join(c.GetAliases(), ", ")+".")
	}
	for _, a := range c.GetArguments() {
		note := a.GetName()
		if a.GetDescription() != a.GetName() {
			note += ": " + a.GetDescription()
		}
		switch d := (options.Definition{Option: sdk.Option{Types: a.GetTypes()}}); {
		case len(a.GetValues()) > 0:
			note += ": " + strings.Join(a.GetValues(), ", ")
		case len(a.GetTypes()) > 0 && !slices.Contains(a.GetTypes(), sdk.Any):
			note += " (" + d.TypeNames() + ")"
		}
		if note != a.GetName() {
			notes = append(notes, note)
		}
	}
	return notes
}

// options adds options by name.
func (r *roff) options(list []options.Definition) {
	list = slices.SortedFunc(slices.Values(list), func(a, b options.Definition) int { return cmp.Compare(a.Name, b.Name) })
	for _, d := range list {
		term := bold("--" + strings.ReplaceAll(d.Name, "_", "-"))
		if !d.Switch {
			term += "=" + italic(placeholder(d))
		}
		switch {
		case d.Glued:
			term = bold("-"+d.Short) + italic(placeholder(d)) + ", " + term
		case d.Short != "":
			term = bold("-"+d.Short) + ", " + term
		}
		r.entry(term, strings.Join(optionNotes(d), "\n"))
	}
}

// placeholder names the value of an option.
func placeholder(d options.Definition) string {
	switch {
	case slices.Contains(d.Types, sdk.Enum):
		return "word"
	case slices.Contains(d.Types, sdk.Boolean):
		return "yes|no"
	}
	return "value"
}

// optionNotes tell what an option is for, and what it accepts.
func optionNotes(d options.Definition) []string {
	var notes []string
	if d.Help != "" {
		notes = append(notes, d.Help)
	}
	switch {
	case slices.Contains(d.Types, sdk.Enum):
		notes = append(notes, "One of: "+strings.Join(d.Values, ", "))
	case len(d.Types) > 0 && !slices.Contains(d.Types, sdk.Boolean):
		notes = append(notes, "Type: "+d.TypeNames())
	}
	if d.Cumulative {
		notes = append(notes, "Values given several times add up.")
	}
	if text := defaultText(d.Default); text != "" {
		notes = append(notes, "Default: "+text)
	}
	return notes
}

// defaultText shows a default as users would type it.
func defaultText(v any) string {
	switch v := record.Of(v).(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case string:
		return v
	default:
		return string(record.JSON(v))
	}
}
