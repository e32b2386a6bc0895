package grammar

import (
	"sort"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Flag is an option that a command line may hold.
type Flag struct {
	// Name in preset form ("to_folder").
	Name string
	// Short is the letter for a single dash, or "".
	Short string
	// Switch takes no value.
	Switch bool
}

// Given is an option of the command line, resolved.
type Given struct {
	Name string
	// Path is what follows the name of a dotted option: a.b of --ts.a.b=1.
	Path  string
	Value string
}

// Match resolves option words against the known flags, in order. Unknown words
// are left over; a wrong one is an error (spec/cli.md 1.2).
func Match(words []OptionWord, flags []Flag) (given []Given, left []OptionWord, err error) {
	for _, w := range words {
		flag, path, err := find(w, flags)
		switch {
		case err != nil:
			return nil, nil, err
		case flag == nil:
			left = append(left, w)
			continue
		case flag.Switch && w.HasValue:
			return nil, nil, optionError("NeedlessArgument", "needless argument", w)
		case !flag.Switch && !w.HasValue:
			return nil, nil, optionError("MissingArgument", "missing argument", w)
		}
		given = append(given, Given{Name: flag.Name, Path: path, Value: w.Value})
	}
	return given, left, nil
}

func optionError(kind, text string, w OptionWord) error {
	return failure.Otherf("OptionParser::"+kind, "%s: %s", text, w.Raw)
}

// find looks a word up: exact, then ignoring case, then by prefix.
func find(w OptionWord, flags []Flag) (flag *Flag, path string, err error) {
	name := normalize(w.Name)
	for i := range flags {
		if flags[i].Name == name || (w.Short && flags[i].Short == w.Name) {
			return &flags[i], "", nil
		}
	}
	if w.Short {
		return nil, "", nil
	}
	if first, rest, dotted := strings.Cut(w.Name, "."); dotted {
		return findDotted(normalize(first), rest, w.HasValue, flags)
	}
	for i := range flags {
		if strings.EqualFold(flags[i].Name, name) {
			return &flags[i], "", nil
		}
	}
	flag, err = findPrefix(name, w, flags)
	return flag, "", err
}

// findDotted wants the full name before the first dot (spec/cli.md 1.9).
func findDotted(name, path string, hasValue bool, flags []Flag) (*Flag, string, error) {
	for i := range flags {
		if flags[i].Name == name && !flags[i].Switch && hasValue {
			return &flags[i], path, nil
		}
	}
	return nil, "", nil
}

func findPrefix(name string, w OptionWord, flags []Flag) (*Flag, error) {
	if name == "" {
		return nil, nil
	}
	var found []*Flag
	for i := range flags {
		if strings.HasPrefix(flags[i].Name, name) {
			found = append(found, &flags[i])
		}
	}
	if len(found) < 2 {
		return append(found, nil)[0], nil
	}
	sort.Slice(found, func(i, j int) bool { return len(found[i].Name) < len(found[j].Name) })
	for _, f := range found[1:] {
		// The shortest may stand for all only when all begin with it.
		if !strings.HasPrefix(f.Name, found[0].Name) {
			return nil, optionError("AmbiguousOption", "ambiguous option", w)
		}
	}
	return found[0], nil
}

func normalize(name string) string { return strings.ReplaceAll(name, "-", "_") }
