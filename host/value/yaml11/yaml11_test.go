package yaml11_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestDecodeScalars(t *testing.T) {
	for text, want := range map[string]string{
		"": "null", "~": "null", "null": "null", "NULL": "null", "''": `""`,
		"yes": "true", "On": "true", "TRUE": "true", "no": "false", "off": "false", "y": `"y"`, "n": `"n"`,
		"'yes'": `"yes"`, `"no"`: `"no"`, "!!str yes": `"yes"`,
		"012": "10", "08": `"08"`, "0x1f": "31", "0b11": "3", "1_000": "1000", "1,000": "1000", "-5": "-5", "+5": "5",
		"1__0": `"1__0"`, "0o7": `"0o7"`, "12345678901234567890": "12345678901234567890",
		"12:30:00": "45000", "12:30": "45000", "190:20:30.5": "685230.5", "1:99": `"1:99"`,
		"1.5": "1.5", "1.": "1.0", ".5": "0.5", "1e3": `"1e3"`, "1.5e3": `"1.5e3"`, "1.5e+3": "1500.0", ".": `"."`,
		":sym": `"sym"`, `:"a b"`: `"a b"`,
		"4.21.0": `"4.21.0"`, "2024-13-01": `"2024-13-01"`, "hello world": `"hello world"`,
		"!binary aGk=": `"hi"`, "!ruby/symbol abc": `"abc"`, "[a, 1]": `["a",1]`, "{}": "{}",
		"- 1\n-": "[1,null]", "1: a\ntrue: b\n~: c": `{"1":"a","true":"b","":"c"}`,
		"a: 1\nb: 2\na: 3": `{"a":3,"b":2}`, "a: 1\n<<: {a: 2, b: 3}": `{"a":2,"b":3}`,
		"<<: [{a: 1}, {a: 2, b: 3}]": `{"a":1,"b":3}`, "'<<': 1": `{"<<":1}`,
		"a\n--- \nb": `"a"`, "text: |\n  x\n  y": `{"text":"x\ny"}`,
	} {
		t.Run(text, func(t *testing.T) {
			v, err := yaml11.Decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(v)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		text    string
		problem yaml11.Problem
		message string
	}{
		{"a: 2024-01-31", yaml11.Class, "Tried to load unspecified class: Date at line 1 column 4"},
		{"2024-01-31 10:00:00 Z", yaml11.Class, "Tried to load unspecified class: Time at line 1 column 1"},
		{"- .inf", yaml11.Class, "Tried to load unspecified class: .inf, a Float without JSON form at line 1 column 3"},
		{"!ruby/object:Gem x", yaml11.Class, "Tried to load unspecified class: !ruby/object:Gem at line 1 column 1"},
		{"a: &x 1\nb: *x", yaml11.Alias, "Unknown alias: x at line 2 column 4"},
		{"b: *y", yaml11.Alias, "Unknown alias: y at line 1 column 4"},
		{"a: [1\nb: 2", yaml11.Syntax, "did not find expected ',' or ']' while parsing a flow sequence at line 2 column 2"},
		{"a: b: c", yaml11.Syntax, "mapping values are not allowed in this context at line 1 column 5"},
		{"a: 1\nb: é\x00", yaml11.Syntax, "control characters are not allowed (value: 0) at line 2 column 5"},
		{"a: \xff", yaml11.Syntax, "invalid leading UTF-8 octet (value: 255) at line 1 column 4"},
		{"!binary '%%'", yaml11.Syntax, "invalid base64 of !binary: illegal base64 data at input byte 0 at line 1 column 1"},
	} {
		t.Run(c.text, func(t *testing.T) {
			v, err := yaml11.Decode([]byte(c.text))
			var e *yaml11.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, %v, want a *yaml11.Error", v, err)
			}
			if e.Problem != c.problem || e.Error() != c.message {
				t.Errorf("got %s: %s\nwant %s: %s", e.Problem, e, c.problem, c.message)
			}
		})
	}
}

func TestParseRefusesSecondDocument(t *testing.T) {
	_, err := yaml11.Parse([]byte("a: 1\n---\nb: 2\n"))
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v, want an error about line 2", err)
	}
}

