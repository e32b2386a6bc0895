// Package grammar turns the words of a command line into a command of a
// manifest: unique prefixes are expanded, options and positional words told
// apart, and the result parsed by a kong grammar that is built from the
// manifest for the typed branch only.
package grammar

import "strings"

// Words is a command line told apart (spec/cli.md 1.1).
type Words struct {
	Options    []OptionWord
	Positional []string
}

// OptionWord is one option as typed.
type OptionWord struct {
	// Raw is the whole word, for messages.
	Raw string
	// Name has no leading dashes and is not yet resolved. Short tells that it
	// was typed with a single dash.
	Name  string
	Short bool
	Value string
	// HasValue tells "--name=" from "--name".
	HasValue bool
}

// shortSwitches are the letters that take no value and may be bundled.
const shortSwitches = "hvN"

// Split tells options from positional words. Only the order inside each group
// matters afterwards.
func Split(args []string) Words {
	var w Words
	for i, arg := range args {
		switch {
		case arg == "--":
			w.Positional = append(w.Positional, args[i+1:]...)
			return w
		case arg == "-":
			// Dropped, as the original does (spec/cli.md 1.1, rule 5).
		case strings.HasPrefix(arg, "--"):
			name, value, has := strings.Cut(arg[2:], "=")
			w.Options = append(w.Options, OptionWord{Raw: arg, Name: name, Value: value, HasValue: has})
		case strings.HasPrefix(arg, "-"):
			w.Options = append(w.Options, splitShort(arg)...)
		default:
			w.Positional = append(w.Positional, arg)
		}
	}
	return w
}

// splitShort takes a bundle apart: switches first, then at most one option
// with the rest as its value.
func splitShort(arg string) []OptionWord {
	var list []OptionWord
	rest := arg[1:]
	for rest != "" && strings.Contains(shortSwitches, rest[:1]) {
		list = append(list, OptionWord{Raw: arg, Name: rest[:1], Short: true})
		rest = rest[1:]
	}
	switch {
	case rest == "":
	case rest[0] == 'P':
		list = append(list, OptionWord{Raw: arg, Name: "P", Short: true, Value: rest[1:], HasValue: len(rest) > 1})
	default:
		name, value, has := strings.Cut(rest, "=")
		list = append(list, OptionWord{Raw: arg, Name: name, Value: value, HasValue: has})
	}
	return list
}
