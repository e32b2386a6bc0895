package output_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func selecting(formatName, equal string) func(*output.Settings) {
	return func(s *output.Settings) { s.Format, s.Select.Equal = formatName, parseObject(equal) }
}

// headings returns the columns of a csv whose cells are all of one row.
func headings(change func(*output.Settings)) func(*output.Settings) {
	return func(s *output.Settings) {
		change(s)
		s.Format, s.TableStyle = "csv", parseObject(`{"headers":true}`)
	}
}

func TestFields(t *testing.T) {
	row := `{"a":1,"b":2,"user":{"id":3,"name":"n"},"x":{"y":4}}`
	length1 := fields("csv", predicate(func(c any) (bool, error) { return len(c.(string)) == 1, nil }))
	for _, test := range []struct {
		name     string
		settings func(*output.Settings)
		columns  []string
		want     string
	}{
		{"default", func(*output.Settings) {}, []string{"a", "user.id"}, "a,user.id\n1,3\n"},
		{"no default columns", fields("csv", "DEF"), nil, "a,b,user.id,user.name,x.y\n1,2,3,n,4\n"},
		{"names", fields("csv", "user.id,a"), nil, "user.id,a\n3,1\n"},
		{"array", fields("csv", []any{"user.id", "a"}), nil, "user.id,a\n3,1\n"},
		{"first, then default, without", fields("csv", "b,DEF,-a"), []string{"a", "user.name"}, "b,user.name\n2,n\n"},
		{"all but one", fields("csv", "ALL,-user.id"), []string{"a"}, "a,b,user.name,x.y\n1,2,n,4\n"},
		{"unknown name", fields("csv", "zz,a"), nil, "zz,a\n\"\",1\n"},
		{"duplicates", fields("csv", "a,a"), nil, "a,a\n1,1\n"},
		{"removed, then added again", fields("csv", "a,-a,b,a"), nil, "b,a\n2,1\n"},
		{"no trimming", fields("csv", "a, b"), nil, "a, b\n1,\"\"\n"},
		{"only removed", fields("csv", "-a"), nil, "\n\n"},
		{"pattern", fields("csv", regexp.MustCompile(`^user`)), []string{"a"}, "user.id,user.name\n3,n\n"},
		{"function", length1, nil, "a,b\n1,2\n"},
		{"rule for default columns", func(*output.Settings) {}, []string{"ALL", "-user*", "-b"}, "a,x.y\n1,4\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := show(settings(headings(test.settings)), list(test.columns...), row)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFieldsOfDataFormats(t *testing.T) {
	both := []string{first, second}
	play(t, []scene{
		{"single field", list(), fields("json", "id"), both, "[1,2]\n"},
		{"several fields", list(), fields("json", "y,id"), both, `[{"id":1},{"id":2,"y":"q\"q"}]` + "\n"},
		{"first-level keys only", list(), fields("json", "user.id"), both, "[null,null]\n"},
		{"pattern", list(), fields("json", regexp.MustCompile(`^[xyz]$`)), both, `[{"x":null},{"y":"q\"q","z":[]}]` + "\n"},
		{"default columns", list("id", "y"), fields("json", "DEF,-id"), both, `[null,"q\"q"]` + "\n"},
		{"DEF alone is no filter", list("id"), fields("json", "DEF"), []string{first}, "[" + first + "]\n"},
		{"all", list("id"), fields("jsonl", "ALL,-user"), both, "{\"id\":1,\"x\":null}\n" + second + "\n"},
		{"yaml", list(), fields("yaml", "id"), both, "---\n- 1\n- 2\n"},
	})
}

func TestSelect(t *testing.T) {
	both := []string{first, second}
	play(t, []scene{
		{"flattened key", list("id", "x"), selecting("csv", `{"user.id":1}`), both, "1,<null>\n"},
		{"null before the marks", list("id"), selecting("csv", `{"x":null,"id":1}`), both, "1\n"},
		{"empty list", list("id"), selecting("csv", `{"z":[]}`), both, "2\n"},
		{"same type", list("id"), selecting("csv", `{"id":"2"}`), both, ""},
		{"integer and float differ", list("id"), selecting("csv", `{"id":2.0}`), both, ""},
		{"floats by value", list(), selecting("json", `{"f":1.5}`), []string{`{"f":1.50}`}, "[{\"f\":1.50}]\n"},
		{"objects in data formats", list(), selecting("json", `{"user":{"name":"a,b","id":1}}`), both, "[" + first + "]\n"},
		{"with fields", list(), func(s *output.Settings) {
			fields("json", "y")(s)
			selecting("json", `{"id":2}`)(s)
		}, both, `["q\"q"]` + "\n"},
		{"single object as a list of one", one(output.SingleObject), selecting("table", `{"id":9}`), both[:1], "<empty>\n"},
		{"function", list("id"), func(s *output.Settings) {
			s.Format = "csv"
			s.Select.Match = predicate(func(row any) (bool, error) { return row.(*record.Object).Text("user.name") == "a,b", nil })
		}, both, "1\n"},
		{"by a secret", list(), func(s *output.Settings) { selecting("json", `{"token":"s"}`)(s) },
			[]string{`{"token":"s"}`, `{"token":"t"}`}, `[{"token":"🔑"}]` + "\n"},
	})
}

func TestErrors(t *testing.T) {
	boom := errors.New("boom")
	for _, test := range []struct {
		name     string
		header   output.Header
		settings func(*output.Settings)
		rows     []string
		want     string
	}{
		{"fields of a text", one(output.Text), fields("json", "a"), []string{`"x"`},
			"Filtering fields or select requires result is an Array of Hash"},
		{"select of a value list", one(output.ValueList), selecting("yaml", `{"a":1}`), nil,
			"Filtering fields or select requires result is an Array of Hash"},
		{"unknown format", list(), format("xml"), nil, "unknown value for format: xml\nUse:\n- csv\n- image\n- json\n"},
		{"unknown style", list(), styled("table", `{"colour":1}`), nil, "Invalid parameter for option table_style: colour, use " +
			"border, border_x, border_y, border_i, border_top, border_bottom, border_left, border_right, padding_left, padding_right, " +
			"margin_left, width, alignment, all_separators, str_lst_sep, headers, force_quotes, col_sep, row_sep, quote_char, quote_empty, write_empty_value"},
		{"unknown border", list(), styled("table", `{"border":"double"}`), nil, "use ascii, markdown, unicode"},
		{"wrong type in style", list(), styled("table", `{"padding_left":"x"}`), nil, "padding_left is a String"},
		{"too narrow", list(), styled("table", `{"width":5}`), []string{first}, "Table width exceeds wanted width of 5 characters."},
		{"no object", list(), nil, []string{`1`}, "a row of objects is a Integer"},
		{"several single objects", one(output.SingleObject), nil, []string{`{}`, `{}`}, "several"},
		{"no text", one(output.Text), nil, nil, "none"},
		{"broken row", list(), nil, []string{`{`}, "read row"},
		{"function of select", list(), func(s *output.Settings) {
			s.Select.Match = predicate(func(any) (bool, error) { return false, boom })
		}, []string{first}, "Error in user-provided ruby lambda code during select: boom"},
		{"function of fields", list(), func(s *output.Settings) {
			s.Fields.Match = predicate(func(any) (bool, error) { return false, boom })
		}, []string{first}, "boom"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := show(settings(test.settings), test.header, test.rows...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			if strings.Contains(test.name, "function") && !errors.Is(err, boom) {
				t.Errorf("%v hides its cause", err)
			}
		})
	}
}

func TestParseFieldsRefuses(t *testing.T) {
	_, err := output.ParseFields(parseObject(`{}`))
	if f := failure.As(err); f == nil || f.Message != "Option fields is a Hash but must be one of String,Array,Regexp,Proc" {
		t.Errorf("got %v", err)
	}
	if _, err := output.ParseFields([]any{"a", nil}); err == nil {
		t.Error("an array holding null was taken")
	}
}

func TestParseSelect(t *testing.T) {
	always := predicate(func(any) (bool, error) { return true, nil })
	if s, err := output.ParseSelect(nil); err != nil || s.Equal != nil || s.Match != nil {
		t.Errorf("null: %v, %v", s, err)
	}
	if s, err := output.ParseSelect(parseObject(`{"a":1}`)); err != nil || s.Equal.Len() != 1 {
		t.Errorf("Hash: %v, %v", s, err)
	}
	if s, err := output.ParseSelect(always); err != nil || s.Match == nil {
		t.Errorf("Proc: %v, %v", s, err)
	}
	_, err := output.ParseSelect("x")
	if f := failure.As(err); f == nil || f.Message != "Option select is a String but must be one of Hash,Proc" {
		t.Errorf("String: %v", err)
	}
}

// A function of select sees the columns of tables, and the objects elsewhere; it
// gets the context of the command.
func TestSelectByFunction(t *testing.T) {
	type key struct{}
	var seen []string
	spy := contextual(func(ctx context.Context, item any) (bool, error) {
		seen = append(seen, fmt.Sprintf("%v %s", ctx.Value(key{}), record.JSON(item)))
		return true, nil
	})
	for _, name := range []string{"table", "json"} {
		ctx := context.WithValue(t.Context(), key{}, name)
		p, err := output.New(ctx, io.Discard, settings(func(s *output.Settings) { s.Format, s.Select.Match = name, spy }))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Begin(list()), p.Row(parseObject(`{"a":{"token":"t","b":null}}`)), p.End()); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`table {"a.token":"t","a.b":null}`, `json {"a":{"token":"t","b":null}}`}
	if !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
}

type contextual func(ctx context.Context, item any) (bool, error)

func (c contextual) True(ctx context.Context, item any) (bool, error) { return c(ctx, item) }

func TestRowsRefusesForeignTypes(t *testing.T) {
	p, err := output.New(t.Context(), &strings.Builder{}, settings(format("json")))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Begin(one(output.ValueList)); err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{1, regexp.MustCompile("a"), []any{struct{}{}}} {
		if err := p.Rows([]any{v}); err == nil {
			t.Errorf("%T was taken", v)
		}
	}
}

func TestOrderOfCalls(t *testing.T) {
	p, err := output.New(t.Context(), &strings.Builder{}, settings(nil))
	if err != nil {
		t.Fatal(err)
	}
	if p.End() == nil || p.Rows([]any{nil}) == nil {
		t.Error("a result that was not begun was taken")
	}
	if err := p.Begin(list()); err != nil {
		t.Fatal(err)
	}
	if p.Begin(list()) == nil {
		t.Error("two results were begun at once")
	}
}

func TestShownFields(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings func(*output.Settings)
		names    string
		some     bool
	}{
		{"default columns", format("csv"), "[]", true},
		{"default columns, by name", fields("table", "DEF"), "[]", true},
		{"fields", fields("table", "a,b.c"), "[a b.c]", true},
		{"more than the default columns", fields("table", "DEF,a"), "[]", false},
		{"a pattern", fields("csv", regexp.MustCompile("a")), "[]", false},
		{"select looks at others", selecting("csv", `{"a":"b"}`), "[]", false},
		{"json shows all", format("json"), "[]", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if names, some := settings(c.settings).Shown(); fmt.Sprint(names) != c.names || some != c.some {
				t.Errorf("got %v, %v", names, some)
			}
		})
	}
}
