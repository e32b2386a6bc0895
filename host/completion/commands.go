package completion

import (
	"context"
	"slices"

	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// helpWord is the first-level word that is no plugin (spec/cli.md 1.3).
const helpWord = "help"

// place is where the word under the cursor stands in the command tree: one of
// commands is expected there, or a value of argument, or nothing.
type place struct {
	// manifests are those of the plugin, once it is known.
	manifests []*ascliv1.Manifest
	commands  []*ascliv1.Command
	argument  *ascliv1.Argument
}

// locate follows the positional words before the cursor.
func (c *completer) locate(ctx context.Context, words []string) (place, error) {
	plugins, err := c.source.Plugins(ctx)
	if err != nil {
		return place{}, err
	}
	first := firstLevel(plugins)
	if len(words) == 0 {
		return place{commands: first}, nil
	}
	plugin := named(first, words[0])
	if plugin == nil || plugin.Name == helpWord {
		return place{}, nil
	}
	manifests, err := c.source.Manifests(ctx, plugin.Name)
	if err != nil {
		return place{}, err
	}
	at := follow(commandsUnder(plugin.Name, manifests), words[1:])
	at.manifests = manifests
	return at, nil
}

// firstLevel are the first words of a command line, as commands.
func firstLevel(plugins []string) []*ascliv1.Command {
	list := []*ascliv1.Command{{Name: helpWord, Summary: "Show the help of all commands"}}
	for _, name := range plugins {
		list = append(list, &ascliv1.Command{Name: name})
	}
	return list
}

// commandsUnder returns the commands that users type after the name of a plugin.
func commandsUnder(plugin string, manifests []*ascliv1.Manifest) []*ascliv1.Command {
	var list []*ascliv1.Command
	for _, m := range manifests {
		if m.GetName() == plugin {
			list = append(list, m.GetCommands()...)
		}
		for _, mount := range m.GetMounts() {
			if mount.GetUnder() == plugin {
				list = append(list, mount.GetCommands()...)
			}
		}
	}
	return list
}

// follow walks down the tree as grammar.Resolver does, as far as words go.
func follow(commands []*ascliv1.Command, words []string) place {
	for len(words) > 0 {
		command := named(commands, words[0])
		if command == nil {
			return place{}
		}
		words = words[1:]
		for _, argument := range command.GetArguments() {
			if len(words) == 0 || argument.GetMultiple() || argument.GetSources() {
				return place{argument: argument}
			}
			if _, collects := value.CollectMarker(words[0]); collects {
				// All that follows are keys and values of the user's own.
				return place{}
			}
			words = words[1:]
		}
		commands = command.GetCommands()
	}
	return place{commands: commands}
}

// named finds the command that a word means, by the rule of spec/cli.md 1.3.
func named(commands []*ascliv1.Command, word string) *ascliv1.Command {
	var names []string
	for _, command := range commands {
		names = append(append(names, command.GetName()), command.GetAliases()...)
	}
	name, err := value.Argument{}.Choose(word, names)
	if err != nil {
		return nil
	}
	at := slices.IndexFunc(commands, func(c *ascliv1.Command) bool {
		return c.GetName() == name || slices.Contains(c.GetAliases(), name)
	})
	return commands[at]
}

// commands offers the words of commands.
func (c *completer) commands(list []*ascliv1.Command, typed string) {
	for _, command := range list {
		c.offer("", typed, command.GetName(), command.GetSummary())
		for _, alias := range command.GetAliases() {
			c.offer("", typed, alias, command.GetSummary())
		}
	}
}
