package output_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
)

// Data of the examples of spec/cli.md 6.3 and 6.4.
const (
	object = `{"a":1,"b":{"c":[1,2],"d":null,"e":true,"f":"","g":[],"h":{}},"l":["x","y"],` +
		`"nv":[{"name":"n1","value":"v1"}],"n":[{"name":"a"},{"name":"b"}],"m":"l1\nl2","u":"日本"}`
	shortened = `{"a":1,"b":{"c":[1,2],"d":null,"e":true,"f":"","g":[],"h":{}},"m":"l1\nl2","u":"日本"}`
	first     = `{"id":1,"user":{"id":1,"name":"a,b"},"x":null}`
	second    = `{"id":2,"y":"q\"q","z":[]}`
)

func TestFlattening(t *testing.T) {
	play(t, []scene{
		{"single object", one(output.SingleObject), nil, []string{object}, `
+-------+----------------+
| field | value          |
+-------+----------------+
| a     | 1              |
| b.c.0 | 1              |
| b.c.1 | 2              |
| b.d   | <null>         |
| b.e   | true           |
| b.f   | <empty string> |
| b.g   | <empty list>   |
| l     | x              |
|       | y              |
| nv.n1 | v1             |
| n     | a, b           |
| m     | l1             |
|       | l2             |
| u     | 日本           |
+-------+----------------+
`},
		{"list", list(), nil, []string{first, second}, `
+----+---------+-----------+--------+-----+--------------+
| id | user.id | user.name | x      | y   | z            |
+----+---------+-----------+--------+-----+--------------+
| 1  | 1       | a,b       | <null> |     |              |
| 2  |         |           |        | q"q | <empty list> |
+----+---------+-----------+--------+-----+--------------+
`},
		{"mixed array and near misses of the shapes", one(output.SingleObject), nil,
			[]string{`{"m":["a",{"name":"b"}],"p":[{"name":"k","value":1,"x":2}],"deep":[{"name":"k","value":{"v":[true]}}]}`}, `
+------------+-------+
| field      | value |
+------------+-------+
| m.0        | a     |
| m.1.name   | b     |
| p.0.name   | k     |
| p.0.value  | 1     |
| p.0.x      | 2     |
| deep.k.v.0 | true  |
+------------+-------+
`},
		{"flat_hash=no", list(), func(s *output.Settings) { s.FlatHash = false },
			[]string{`{"h":{"x":1,"y":2},"l":[1,"x"],"n":null,"e":"","z":[],"s":"t"}`, `{"h":{}}`}, `
+------------------+----------+---+---+----+---+
| h                | l        | n | e | z  | s |
+------------------+----------+---+---+----+---+
| {"x"=>1, "y"=>2} | [1, "x"] |   |   | [] | t |
| {}               |          |   |   |    |   |
+------------------+----------+---+---+----+---+
`},
		{"flat_hash=no, one cell of objects is a table of its own", one(output.SingleObject), func(s *output.Settings) {
			fields("table", "l")(s)
			s.FlatHash = false
		}, []string{`{"l":[{"a":1,"b":{"c":2}},{"a":3}]}`}, `
+---+----------+
| a | b        |
+---+----------+
| 1 | {"c"=>2} |
| 3 |          |
+---+----------+
`},
		{"flat_hash=no, one other cell", one(output.SingleObject), func(s *output.Settings) { s.FlatHash = false },
			[]string{`{"l":[{"a":1},2]}`}, "[{\"a\"=>1}, 2]\n"},
		{"separator of lists of strings", one(output.SingleObject), styled("table", `{"str_lst_sep":" "}`), []string{`{"l":["x","y"],"k":1}`}, `
+-------+-------+
| field | value |
+-------+-------+
| l     | x y   |
| k     | 1     |
+-------+-------+
`},
	})
}