// A reader of YAML 1.1 must see the strings as strings.
func TestEncodeQuotes(t *testing.T) {
	v := record.New("yes", "yes", "zero", "0", "time", "12:30:00", "date", "2024-01-31", "symbol", ":a",
		"vault", "@vault:a.b", "plain", "a b", "empty", "", "null", nil, "tilde", "~", "exp", json.Number("1e3"),
		"big", json.Number("1e20"), "bytes", "\xff\xfe", "lines", "a\nb\n", "list", []any{"n", true, record.New("k", 1)},
		"nested", record.New("a", record.New()), "comma", "1,000", "version", "4.21.0", "octal", "0o17")
	want := `---
'yes': 'yes'
zero: '0'
time: '12:30:00'
date: '2024-01-31'
symbol: ':a'
vault: '@vault:a.b'
plain: a b
empty: ''
'null': null
tilde: '~'
exp: 1000.0
big: 1.0e+20
bytes: !!binary //4=
lines: |
  a
  b
list:
- 'n'
- true
- k: 1
nested:
  a: {}
comma: '1,000'
version: 4.21.0
octal: '0o17'
`
	document, err := yaml11.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := yaml11.Assign(document, v); err != nil || !changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
	got, err := yaml11.Encode(document)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAssignKeepsWhatStays(t *testing.T) {
	text := `---
# the top
config:
  version: 4.21.0 # the version
p1: # first
  # where
  url: "https://x"
  limit: 010 # octal
  old: gone
  flags: [yes, off]
  # end of p1
# last words
`
	want := `---
# the top
config:
  version: 4.26.2 # the version
p1: # first
  # where
  url: "https://x"
  limit: 010 # octal
  flags: [yes, off]
  # end of p1

  new: 'on'
# last words
`
	document, err := yaml11.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := yaml11.Value(document)
	if err != nil {
		t.Fatal(err)
	}
	root := v.(*record.Object)
	if changed, err := yaml11.Assign(document, root); err != nil || changed {
		t.Fatalf("assigning the same value: changed %v, %v", changed, err)
	}
	root.Object("config").Set("version", "4.26.2")
	root.Object("p1").Delete("old")
	root.Object("p1").Set("new", "on")
	if changed, err := yaml11.Assign(document, root); err != nil || !changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
	got, err := yaml11.Encode(document)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAssignRefusesNumberOutOfRange(t *testing.T) {
	document, err := yaml11.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := yaml11.Assign(document, record.New("n", json.Number("1e999"))); err == nil {
		t.Error("want an error for 1e999")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("a: 1\nb: [yes, 12:30, :s]\n# c\n")
	f.Add("? [x]\n: {y: &a 1}\n")
	f.Add("a: |2-\n   x\n\n  # y\n'': !!binary /w==\n")
	f.Fuzz(func(t *testing.T, text string) {
		document, err := yaml11.Parse([]byte(text))
		if err != nil {
			return
		}
		v, err := yaml11.Value(document)
		if err != nil {
			return
		}
		out, err := yaml11.Encode(document)
		if err != nil {
			t.Fatalf("cannot write %s: %v", record.JSON(v), err)
		}
		back, err := yaml11.Decode(out)
		if err != nil {
			t.Fatalf("cannot read back %q: %v", out, err)
		}
		if string(record.JSON(back)) != string(record.JSON(v)) {
			t.Fatalf("%q reads back as %s, want %s", out, record.JSON(back), record.JSON(v))
		}
	})
}

func FuzzAssign(f *testing.F) {
	f.Add("# c\na: 1 # x\nb: {c: 2}\n", `{"b":{"d":"- x\n#y"},"a":null}`)
	f.Add("- 1\n", `["",{"":[]},"yes"," lead","trail ","\t","\u0001"]`)
	f.Fuzz(func(t *testing.T, text, jsonText string) {
		document, err := yaml11.Parse([]byte(text))
		if err != nil {
			return
		}
		value, err := record.Parse([]byte(jsonText))
		if err != nil {
			return
		}
		if _, err := yaml11.Assign(document, value); err != nil {
			return
		}
		out, err := yaml11.Encode(document)
		if err != nil {
			t.Fatalf("cannot write %s: %v", record.JSON(value), err)
		}
		if _, err := yaml11.Decode(out); err != nil {
			t.Fatalf("cannot read back %q: %v", out, err)
		}
	})
}
