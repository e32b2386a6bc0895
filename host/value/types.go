package value

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/value/number"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
)

// Type is the name of a value's type as messages show it (spec/cli.md,
// "Vocabulary").
type Type string

// The types of values.
const (
	String  Type = "String"
	Integer Type = "Integer"
	Float   Type = "Float"
	Hash    Type = "Hash"
	Array   Type = "Array"
	Regexp  Type = "Regexp"
	Null    Type = "NilClass"
	True    Type = "TrueClass"
	False   Type = "FalseClass"
	// Symbol is a word of a fixed list; no value has this type.
	Symbol Type = "Symbol"
	// Proc is an expression with parameters.
	Proc Type = "Proc"
)

// TypeOf returns the type of a value.
func TypeOf(v any) Type {
	switch v.(type) {
	case *regexp.Regexp:
		return Regexp
	case *lambda.Func:
		return Proc
	}
	return Type(record.TypeName(v))
}

// Origin is where the value of an option comes from.
type Origin int

// The origins of option values.
const (
	CommandLine Origin = iota
	Environment
	Preset
)

// Option is an option as the messages about its value name it.
type Option struct {
	// Name has words joined by "_".
	Name   string
	Origin Origin
	// Typed is the word of the command line, e.g. "--format=jsonx".
	Typed string
}

// Check refuses a value whose type is not among the accepted ones.
func (o Option) Check(v any, accepted ...Type) error {
	return checkType("Option "+o.Name, v, accepted)
}

// Bool reads yes, no, true, false, a prefix of one of them, or a boolean
// (spec/cli.md 1.6).
func (o Option) Bool(v any) (bool, error) {
	if b, ok := v.(bool); ok {
		return b, nil
	}
	word, err := o.Choose(v, booleans())
	return isTrue(word), err
}

// Choose finds the entry of a list that a word means: the one equal to it, or
// the only one that begins with it. On the command line a candidate that all
// others begin with wins as well (spec/cli.md 1.3).
func (o Option) Choose(v any, entries []string) (string, error) {
	word, ok := v.(string)
	if !ok {
		return "", o.Check(v, String)
	}
	if o.Origin != CommandLine {
		return choose(word, o.Name+" in "+o.Origin.noun(), entries)
	}
	found := candidates(word, entries)
	switch {
	case len(found) == 0:
		return "", failure.Otherf("OptionParser::InvalidArgument", "invalid argument: %s", o.Typed).
			Hint("Use one of: %s", strings.Join(entries, ", "))
	case len(found) == 1 || word != "" && shortestLeads(found):
		return found[0], nil
	}
	return "", failure.Otherf("OptionParser::AmbiguousArgument", "ambiguous argument: %s", o.Typed).
		Hint("It may mean: %s", strings.Join(found, ", "))
}

// noun names an origin in messages (spec/cli.md 1.5 and 3.2).
func (o Origin) noun() string {
	switch o {
	case Environment:
		return "env"
	case Preset:
		return "set"
	}
	return "args"
}

// Integer reads a whole number of the forms of spec/cli.md 1.6.
func (o Option) Integer(v any) (json.Number, error) {
	if n, ok := wholeNumber(v); ok {
		return n, nil
	}
	if _, ok := v.(string); !ok || o.Origin != CommandLine {
		return "", o.Check(v, Integer)
	}
	return "", failure.Otherf("OptionParser::InvalidArgument", "invalid argument: %s", o.Typed).Hint("It takes a whole number")
}

// Argument is a positional argument as the messages about its value name it.
type Argument struct {
	// Description is what is asked for, e.g. "parameters for create".
	Description string
}

// Describe returns the description with the accepted types, as prompts and
// messages of 4.21.0 show it: "extended value (Hash)" (spec/cli.md 1.8).
func (a Argument) Describe(accepted ...Type) string {
	if len(accepted) == 0 {
		return a.Description
	}
	return a.Description + " (" + joinTypes(accepted, ", ") + ")"
}

