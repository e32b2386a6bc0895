package output_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestDisplayLevels(t *testing.T) {
	const status, count, table = "deleted\n", "Items: 2/3\n", "+----+------+\n| id | name |\n+----+------+\n| 1  | a    |\n| 2  | b    |\n+----+------+\n"
	for _, test := range []struct{ format, display, want string }{
		{"table", "info", count + table + "<empty>\n" + status},
		{"table", "data", table},
		{"table", "error", ""},
		{"csv", "info", count + "1,a\n2,b\n" + status},
		{"csv", "error", ""},
		{"json", "info", count + "[" + rowA + "," + rowB + "]\n[]\n\"deleted\"\n"},
		{"json", "data", "[" + rowA + "," + rowB + "]\n[]\n\"deleted\"\n"},
		{"json", "error", ""},
	} {
		t.Run(test.format+" "+test.display, func(t *testing.T) {
			var b strings.Builder
			p, err := output.New(t.Context(), &b, settings(func(s *output.Settings) { s.Format, s.Display = test.format, test.display }))
			if err != nil {
				t.Fatal(err)
			}
			three := 3
			err = errors.Join(
				p.Begin(output.Header{Kind: output.ObjectList, Total: &three}), p.JSONRows([][]byte{[]byte(rowA)}), p.JSONRows([][]byte{[]byte(rowB)}), p.End(),
				p.Begin(list()), p.End(),
				p.Begin(one(output.Status)), p.Rows([]any{"deleted"}), p.End(),
			)
			if err != nil || b.String() != test.want {
				t.Errorf("got %q (%v)\nwant %q", b.String(), err, test.want)
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	secretly := func(names ...string) output.Header { return output.Header{Kind: output.SingleObject, Secrets: names} }
	row := `{"token_type":"a","secretary":"b","api_key":"c","key":"d","Password":"e","access_key":"f",` +
		`"my_password":12,"tokens":["g"],"deep":{"list":[{"apikey":"h"}]},"ASPERA_SCP_PASS":"i"}`
	hidden := `{"token_type":"🔑","secretary":"🔑","api_key":"🔑","key":"d","Password":"e","access_key":"f",` +
		`"my_password":12,"tokens":["g"],"deep":{"list":[{"apikey":"🔑"}]},"ASPERA_SCP_PASS":"🔑"}`
	pem := `"x\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"`
	play(t, []scene{
		{"object", one(output.SingleObject), format("json"), []string{row}, hidden + "\n"},
		{"list", list(), format("json"), []string{row}, "[" + hidden + "]\n"},
		{"structure", one(output.Structure), format("json"), []string{"[" + row + "]"}, "[" + hidden + "]\n"},
		{"table", list("api_key", "key"), nil, []string{row}, "+---------+-----+\n| api_key | key |\n+---------+-----+\n| 🔑      | d   |\n+---------+-----+\n"},
		{"show_secrets", list(), func(s *output.Settings) { s.Format, s.ShowSecrets = "json", true }, []string{row}, "[" + row + "]\n"},
		{"display=data", list(), func(s *output.Settings) { s.Format, s.Display = "json", "data" }, []string{row}, "[" + row + "]\n"},
		{"names of the command", secretly("key"), format("json"), []string{`{"key":"d"}`}, `{"key":"🔑"}` + "\n"},
		{"names of the command, display=data", secretly("key"), func(s *output.Settings) { s.Format, s.Display = "json", "data" },
			[]string{`{"key":"d","token":"t"}`}, `{"key":"🔑","token":"t"}` + "\n"},
		{"names of the command, show_secrets", secretly("key"), func(s *output.Settings) { s.Format, s.ShowSecrets = "json", true },
			[]string{`{"key":"d"}`}, `{"key":"d"}` + "\n"},
		{"private key in a text", one(output.Text), nil, []string{pem},
			"x\n-----BEGIN RSA PRIVATE KEY-----🔑-----END RSA PRIVATE KEY-----\n-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n"},
		{"private key in a structure", one(output.Structure), format("text"), []string{pem[:len(pem)-1] + `"`},
			"x\n-----BEGIN RSA PRIVATE KEY-----🔑-----END RSA PRIVATE KEY-----\n-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n"},
		{"private key in a list of values", one(output.ValueList), format("jsonl"), []string{`"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"`},
			`"-----BEGIN PRIVATE KEY-----🔑-----END PRIVATE KEY-----"` + "\n"},
	})
}

func TestRowWaitsForFlush(t *testing.T) {
	var b strings.Builder
	p, err := output.New(t.Context(), &b, settings(format("jsonl")))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Begin(list()), p.Row(parseObject(rowA))); err != nil || b.String() != "" {
		t.Fatalf("written before Flush: %q (%v)", b.String(), err)
	}
	if err := p.Flush(); err != nil || b.String() != rowA {
		t.Errorf("written: %q (%v)", b.String(), err)
	}
	if err := errors.Join(p.Row(parseObject(rowB)), p.End()); err != nil || b.String() != rowA+"\n"+rowB+"\n" {
		t.Errorf("written at the end: %q (%v)", b.String(), err)
	}
}

func TestHidingLeavesTheRowsAlone(t *testing.T) {
	row := parseObject(`{"a":[{"token":"t"}]}`)
	p, err := output.New(t.Context(), &strings.Builder{}, settings(format("json")))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Begin(list()), p.Rows([]any{row}), p.End()); err != nil {
		t.Fatal(err)
	}
	if got := string(record.JSON(row)); got != `{"a":[{"token":"t"}]}` {
		t.Errorf("the row was changed: %s", got)
	}
}

func TestTerminal(t *testing.T) {
	terminal := func(name string) func(*output.Settings) {
		return func(s *output.Settings) { s.Format, s.Terminal = name, true }
	}
	play(t, []scene{
		{"marks are dim", list(), terminal("table"), []string{`{"a":null,"b":1}`},
			"+--------+---+\n| a      | b |\n+--------+---+\n| \x1b[2m<null>\x1b[0m | 1 |\n+--------+---+\n"},
		{"one mark", list(), terminal("table"), []string{`{"a":null}`}, "\x1b[2m<null>\x1b[0m\n"},
		{"empty list", list(), terminal("table"), nil, "\x1b[2m<empty>\x1b[0m\n"},
	})
	for name, want := range map[string]string{
		"table":  "| \\u001b | y\\u202e |",
		"csv":    "\\u001b,y\\u202e\n",
		"json":   `[{"a":"\u001b","b":"y\u202e"}]` + "\n",
		"jsonpp": `"b": "y\u202e"`,
		"yaml":   `b: y\u202e`,
		"ruby":   `[{"a"=>"\e", "b"=>"y\u202E"}]` + "\n",
		"text":   `[{"a"=>"\e", "b"=>"y\u202E"}]` + "\n",
	} {
		t.Run("control characters in "+name, func(t *testing.T) {
			got, err := show(settings(terminal(name)), list(), `{"a":"\u001b","b":"y\u202e"}`)
			if err != nil || !strings.Contains(got, want) {
				t.Errorf("got %q (%v), want %q in it", got, err, want)
			}
		})
	}
	play(t, []scene{
		{"text keeps newlines and tabs", one(output.Text), terminal("table"), []string{`"a\r\n\tb\u009b\u007f"`}, "a\n\tb\\u009b\\u007f\n"},
	})
	t.Run("headings and tabs", func(t *testing.T) {
		got, err := show(settings(terminal("table")), list(), `{"a\u0007":"1\t2","b":3}`)
		want := "+---------+---+\n| a\\u0007 | b |\n+---------+---+\n| 1    2  | 3 |\n+---------+---+\n"
		if err != nil || got != want {
			t.Errorf("got %q (%v), want %q", got, err, want)
		}
	})
	t.Run("a file gets the bytes", func(t *testing.T) {
		got, err := show(settings(format("csv")), list(), `{"a":"\u001b[1m","b":2}`)
		if err != nil || got != "\x1b[1m,2\n" {
			t.Errorf("got %q (%v)", got, err)
		}
	})
}

func TestCount(t *testing.T) {
	totalling := func(total int, columns ...string) output.Header {
		h := list(columns...)
		h.Total = &total
		return h
	}
	terminal := func(s *output.Settings) { s.Format, s.Terminal = "csv", true }
	play(t, []scene{
		{"all", totalling(2), format("jsonl"), []string{rowA, rowB}, "Items: 2/2\n" + rowA + "\n" + rowB + "\n"},
		{"before select", totalling(5), selecting("json", `{"id":2}`), []string{rowA, rowB}, "Items: 2/5\n[" + rowB + "]\n"},
		{"none of some", totalling(5), nil, nil, "Items: 0/5\n<empty>\n"},
		{"none of none", totalling(0), nil, nil, "<empty>\n"},
		{"red when items are missing", totalling(3), terminal, []string{rowA}, "\x1b[41mItems: 1/3\x1b[0m\n1,a\n"},
		{"no colour otherwise", totalling(1), terminal, []string{rowA}, "Items: 1/1\n1,a\n"},
	})
	_, err := show(settings(selecting("csv", `{"id":1}`)), totalling(1), `1`)
	if err == nil || !strings.Contains(err.Error(), "a row of objects is a Integer") {
		t.Errorf("got %v", err)
	}
}

func TestInfo(t *testing.T) {
	var b strings.Builder
	p, err := output.New(t.Context(), &b, settings(func(s *output.Settings) { s.Terminal = true }))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Info("done\x1b"); err != nil || b.String() != "done\\u001b\n" {
		t.Errorf("got %q (%v)", b.String(), err)
	}
}

func TestUnicodeLocale(t *testing.T) {
	for env, want := range map[string]bool{"en_US.UTF-8": true, "C": false, "": false} {
		lookup := func(name string) string {
			if name == "LANG" {
				return env
			}
			return ""
		}
		if got := output.UnicodeLocale(lookup); got != want {
			t.Errorf("LANG=%s gave %v", env, got)
		}
	}
}
