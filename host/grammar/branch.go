package grammar

import (
	"context"
	"slices"

	"github.com/ascli-go/ascli/host/value"
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

// Argument is a positional value as typed: one word, several where it takes
// them or begins with "@:", none when it was not given.
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
	// Evaluate evaluates a word that stands for a command (spec/cli.md 1.3).
	Evaluate func(ctx context.Context, text string) (any, error)
	// Ask asks the user for what is missing; nil when the session is not
	// interactive.
	Ask func(ctx context.Context, q Question) ([]string, error)
	// AskCommands tells that missing commands are asked for as well.
	AskCommands bool
	// SourcesElsewhere: the files of a transfer do not come from the words.
	SourcesElsewhere bool
}

// Question is about a missing word of the command line.
type Question struct {
	// Description is what is asked for, with its types.
	Description string
	// Choices are the words to choose from; none when any value will do.
	Choices []string
	// Multiple asks for values until an empty one.
	Multiple bool
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
	asked := value.Argument{Description: "command"}
	word, err := r.commandWord(ctx, b, asked, names)
	if err != nil {
		return nil, err
	}
	evaluated, err := r.Evaluate(ctx, word)
	if err != nil {
		return nil, err
	}
	name, err := asked.Choose(evaluated, names)
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
		if _, collects := value.CollectMarker(a.Words[0]); collects {
			// "@:" takes the words after it; those it does not use are given back later.
			a.Words, b.Rest = append(a.Words, b.Rest...), nil
		}
	}
	if len(a.Words) == 0 && !declared.Optional && !(declared.Sources && r.SourcesElsewhere) {
		var err error
		if a.Words, err = r.ask(ctx, declared); err != nil {
			return err
		}
	}
	b.Arguments = append(b.Arguments, a)
	return nil
}

// commandWord takes the next word, or asks the user for it.
func (r *Resolver) commandWord(ctx context.Context, b *Branch, asked value.Argument, names []string) (string, error) {
	if len(b.Rest) > 0 {
		word := b.Rest[0]
		b.Rest = b.Rest[1:]
		return word, nil
	}
	if r.Ask == nil || !r.AskCommands {
		return "", asked.Missing(names, value.Symbol)
	}
	words, err := r.Ask(ctx, Question{Description: asked.Describe(value.Symbol), Choices: names})
	if err != nil {
		return "", err
	}
	return words[0], nil
}

// ask asks the user for the words of an argument.
func (r *Resolver) ask(ctx context.Context, declared *ascliv1.Argument) ([]string, error) {
	asked := value.Argument{Description: declared.Description}
	types := ValueTypes(declared.Types)
	if r.Ask == nil {
		err := asked.Missing(declared.Values, types...)
		if len(declared.Schema) > 0 {
			err = failure.As(err).Hint("give help as argument to see what it may hold")
		}
		return nil, err
	}
	return r.Ask(ctx, Question{
		Description: asked.Describe(types...), Choices: declared.Values, Multiple: declared.Multiple || declared.Sources,
	})
}

// ValueTypes translates the types of a manifest; none means String.
func ValueTypes(types []ascliv1.ValueType) []value.Type {
	names := map[ascliv1.ValueType][]value.Type{
		ascliv1.ValueType_VALUE_TYPE_STRING: {value.String}, ascliv1.ValueType_VALUE_TYPE_INTEGER: {value.Integer},
		ascliv1.ValueType_VALUE_TYPE_FLOAT: {value.Float, value.Integer}, ascliv1.ValueType_VALUE_TYPE_BOOLEAN: {value.True, value.False},
		ascliv1.ValueType_VALUE_TYPE_ENUM: {value.Symbol}, ascliv1.ValueType_VALUE_TYPE_HASH: {value.Hash},
		ascliv1.ValueType_VALUE_TYPE_ARRAY: {value.Array}, ascliv1.ValueType_VALUE_TYPE_REGEXP: {value.Regexp},
		ascliv1.ValueType_VALUE_TYPE_PROC: {value.Proc},
	}
	if len(types) == 0 {
		return []value.Type{value.String}
	}
	var list []value.Type
	for _, t := range types {
		list = append(list, names[t]...)
	}
	return list
}

// Placeholders shows the arguments of a command: <path>, <files...>, [filter].
func Placeholders(c *ascliv1.Command) []string {
	var list []string
	for _, a := range c.Arguments {
		name := a.Name
		if a.Multiple || a.Sources {
			name += "..."
		}
		if a.Optional {
			list = append(list, "["+name+"]")
		} else {
			list = append(list, "<"+name+">")
		}
	}
	return list
}
