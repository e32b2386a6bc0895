package grammar

import (
	"context"
	"fmt"
	"slices"
	"strings"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
)

// Branch is the one path through a command tree that was typed.
type Branch struct {
	Plugin   string
	Commands []*ascliv1.Command
	// Arguments are the positional values of all commands on the path, in order.
	Arguments []Argument
	// Rest are the words that nothing asked for.
	Rest []string
}

// Argument is a positional value as typed. No words: it was not given.
type Argument struct {
	Declared *ascliv1.Argument
	Words    []string
}

// Leaf is the command to run.
func (b *Branch) Leaf() *ascliv1.Command { return b.Commands[len(b.Commands)-1] }

// Path returns the words of the commands, without the plugin.
func (b *Branch) Path() []string {
	words := make([]string, len(b.Commands))
	for i, c := range b.Commands {
		words[i] = c.Name
	}
	return words
}

// Resolver finds the branch that positional words name.
type Resolver struct {
	// Word evaluates a word that stands for a command (spec/cli.md 1.3).
	Word func(ctx context.Context, text string) (string, error)
	// Ask asks the user for a missing value; nil when the session is not
	// interactive. choices is empty unless the value comes from a list.
	Ask func(ctx context.Context, description string, choices []string) (string, error)
	// SourcesElsewhere: the files of a transfer do not come from the words.
	SourcesElsewhere bool
}

// Resolve follows words through the tree of m.
func (r *Resolver) Resolve(ctx context.Context, m *ascliv1.Manifest, words []string) (*Branch, error) {
	b := &Branch{Plugin: m.Name, Rest: words}
	for commands := m.Commands; ; {
		command, err := r.command(ctx, b, commands)
		if err != nil {
			return b, err
		}
		b.Commands = append(b.Commands, command)
		for _, a := range command.Arguments {
			if err := r.argument(ctx, b, a); err != nil {
				return b, err
			}
		}
		if commands = command.Commands; len(commands) == 0 {
			return b, nil
		}
	}
}

func (r *Resolver) command(ctx context.Context, b *Branch, commands []*ascliv1.Command) (*ascliv1.Command, error) {
	var names []string
	for _, c := range commands {
		names = append(append(names, c.Name), c.Aliases...)
	}
	word, err := r.next(ctx, b, "command", "Symbol", names)
	if err != nil {
		return nil, err
	}
	if word, err = r.Word(ctx, word); err != nil {
		return nil, err
	}
	name, err := Choose("command", word, names)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(commands, func(c *ascliv1.Command) bool {
		return c.Name == name || slices.Contains(c.Aliases, name)
	})
	return commands[at], nil
}

func (r *Resolver) argument(ctx context.Context, b *Branch, declared *ascliv1.Argument) error {
	a := Argument{Declared: declared}
	switch {
	case declared.Sources && r.SourcesElsewhere:
	case declared.Multiple || declared.Sources:
		a.Words, b.Rest = b.Rest, nil
	case len(b.Rest) > 0:
		a.Words, b.Rest = b.Rest[:1], b.Rest[1:]
	}
	if len(a.Words) == 0 && !declared.Optional && !(declared.Sources && r.SourcesElsewhere) {
		word, err := r.next(ctx, b, declared.Description, TypeNames(declared.Types), declared.Values)
		if err != nil {
			return err
		}
		a.Words = []string{word}
	}
	b.Arguments = append(b.Arguments, a)
	return nil
}

// next takes the next word, or asks the user for it.
func (r *Resolver) next(ctx context.Context, b *Branch, description, types string, choices []string) (string, error) {
	if len(b.Rest) > 0 {
		word := b.Rest[0]
		b.Rest = b.Rest[1:]
		return word, nil
	}
	full := fmt.Sprintf("%s (%s)", description, types)
	if r.Ask != nil {
		return r.Ask(ctx, full, choices)
	}
	return "", failure.Argumentf("missing argument: %s%s", full, list(choices))
}

// Choose finds the one entry that a word names: equal, or beginning with it
// (spec/cli.md 1.3). description says what is chosen.
func Choose(description, word string, entries []string) (string, error) {
	var found []string
	for _, e := range entries {
		if e == word {
			return e, nil
		}
		if strings.HasPrefix(e, word) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", failure.Argumentf("unknown value for %s (Symbol): %s%s", description, word, list(entries))
	}
	return "", failure.Argumentf("ambiguous shortcut for %s (Symbol): %s%s", description, word, list(found))
}

// list is the block of valid values below a message.
func list(entries []string) string {
	if len(entries) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(entries))
	return "\nUse:\n- " + strings.Join(sorted, "\n- ")
}

// TypeNames names the accepted types as messages do: "String", "Hash,Array".
func TypeNames(types []ascliv1.ValueType) string {
	if len(types) == 0 {
		return "String"
	}
	names := map[ascliv1.ValueType]string{
		ascliv1.ValueType_VALUE_TYPE_STRING: "String", ascliv1.ValueType_VALUE_TYPE_INTEGER: "Integer",
		ascliv1.ValueType_VALUE_TYPE_FLOAT: "Float", ascliv1.ValueType_VALUE_TYPE_BOOLEAN: "TrueClass,FalseClass",
		ascliv1.ValueType_VALUE_TYPE_ENUM: "Symbol", ascliv1.ValueType_VALUE_TYPE_HASH: "Hash",
		ascliv1.ValueType_VALUE_TYPE_ARRAY: "Array", ascliv1.ValueType_VALUE_TYPE_REGEXP: "Regexp",
		ascliv1.ValueType_VALUE_TYPE_ANY: "Object",
	}
	var list []string
	for _, t := range types {
		list = append(list, names[t])
	}
	return strings.Join(list, ",")
}