// Check refuses a value whose type is not among the accepted ones.
func (a Argument) Check(v any, accepted ...Type) error {
	return checkType("Argument "+a.Describe(accepted...), v, accepted)
}

// Bool reads yes, no, true, false, a prefix of one of them, or a boolean.
func (a Argument) Bool(v any) (bool, error) {
	if b, ok := v.(bool); ok {
		return b, nil
	}
	word, err := a.Choose(v, booleans())
	return isTrue(word), err
}

// Choose finds the entry of a list, a command for example, that a word means:
// the one equal to it, or the only one that begins with it.
func (a Argument) Choose(v any, entries []string) (string, error) {
	word, ok := v.(string)
	if !ok {
		return "", a.Check(v, String)
	}
	return choose(word, a.Describe(Symbol), entries)
}

// Missing is the error for an argument that is not there. entries is the list
// it is taken from, if any.
func (a Argument) Missing(entries []string, accepted ...Type) error {
	text := "missing argument: " + a.Describe(accepted...)
	if len(entries) > 0 {
		text = withEntries(text, entries)
	}
	return failure.Argumentf("%s", text)
}

// Integer reads a whole number of the forms of spec/cli.md 1.6.
func (a Argument) Integer(v any) (json.Number, error) {
	if n, ok := wholeNumber(v); ok {
		return n, nil
	}
	if text, ok := v.(string); ok {
		return "", failure.Argumentf("Invalid integer: %s", text)
	}
	return "", a.Check(v, Integer)
}

// Text reads a string; a whole number is one as well (spec/cli.md 1.6).
func (a Argument) Text(v any) (string, error) {
	if n, ok := v.(json.Number); ok && TypeOf(v) == Integer {
		return n.String(), nil
	}
	text, ok := v.(string)
	if !ok {
		return "", a.Check(v, String)
	}
	return text, nil
}

func checkType(what string, v any, accepted []Type) error {
	if len(accepted) == 0 || slices.Contains(accepted, TypeOf(v)) {
		return nil
	}
	oneOf := ""
	if len(accepted) > 1 {
		oneOf = "one of "
	}
	return failure.Argumentf("%s is a %s but must be %s%s", what, TypeOf(v), oneOf, joinTypes(accepted, ","))
}

func joinTypes(types []Type, separator string) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	return strings.Join(words, separator)
}

func booleans() []string { return []string{"no", "yes", "false", "true"} }

func isTrue(word string) bool { return word == "yes" || word == "true" }

func choose(word, description string, entries []string) (string, error) {
	found := candidates(word, entries)
	switch len(found) {
	case 0:
		return "", failure.Argumentf("%s", withEntries("unknown value for "+description+": "+word, entries))
	case 1:
		return found[0], nil
	}
	return "", failure.Argumentf("%s", withEntries("ambiguous shortcut for "+description+": "+word, found))
}

// candidates returns the entries that word may mean, the shortest first.
func candidates(word string, entries []string) []string {
	if slices.Contains(entries, word) {
		return []string{word}
	}
	var found []string
	for _, entry := range entries {
		if strings.HasPrefix(entry, word) {
			found = append(found, entry)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(a) - len(b) })
	return found
}

func shortestLeads(found []string) bool {
	for _, entry := range found {
		if !strings.HasPrefix(entry, found[0]) {
			return false
		}
	}
	return true
}

// withEntries lays a message out as spec/cli.md 1.3 shows it.
func withEntries(message string, entries []string) string {
	sorted := slices.Sorted(slices.Values(entries))
	return message + "\nUse:\n- " + strings.Join(sorted, "\n- ")
}

func wholeNumber(v any) (json.Number, bool) {
	switch v := v.(type) {
	case json.Number:
		return v, TypeOf(v) == Integer
	case string:
		return number.ParseInteger(v)
	}
	return "", false
}