func TestSpecialCases(t *testing.T) {
	play(t, []scene{
		{"empty list", list("id"), nil, nil, "<empty>\n"},
		{"empty list in csv", list("id"), format("csv"), nil, ""},
		{"nothing left after select", list(), selecting("table", `{"id":3}`), []string{first}, "<empty>\n"},
		{"one cell", list(), nil, []string{`{"id":"x"}`}, "x\n"},
		{"one cell of a single object", one(output.SingleObject), nil, []string{`{"id":null}`}, "<null>\n"},
		{"one field chosen of one row", list(), fields("table", "id"), []string{first}, "1\n"},
		{"empty single object", one(output.SingleObject), nil, []string{`{}`}, `
+-------+-------+
| field | value |
+-------+-------+
+---------------+
`},
		{"value list", one(output.ValueList), nil, []string{`"a"`, `2`, `null`}, `
+--------+
| id     |
+--------+
| a      |
| 2      |
| <null> |
+--------+
`},
		{"value list ignores fields", output.Header{Kind: output.ValueList, Column: "list"}, fields("table", "x"), []string{`"a"`, `"b"`}, `
+------+
| list |
+------+
| a    |
| b    |
+------+
`},
		{"value list of one", one(output.ValueList), nil, []string{`"a"`}, "a\n"},
		{"empty value list", one(output.ValueList), nil, nil, "<empty>\n"},
		{"row of empty cells", list("a", "b"), nil, []string{`{"a":1,"b":2}`, `{"c":3}`, `{"a":4}`}, `
+---+---+
| a | b |
+---+---+
| 1 | 2 |

| 4 |   |
+---+---+
`},
		{"status", one(output.Status), nil, []string{`"deleted"`}, "deleted\n"},
		{"text", one(output.Text), nil, []string{`"hello\n"`}, "hello\n"},
		{"number", one(output.Text), nil, []string{`12`}, "12\n"},
		{"structure: string", one(output.Structure), nil, []string{`"hello"`}, "\"hello\"\n"},
		{"structure: array", one(output.Structure), nil, []string{`["x",null,true,1.5]`}, "[\"x\", nil, true, 1.5]\n"},
		{"structure: null", one(output.Structure), nil, []string{`null`}, "<null>\n"},
		{"empty", one(output.Empty), nil, nil, "<empty>\n"},
		{"null", one(output.Null), nil, nil, "<null>\n"},
		{"nothing", one(output.Nothing), nil, nil, ""},
		{"wide and combining characters", list(), nil, []string{`{"k":"日本","v":1}`, `{"k":"e\u0301","v":2}`},
			"+------+---+\n| k    | v |\n+------+---+\n| 日本 | 1 |\n| e\u0301    | 2 |\n+------+---+\n"},
	})
}

