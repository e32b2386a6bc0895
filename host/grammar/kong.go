package grammar

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// Parsed is a command line as kong understood it.
type Parsed struct {
	// Command is kong's name of the branch: "node access_keys do <access_key> browse <path>".
	Command string
	// Options hold the values of each option in the order given.
	Options map[string][]string
	// Arguments hold the words of each positional argument.
	Arguments map[string][]string
}

// Parse builds the kong grammar of the branch, one struct type a command, and
// parses the expanded line with it: names are full and switches told from
// options, so that kong sees no shortcut.
func Parse(b *Branch, flags []Flag, given []Given) (*Parsed, error) {
	target := reflect.New(grammarOf(b, flags)).Interface()
	parser, err := kong.New(target, kong.Name("ascli"), kong.NoDefaultHelp(),
		kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		return nil, fmt.Errorf("the manifest of plugin %s gives no grammar: %w", b.Plugin, err)
	}
	kctx, err := parser.Parse(expandedLine(b, flags, given))
	if err != nil {
		return nil, err
	}
	p := &Parsed{Command: kctx.Command(), Options: map[string][]string{}, Arguments: map[string][]string{}}
	for _, f := range kctx.Flags() {
		if values := texts(f.Target); len(values) > 0 {
			p.Options[normalize(f.Name)] = values
		}
	}
	for _, step := range kctx.Path {
		switch {
		case step.Positional != nil:
			p.Arguments[step.Positional.Name] = texts(step.Positional.Target)
		case step.Argument != nil:
			p.Arguments[step.Argument.Name] = texts(step.Argument.Argument.Target)
		}
	}
	return p, nil
}

func texts(v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Slice:
		return v.Interface().([]string)
	case reflect.Bool:
		if v.Bool() {
			return []string{"yes"}
		}
		return nil
	}
	return []string{v.String()}
}

// expandedLine is the canonical form of what was typed: options first, then
// "--" and the positional words.
func expandedLine(b *Branch, flags []Flag, given []Given) []string {
	switches := map[string]bool{}
	for _, f := range flags {
		switches[f.Name] = f.Switch
	}
	var line []string
	for _, g := range given {
		word := "--" + flagWord(g.Name)
		if !switches[g.Name] {
			word += "=" + g.Value
		}
		line = append(line, word)
	}
	line = append(line, "--", b.Plugin)
	next := 0
	for _, c := range b.Commands {
		line = append(line, c.Name)
		for range c.Arguments {
			line = append(line, b.Arguments[next].Words...)
			next++
		}
	}
	return line
}

// grammarOf makes the struct type: options, and below them the commands of the
// branch, each nested in the one before.
func grammarOf(b *Branch, flags []Flag) reflect.Type {
	var inner reflect.Type
	next := len(b.Arguments)
	for i := len(b.Commands) - 1; i >= 0; i-- {
		c := b.Commands[i]
		next -= len(c.Arguments)
		inner = commandType(b.Arguments[next:next+len(c.Arguments)], inner, childName(b, i))
	}
	fields := []reflect.StructField{commandField(0, b.Plugin, structOf(commandField(0, b.Commands[0].Name, inner)))}
	for i, f := range flags {
		kind := reflect.TypeFor[[]string]()
		tag := fmt.Sprintf(`name:%q sep:"none"`, flagWord(f.Name))
		if f.Switch {
			kind, tag = reflect.TypeFor[bool](), fmt.Sprintf(`name:%q`, flagWord(f.Name))
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i+1), Type: kind, Tag: reflect.StructTag(tag)})
	}
	return structOf(fields...)
}

func childName(b *Branch, i int) string {
	if i+1 < len(b.Commands) {
		return b.Commands[i+1].Name
	}
	return ""
}

// commandType is the type of one command: positional fields for a leaf; for a
// command with sub-commands its arguments are kong's branching positionals,
// each a struct that holds its value and what follows it.
func commandType(arguments []Argument, child reflect.Type, childName string) reflect.Type {
	if child == nil {
		var fields []reflect.StructField
		for i, a := range arguments {
			if len(a.Words) > 0 {
				fields = append(fields, positionalField(i, a))
			}
		}
		return structOf(fields...)
	}
	t := structOf(commandField(0, childName, child))
	for i := len(arguments) - 1; i >= 0; i-- {
		fields := []reflect.StructField{positionalField(0, arguments[i])}
		for j := range t.NumField() {
			f := t.Field(j)
			f.Name = fmt.Sprintf("F%d", j+1)
			fields = append(fields, f)
		}
		tag := reflect.StructTag(fmt.Sprintf(`arg:"" name:%q`, arguments[i].Declared.Name))
		t = structOf(reflect.StructField{Name: "F0", Type: structOf(fields...), Tag: tag})
	}
	return t
}

func positionalField(i int, a Argument) reflect.StructField {
	kind := reflect.TypeFor[string]()
	if a.Declared.Multiple || a.Declared.Sources || len(a.Words) > 1 {
		kind = reflect.TypeFor[[]string]()
	}
	tag := reflect.StructTag(fmt.Sprintf(`arg:"" name:%q sep:"none"`, a.Declared.Name))
	return reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: kind, Tag: tag}
}

func commandField(i int, name string, t reflect.Type) reflect.StructField {
	tag := reflect.StructTag(fmt.Sprintf(`cmd:"" name:%q`, name))
	return reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: t, Tag: tag}
}

func structOf(fields ...reflect.StructField) reflect.Type { return reflect.StructOf(fields) }

func flagWord(name string) string { return strings.ReplaceAll(name, "_", "-") }
