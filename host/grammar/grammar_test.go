package grammar_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/grammar"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
)

func manifest() *ascliv1.Manifest {
	leaf := func(name string, args ...*ascliv1.Argument) *ascliv1.Command {
		return &ascliv1.Command{Name: name, Arguments: args}
	}
	arg := func(name string) *ascliv1.Argument { return &ascliv1.Argument{Name: name, Description: name} }
	many := arg("paths")
	many.Multiple = true
	filter := arg("filter")
	filter.Optional = true
	do := leaf("do", arg("access_key"))
	do.Commands = []*ascliv1.Command{leaf("browse", arg("path")), leaf("find", arg("path"), filter), leaf("delete", many)}
	return &ascliv1.Manifest{Name: "node", Commands: []*ascliv1.Command{
		leaf("info"), leaf("browse", arg("path")),
		{Name: "access_keys", Aliases: []string{"keys"}, Commands: []*ascliv1.Command{leaf("list"), do}},
	}}
}

var flags = []grammar.Flag{
	{Name: "format"}, {Name: "fields"}, {Name: "log_level"}, {Name: "log_secrets"}, {Name: "vault"}, {Name: "vault_password"},
	{Name: "ts"}, {Name: "help", Short: "h", Switch: true}, {Name: "no_default", Short: "N", Switch: true}, {Name: "preset", Short: "P"},
}

func resolver() *grammar.Resolver {
	return &grammar.Resolver{Evaluate: func(_ context.Context, s string) (any, error) { return s, nil }}
}

func TestLine(t *testing.T) {
	tests := []struct {
		name, line    string
		command, rest string
		arguments     map[string][]string
		options       map[string][]string
	}{
		{"leaf", "node info", "node info", "", nil, nil},
		{"prefixes", "node br /a --form=json", "node browse <path>", "", map[string][]string{"path": {"/a"}}, map[string][]string{"format": {"json"}}},
		{"options anywhere, underscore or dash", "--log_level=info node --log-level=debug info", "node info", "", nil, map[string][]string{"log_level": {"info", "debug"}}},
		{"branching positional", "node acc do self browse /", "node access_keys do <access_key> browse <path>", "",
			map[string][]string{"access_key": {"self"}, "path": {"/"}}, nil},
		{"alias", "node keys list", "node access_keys list", "", nil, nil},
		{"optional absent", "node acc do self find /", "node access_keys do <access_key> find <path>", "", map[string][]string{"path": {"/"}}, nil},
		{"several", "node acc do self delete /a /b", "node access_keys do <access_key> delete <paths>", "", map[string][]string{"paths": {"/a", "/b"}}, nil},
		{"too many words", "node info x y", "node info", "x y", nil, nil},
		{"after --", "node browse -- -x", "node browse <path>", "", map[string][]string{"path": {"-x"}}, nil},
		{"values keep commas, equals and blanks", "node info --fields=a,b=c", "node info", "", nil, map[string][]string{"fields": {"a,b=c"}}},
		{"bundle", "node info -NPfoo", "node info", "", nil, map[string][]string{"no_default": {"yes"}, "preset": {"foo"}}},
		{"shortest that all begin with", "node info --vaul=x", "node info", "", nil, map[string][]string{"vault": {"x"}}},
		{"empty value", "node info --format=", "node info", "", nil, map[string][]string{"format": {""}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			words := grammar.Split(strings.Split(test.line, " "))
			given, left, err := grammar.Match(words.Options, flags)
			if err != nil || len(left) > 0 {
				t.Fatal(err, left)
			}
			b, err := resolver().Resolve(context.Background(), manifest(), words.Positional[1:])
			if err != nil {
				t.Fatal(err)
			}
			p, err := grammar.Parse(b, flags, given)
			if err != nil {
				t.Fatal(err)
			}
			if p.Command != test.command || strings.Join(b.Rest, " ") != test.rest {
				t.Errorf("command %q rest %q", p.Command, b.Rest)
			}
			for name, want := range test.arguments {
				if !slices.Equal(p.Arguments[name], want) {
					t.Errorf("argument %s: %q, want %q", name, p.Arguments[name], want)
				}
			}
			for name, want := range test.options {
				if !slices.Equal(p.Options[name], want) {
					t.Errorf("option %s: %q, want %q", name, p.Options[name], want)
				}
			}
		})
	}
}

func TestOptionErrors(t *testing.T) {
	tests := []struct{ word, kind, message string }{
		{"--format", "OptionParser::MissingArgument", "missing argument: --format"},
		{"--help=1", "OptionParser::NeedlessArgument", "needless argument: --help=1"},
		{"--log=warn", "OptionParser::AmbiguousOption", "ambiguous option: --log=warn"},
		{"-f=text", "OptionParser::AmbiguousOption", "ambiguous option: -f=text"},
	}
	for _, test := range tests {
		_, _, err := grammar.Match(grammar.Split([]string{test.word}).Options, flags)
		e := failure.As(err)
		if e == nil || e.Kind != test.kind || e.Message != test.message {
			t.Errorf("%s: %+v", test.word, e)
		}
	}
	given, left, err := grammar.Match(grammar.Split([]string{"--foo=bar", "-z", "--ts.a.b=1", "--t.a=1"}).Options, flags)
	if err != nil || len(left) != 3 || left[0].Raw != "--foo=bar" || left[1].Raw != "-z" || left[2].Raw != "--t.a=1" {
		t.Error(left, err)
	}
	if len(given) != 1 || given[0] != (grammar.Given{Name: "ts", Path: "a.b", Value: "1"}) {
		t.Error(given)
	}
}

func TestCommandErrors(t *testing.T) {
	tests := []struct{ line, message string }{
		{"zoo", "unknown value for command (Symbol): zoo\nUse:\n- access_keys\n- browse\n- info\n- keys"},
		{"", "missing argument: command (Symbol)\nUse:\n- access_keys\n- browse\n- info\n- keys"},
		{"browse", "missing argument: path (String)"},
		{"acc do self de", "missing argument: paths (String)"},
	}
	for _, test := range tests {
		_, err := resolver().Resolve(context.Background(), manifest(), strings.Fields(test.line))
		if e := failure.As(err); e == nil || e.Label != failure.Argument || e.Message != test.message {
			t.Errorf("%q: %v", test.line, err)
		}
	}
}

func FuzzSplitAndMatch(f *testing.F) {
	f.Add("node browse --format=json\x00-Px\x00--\x00-")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\x00")
		words := grammar.Split(args)
		_, _, _ = grammar.Match(words.Options, flags)
		b, err := resolver().Resolve(context.Background(), manifest(), words.Positional)
		if err != nil {
			return
		}
		if _, err := grammar.Parse(b, flags, nil); err != nil {
			t.Fatalf("%q resolved but did not parse: %v", args, err)
		}
	})
}