func TestFormats(t *testing.T) {
	both := []string{first, second}
	play(t, []scene{
		{"csv", list(), format("csv"), both, "1,1,a,b,<null>,,\n2,,,,q\"q,<empty list>\n"},
		{"csv of a single object", one(output.SingleObject), format("csv"), []string{shortened},
			"1,1,2,<null>,true,<empty string>,<empty list>,l1\nl2,日本\n"},
		{"csv as later versions quote it", list(), styled("csv", `{"quote_empty":true}`), both,
			"1,1,\"a,b\",<null>,\"\",\"\"\n2,\"\",\"\",\"\",\"q\"\"q\",<empty list>\n"},
		{"csv with quoted newlines", list("a", "b"), styled("csv", `{"headers":false}`), []string{`{"a":"x\ny","b":1}`},
			"\"x\ny\",1\n"},
		{"csv of one cell, bare", list("a"), styled("csv", `{"headers":true,"force_quotes":true}`), []string{`{"a":"x"}`}, "x\n"},
		{"csv of one column", list("a"), styled("csv", `{"headers":true}`), []string{`{"a":"x"}`, `{"a":"y"}`, `{"a":"z"}`}, "a\nx\ny\nz\n"},
		{"csv with quoting", list("id", "user.name", "y"), styled("csv", `{"quote_empty":true}`), both,
			"1,\"a,b\",\"\"\n2,\"\",\"q\"\"q\"\n"},
		{"csv with headings", list("id", "user.name"), styled("csv", `{"headers":true,"force_quotes":true}`), []string{first},
			"\"id\",\"user.name\"\n\"1\",\"a,b\"\n"},
		{"csv with own separators", list("id", "user.name", "y"),
			styled("csv", `{"col_sep":";","row_sep":"|","quote_char":"'","quote_empty":false,"write_empty_value":"-"}`), both,
			"1;a,b;-|2;-;q\"q|"},
		{"json", list("id"), format("json"), both, "[" + first + "," + second + "]\n"},
		{"json, no rows", list(), format("json"), nil, "[]\n"},
		{"json of a value list", one(output.ValueList), format("json"), []string{`1`, `"a"`}, "[1,\"a\"]\n"},
		{"json keeps digits and slashes", list(), format("json"), []string{`{"n":9223372036854775808,"f":1.50,"u":"a/b"}`},
			"[{\"n\":9223372036854775808,\"f\":1.50,\"u\":\"a/b\"}]\n"},
		{"json of a single object", one(output.SingleObject), format("json"), []string{shortened}, shortened + "\n"},
		{"jsonl", list(), format("jsonl"), both, first + "\n" + second + "\n"},
		{"jsonl, no rows", list(), format("jsonl"), nil, ""},
		{"jsonpp", list(), format("jsonpp"), []string{`{"a":[],"b":{}}`, `{"c":["x\ny"]}`}, `
[
  {
    "a": [],
    "b": {}
  },
  {
    "c": [
      "x\ny"
    ]
  }
]
`},
		{"jsonpp of a single object", one(output.SingleObject), format("jsonpp"), []string{`{"a":1,"b":{"c":[1],"d":null}}`}, `
{
  "a": 1,
  "b": {
    "c": [
      1
    ],
    "d": null
  }
}
`},
		{"jsonpp, no rows", list(), format("jsonpp"), nil, "[]\n"},
		{"yaml", list(), format("yaml"), both, `
---
- id: 1
  user:
    id: 1
    name: a,b
  x:
- id: 2
  "y": q"q
  z: []
`},
		{"yaml of a single object", one(output.SingleObject), format("yaml"), []string{shortened}, `
---
a: 1
b:
  c:
  - 1
  - 2
  d:
  e: true
  f: ''
  g: []
  h: {}
m: |-
  l1
  l2
u: 日本
`},
		{"yaml, no rows", list(), format("yaml"), nil, "--- []\n"},
		{"ruby on several lines", list(), format("ruby"), both, `
[{"id"=>1, "user"=>{"id"=>1, "name"=>"a,b"}, "x"=>nil},
 {"id"=>2, "y"=>"q\"q", "z"=>[]}]
`},
		{"ruby on one line", list(), format("ruby"), []string{`{"id":1}`, `{"id":2}`}, "[{\"id\"=>1}, {\"id\"=>2}]\n"},
		{"ruby, no rows", list(), format("ruby"), nil, "[]\n"},
		{"ruby of a single object", one(output.SingleObject), format("ruby"), []string{shortened}, `
{"a"=>1,
 "b"=>{"c"=>[1, 2], "d"=>nil, "e"=>true, "f"=>"", "g"=>[], "h"=>{}},
 "m"=>"l1\n" + "l2",
 "u"=>"日本"}
`},
		{"text of a single object", one(output.SingleObject), format("text"), []string{shortened},
			`{"a"=>1, "b"=>{"c"=>[1, 2], "d"=>nil, "e"=>true, "f"=>"", "g"=>[], "h"=>{}}, "m"=>"l1\nl2", "u"=>"日本"}` + "\n"},
		{"text of a list", list("id"), format("text"), both,
			`[{"id"=>1, "user"=>{"id"=>1, "name"=>"a,b"}, "x"=>nil}, {"id"=>2, "y"=>"q\"q", "z"=>[]}]` + "\n"},
		{"text of a list ignores fields", list(), fields("text", "id"), []string{`{"id":1,"x":[]}`, `{"id":2}`},
			"[{\"id\"=>1, \"x\"=>[]}, {\"id\"=>2}]\n"},
		{"text of a structure", one(output.Structure), format("text"), []string{`["1","2","3"]`}, "[\"1\", \"2\", \"3\"]\n"},
		{"text of a string", one(output.Structure), format("text"), []string{`"hello"`}, "hello\n"},
		{"markdown", list(), format("markdown"), []string{`{"id":1,"name":"a|b\nc"}`, `{"id":2,"name":null}`}, `
| id | name      |
|----|-----------|
| 1  | a\|b<br>c |
| 2  | <null>    |
`},
	})
}

