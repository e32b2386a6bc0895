package inspect_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"null", nil, "nil"},
		{"string", "a\"b\\\n\t\x1b日本", `"a\"b\\\n\t\e日本"`},
		{"interpolation is escaped", "#{x} #1", `"\#{x} #1"`},
		{"bytes that are not text", "\xff\x01\x7f\u200b", `"\xFF\u0001\x7F\u200B"`},
		{"number keeps its digits", json.Number("1.50"), "1.50"},
		{"array", []any{"x", nil, true, json.Number("1.5")}, `["x", nil, true, 1.5]`},
		{"hash", record.New("a", 1, "b", record.New()), `{"a"=>1, "b"=>{}}`},
		{"pattern of @re:", regexp.MustCompile("(?ms)abc"), "/abc/m"},
		{"pattern without flags", regexp.MustCompile("^a(b)?"), "/^a(b)?/"},
		{"pattern that ignores case", regexp.MustCompile("(?i)abc"), "/abc/i"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := inspect.Text(c.value); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, ""}, {"a\"b", `a"b`}, {json.Number("12"), "12"}, {false, "false"},
		{record.New("a", 1), `{"a"=>1}`},
		{regexp.MustCompile("(?ms)abc"), "(?m-ix:abc)"}, {regexp.MustCompile("abc"), "(?-mix:abc)"},
	} {
		if got := inspect.Plain(c.value); got != c.want {
			t.Errorf("%v: got %q, want %q", c.value, got, c.want)
		}
	}
}
