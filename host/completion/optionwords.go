package completion

import (
	"context"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// definitions returns the global options and those of the plugin. A name that is
// declared twice keeps its first declaration, as in options.Set.
func definitions(globals []options.Definition, manifests []*ascliv1.Manifest) ([]options.Definition, error) {
	all := slices.Clone(globals)
	known := map[string]bool{}
	for _, d := range globals {
		known[d.Name] = true
	}
	for _, m := range manifests {
		own, err := options.FromManifest(m)
		if err != nil {
			return nil, err
		}
		for _, d := range own {
			if !known[d.Name] {
				known[d.Name] = true
				all = append(all, d)
			}
		}
	}
	return all, nil
}

// option completes a word that begins with a dash.
func (c *completer) option(ctx context.Context, word string, known []options.Definition) error {
	if d, typed, ok := glued(word, known); ok {
		return c.value(ctx, expectedOf(d), strings.TrimSuffix(word, typed), typed)
	}
	if name, typed, hasValue := strings.Cut(word, "="); hasValue {
		d, dotted := resolve(word, known)
		if d == nil || dotted {
			return nil
		}
		return c.value(ctx, expectedOf(*d), name+"=", typed)
	}
	c.optionNames(word, known)
	return nil
}

// glued finds the option whose value follows its letter: -Pname, also at the end
// of a bundle (spec/cli.md 1.2).
func glued(word string, known []options.Definition) (d options.Definition, typed string, ok bool) {
	words := grammar.Split([]string{word}).Options
	if len(words) == 0 || !words[len(words)-1].Short {
		return d, "", false
	}
	last := words[len(words)-1]
	at := slices.IndexFunc(known, func(d options.Definition) bool { return d.Glued && d.Short == last.Name })
	if at < 0 {
		return d, "", false
	}
	return known[at], last.Value, true
}

// resolve finds the option that "--name=value" sets, nil when there is none.
// dotted tells that only a part of its value is set.
func resolve(word string, known []options.Definition) (d *options.Definition, dotted bool) {
	flags := make([]grammar.Flag, len(known))
	for i, d := range known {
		flags[i] = grammar.Flag{Name: d.Name, Short: d.Short, Switch: d.Switch}
	}
	given, _, err := grammar.Match(grammar.Split([]string{word}).Options, flags)
	if err != nil || len(given) != 1 {
		return nil, false
	}
	at := slices.IndexFunc(known, func(d options.Definition) bool { return d.Name == given[0].Name })
	return &known[at], given[0].Path != ""
}

// optionNames offers options in the spelling that was begun: words joined by "-"
// or by "_".
func (c *completer) optionNames(typed string, known []options.Definition) {
	for _, d := range known {
		name := "--" + d.Name
		if !strings.Contains(typed, "_") {
			name = "--" + strings.ReplaceAll(d.Name, "_", "-")
		}
		if d.Switch {
			c.offer("", typed, name, d.Help)
		} else {
			c.offer("", typed, name+"=", d.Help)
		}
		if d.Short != "" {
			c.offer("", typed, "-"+d.Short, d.Help)
		}
		if strings.HasPrefix(typed, name+".") {
			for _, field := range d.Schema {
				c.offer("", typed, name+"."+field.Name+"=", field.Description)
			}
		}
	}
}

// FolderOptions returns those of the request's option words that decide which
// plugins and presets there are, as typed: the completion of a line with
// --home=<folder> is that of another world. Values that would have to be computed
// are left out: a key press must run no code of the user's and ask nothing.
func FolderOptions(request Request) []string {
	before, _ := request.split()
	var list []string
	for _, w := range grammar.Split(before).Options {
		if d, dotted := resolve(w.Raw, request.Globals); d != nil && !dotted && !value.HasDecoder(w.Value) &&
			slices.Contains([]string{"home", "config_file", "plugin_folder"}, d.Name) {
			list = append(list, w.Raw)
		}
	}
	return list
}