// A status is a String of the format, and no data is the String nil (spec/cli.md 6.1).
func TestTextsInDataFormats(t *testing.T) {
	for _, test := range []struct{ format, status, empty, null string }{
		{"json", "\"modified\"\n", "\"nil\"\n", "null\n"},
		{"jsonl", "\"modified\"\n", "\"nil\"\n", "null\n"},
		{"jsonpp", "\"modified\"\n", "\"nil\"\n", "null\n"},
		{"yaml", "--- modified\n", "--- nil\n", "null\n"},
		{"ruby", "\"modified\"\n", "\"nil\"\n", "null\n"},
		{"text", "modified\n", "nil\n", "null\n"},
	} {
		play(t, []scene{
			{test.format + " status", one(output.Status), format(test.format), []string{`"modified"`}, test.status},
			{test.format + " empty", one(output.Empty), format(test.format), nil, test.empty},
			{test.format + " nothing", one(output.Nothing), format(test.format), nil, test.empty},
			{test.format + " null", one(output.Null), format(test.format), nil, test.null},
		})
	}
}

// Values that are no objects (table at the end of spec/cli.md 6.4).
func TestScalars(t *testing.T) {
	for _, test := range []struct{ value, table, json, text string }{
		{`"hello"`, `"hello"`, `"hello"`, `hello`},
		{`12`, `12`, `12`, `12`},
		{`1.5`, `1.5`, `1.5`, `1.5`},
		{`true`, `true`, `true`, `true`},
		{`null`, `<null>`, `null`, `null`},
		{`[1,["a"]]`, `[1, ["a"]]`, `[1,["a"]]`, `[1, ["a"]]`},
	} {
		play(t, []scene{
			{test.value + " in table", one(output.Structure), nil, []string{test.value}, test.table + "\n"},
			{test.value + " in json", one(output.Structure), format("json"), []string{test.value}, test.json + "\n"},
			{test.value + " in text", one(output.Structure), format("text"), []string{test.value}, test.text + "\n"},
		})
	}
	values := output.Header{Kind: output.ValueList, Column: "list"}
	three := []string{`"1"`, `"2"`, `"3"`}
	play(t, []scene{
		{"list in table", values, nil, three, "+------+\n| list |\n+------+\n| 1    |\n| 2    |\n| 3    |\n+------+\n"},
		{"list in json", values, format("json"), three, `["1","2","3"]` + "\n"},
		{"list in text", values, format("text"), three, `["1", "2", "3"]` + "\n"},
		{"empty object in json", one(output.SingleObject), format("json"), []string{`{}`}, "{}\n"},
		{"empty object in text", one(output.SingleObject), format("text"), []string{`{}`}, "{}\n"},
		{"fields are ignored", one(output.SingleObject), fields("json", "a"), []string{`{"a":1,"b":2}`}, `{"a":1,"b":2}` + "\n"},
		{"select is ignored", one(output.SingleObject), selecting("yaml", `{"a":2}`), []string{`{"a":1}`}, "---\na: 1\n"},
	})
}

// Patterns and functions exist as values of options only.
func TestPatterns(t *testing.T) {
	re := regexp.MustCompile(`(?ms)abc`)
	always := predicate(func(any) (bool, error) { return true, nil })
	for _, test := range []struct {
		format string
		value  any
		want   string
	}{
		{"table", re, "/abc/m\n"},
		{"json", re, "\"(?m-ix:abc)\"\n"},
		{"text", re, "(?m-ix:abc)\n"},
		{"ruby", re, "/abc/m\n"},
		{"table", always, "<lambda>\n"},
		{"json", always, "\"<lambda>\"\n"},
	} {
		t.Run(test.format, func(t *testing.T) {
			var b strings.Builder
			p, err := output.New(t.Context(), &b, settings(format(test.format)))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Begin(one(output.Structure)); err != nil {
				t.Fatal(err)
			}
			if err := p.Rows([]any{test.value}); err != nil {
				t.Fatal(err)
			}
			if err := p.End(); err != nil || b.String() != test.want {
				t.Errorf("got %q (%v), want %q", b.String(), err, test.want)
			}
		})
	}
}
