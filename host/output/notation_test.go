package output_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk/record"
	"go.yaml.in/yaml/v4"
)

func TestYAMLStrings(t *testing.T) {
	for text, want := range map[string]string{
		`""`:                   `''`,
		`"y"`:                  `"y"`,
		`"N"`:                  `"N"`,
		`"yes"`:                `'yes'`,
		`"on"`:                 `'on'`,
		`"true"`:               `'true'`,
		`"null"`:               `'null'`,
		`"1"`:                  `'1'`,
		`"010"`:                `'010'`,
		`"1_000"`:              `'1_000'`,
		`"1.5"`:                `'1.5'`,
		`"12:30:00"`:           `'12:30:00'`,
		`"2024-01-02"`:         `'2024-01-02'`,
		`"/path"`:              `"/path"`,
		`"#x"`:                 `"#x"`,
		`":sym"`:               `":sym"`,
		`"{\"a\":1}"`:          `'{"a":1}'`,
		`"a: b"`:               `'a: b'`,
		`"10.0.0.1"`:           `10.0.0.1`,
		`"plain words"`:        `plain words`,
		`"l1\nl2\n"`:           "|\n  l1\n  l2",
		`1.50`:                 `1.50`,
		`12345678901234567890`: `12345678901234567890`,
		`false`:                `false`,
	} {
		play(t, []scene{{text, one(output.Structure), format("yaml"), []string{text}, "--- " + want + "\n"}})
	}
}

func TestRubyLayout(t *testing.T) {
	long := strings.Repeat("x", 30)
	fits := `["` + strings.Repeat("x", 75) + `"]` // 79 characters
	play(t, []scene{
		{"longest line", one(output.Structure), format("ruby"), []string{fits}, fits + "\n"},
		{"value on its own line", one(output.Structure), format("ruby"),
			[]string{`{"` + long + long + `":["` + long + `",{"k":"` + long + long + `"}]}`}, `
{"` + long + long + `"=>
  ["` + long + `",
   {"k"=>"` + long + long + `"}]}
`},
		{"lines of a string", one(output.Structure), format("ruby"), []string{`["` + long + `\n` + long + `\n` + long + `"]`}, `
["` + long + `\n" +
 "` + long + `\n" +
 "` + long + `"]
`},
		{"nested", list(), format("ruby"), []string{`{"a":["` + long + `","` + long + `","` + long + `"],"b":1}`, `{}`}, `
[{"a"=>
   ["` + long + `",
    "` + long + `",
    "` + long + `"],
  "b"=>1},
 {}]
`},
	})
}

// printed shows any JSON value as a list of one or as a structure.
func printed(t *testing.T, s output.Settings, v any) string {
	t.Helper()
	h := one(output.Structure)
	if _, ok := v.(*record.Object); ok {
		h = list()
	}
	got, err := show(s, h, string(record.JSON(v)))
	if err != nil {
		t.Fatalf("%s of %s: %v", s.Format, record.JSON(v), err)
	}
	return got
}

func FuzzFormats(f *testing.F) {
	for _, seed := range []string{object, first, second, `[1,[2,{"name":"a","value":[]}],"#{x}"]`, `{"":{"":{"a":"\u001b\n\n"}}}`,
		`"-----BEGIN PRIVATE KEY-----"`, `{"<<":"y","? a":": b","-":"- c"}`, `" \n x"`, `{"a":"🔑\u202e","a.b":1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := record.Parse([]byte(text))
		if err != nil {
			return
		}
		want := string(record.JSON(v))
		shown := settings(func(s *output.Settings) { s.ShowSecrets = true })
		for _, name := range output.Formats() {
			if name == "nagios" || name == "image" {
				continue
			}
			shown.Format, shown.Terminal = name, false
			got := printed(t, shown, v)
			switch name {
			case "json", "jsonl", "jsonpp":
				back, err := record.Parse([]byte(got))
				if l, ok := back.([]any); ok && name != "jsonl" && len(l) == 1 && strings.HasPrefix(want, "{") {
					back = l[0]
				}
				if err != nil || string(record.JSON(back)) != want {
					t.Errorf("%s does not read back: %s (%v)", name, got, err)
				}
			case "yaml":
				checkYAML(t, got, v)
			}
			shown.Terminal = true
			for _, shown.FlatHash = range []bool{true, false} {
				checkHarmless(t, printed(t, shown, v))
			}
		}
	})
}

func checkHarmless(t *testing.T, text string) {
	t.Helper()
	text = strings.NewReplacer("\x1b[2m", "", "\x1b[0m", "", "\n", "", "\t", "").Replace(text)
	if strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("control characters in %q", text)
	}
}

// checkYAML reads a document back with a YAML reader and compares strings and shape.
func checkYAML(t *testing.T, text string, want any) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	if len(doc.Content) > 0 {
		node = doc.Content[0]
	}
	if _, ok := want.(*record.Object); ok {
		node = node.Content[0]
	}
	compareYAML(t, node, want)
}

func compareYAML(t *testing.T, node *yaml.Node, want any) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		if node.ShortTag() != "!!null" {
			t.Errorf("null reads back as %s", node.Value)
		}
	case string:
		if node.ShortTag() != "!!str" || node.Value != want {
			t.Errorf("string %q reads back as %s %q", want, node.ShortTag(), node.Value)
		}
	case json.Number:
		if node.Value != want.String() {
			t.Errorf("%s reads back as %s", want, node.Value)
		}
	case []any:
		if node.Kind != yaml.SequenceNode || len(node.Content) != len(want) {
			t.Fatalf("array of %d reads back as %d", len(want), len(node.Content))
		}
		for i, x := range want {
			compareYAML(t, node.Content[i], x)
		}
	case *record.Object:
		if node.Kind != yaml.MappingNode || len(node.Content) != 2*want.Len() {
			t.Fatalf("object of %d reads back as %d nodes", want.Len(), len(node.Content))
		}
		i := 0
		for key, x := range want.All() {
			compareYAML(t, node.Content[i], key)
			compareYAML(t, node.Content[i+1], x)
			i += 2
		}
	}
}
