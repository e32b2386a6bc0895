package value_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestInsert(t *testing.T) {
	for _, c := range []struct{ name, before, path, value, want string }{
		{"key", `null`, "foo", `1`, `{"foo":1}`},
		{"nested key", `{"foo":1}`, "a.b", `true`, `{"foo":1,"a":{"b":true}}`},
		{"item", `{"c":["x"]}`, "c.1", `{"z":1}`, `{"c":["x",{"z":1}]}`},
		{"missing cells are null", `null`, "a.2", `1`, `{"a":[null,null,1]}`},
		{"array at the top", `null`, "1.a", `1`, `[null,{"a":1}]`},
		{"integer syntax", `null`, "0x1", `1`, `[null,1]`},
		{"integer is a key of an object", `{"a":{}}`, "a.007", `1`, `{"a":{"7":1}}`},
		{"null becomes a container", `{"a":null}`, "a.b", `1`, `{"a":{"b":1}}`},
		{"value is replaced", `{"a":{"b":1}}`, "a", `2`, `{"a":2}`},
		{"last dot is ignored", `null`, "a.", `1`, `{"a":1}`},
		{"empty segment is a key", `null`, "a..b", `1`, `{"a":{"":{"b":1}}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := value.Insert(parse(t, c.before), c.path, parse(t, c.value))
			if err != nil {
				t.Fatal(err)
			}
			if text := string(record.JSON(got)); text != c.want {
				t.Errorf("got %s, want %s", text, c.want)
			}
		})
	}
}

func TestInsertErrors(t *testing.T) {
	for _, c := range []struct{ name, before, path, want string }{
		{"key of an array", `{"a":[1]}`, "a.b", "Using String index when Integer index used previously"},
		{"below a text", `{"a":"x"}`, "a.b", "cannot use index b: expecting Hash or Array, but have String"},
		{"no path", `null`, "", "Missing path in front of the value: expecting <name>.<name>=<value>"},
		{"negative", `[]`, "-1", "index -1 is out of range: expecting 0 to 9999"},
		{"huge", `null`, "99999999999999999999", "index 99999999999999999999 is out of range: expecting 0 to 9999"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := value.Insert(parse(t, c.before), c.path, nil)
			checkFailure(t, got, err, failure.Argument, "", c.want)
		})
	}
}

func parse(t *testing.T, text string) any {
	t.Helper()
	v, err := record.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEvaluateDotted(t *testing.T) {
	for text, want := range map[string]string{
		"true": "true", "false": "false", "TRUE": `"TRUE"`, "null": `"null"`, "NaN": `"NaN"`,
		"007": "7", "0x1f": "31", "1_000": "1000", " 5 ": "5", "1e3": "1000.0", ".5": "0.5", "1.": `"1."`,
		"@json:[1]": "[1]", "@val:1": `"1"`, "x": `"x"`, "": `""`,
	} {
		v, err := value.New(value.Env{}).EvaluateDotted(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(record.JSON(v)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestCollect(t *testing.T) {
	for _, c := range []struct{ name, line, want, rest string }{
		{"nested", "@: a.b=1 a.c=2 a.d.0=hello a.d.1=world", `{"a":{"b":1,"c":2,"d":["hello","world"]}}`, ""},
		{"conversions and END", "@: a=007 b=1e3 f=TRUE g=null h=@none: k=a=b l=END END extra",
			`{"a":7,"b":1000.0,"f":"TRUE","g":"null","h":null,"k":"a=b","l":"END"}`, "extra"},
		{"own end", "@:STOP a=1 STOP END", `{"a":1}`, "END"},
		{"array", "@: 0=a 1=b", `["a","b"]`, ""},
		{"nothing before the end", "@: END x", `{}`, "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			words := strings.Fields(c.line)
			end, ok := value.CollectMarker(words[0])
			if !ok {
				t.Fatalf("%s is no marker", words[0])
			}
			v, rest, err := value.New(value.Env{}).Collect(t.Context(), "argument: value", end, words[1:])
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(v)); got != c.want || strings.Join(rest, " ") != c.rest {
				t.Errorf("got %s, rest %q\nwant %s, rest %q", got, rest, c.want, c.rest)
			}
		})
	}
}

func TestCollectErrors(t *testing.T) {
	const prefix = "Evaluation of  for argument: value: "
	for _, c := range []struct {
		name  string
		words []string
		want  string
	}{
		{"nothing", nil, "Missing argument: args"},
		{"no equal sign", []string{"a"}, "Positional argument: a does not include ="},
		{"bad value", []string{"a=@none:x"}, "no value allowed for extended value type: none"},
		{"mixed indices", []string{"a.0=1", "a.b=2"}, "Using String index when Integer index used previously"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, _, err := value.New(value.Env{}).Collect(t.Context(), "argument: value", "END", c.words)
			checkFailure(t, v, err, failure.Argument, "", prefix+c.want)
		})
	}
}

func FuzzInsert(f *testing.F) {
	f.Add(`{"a":[1]}`, "a.3.b")
	f.Add("null", "0.0x1.._")
	f.Fuzz(func(t *testing.T, before, path string) {
		container, err := record.Parse([]byte(before))
		if err != nil || strings.Count(path, ".") > 900 {
			return
		}
		got, err := value.Insert(container, path, "marker")
		if err != nil {
			return
		}
		if !strings.Contains(string(record.JSON(got)), "marker") {
			t.Fatalf("value lost: %s", record.JSON(got))
		}
	})
}
