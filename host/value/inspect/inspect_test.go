package inspect_test

import (
	"encoding/json"
	"testing"

	"github.com/ascli-go/ascli/host/value/inspect"
	"github.com/ascli-go/ascli/sdk/record"
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
	} {
		if got := inspect.Plain(c.value); got != c.want {
			t.Errorf("%v: got %q, want %q", c.value, got, c.want)
		}
	}
}
