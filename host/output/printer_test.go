package output_test

import (
	"errors"
	"io"
	"runtime"
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
			p, err := output.New(&b, settings(func(s *output.Settings) { s.Format, s.Display = test.format, test.display }))
			if err != nil {
				t.Fatal(err)
			}
			err = errors.Join(
				p.Items(0, 0), p.Items(2, 3),
				p.Begin(list()), p.JSONRows([][]byte{[]byte(rowA)}), p.JSONRows([][]byte{[]byte(rowB)}), p.End(),
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
		{"names of the command", output.Header{Kind: output.SingleObject, Secrets: []string{"key"}}, format("json"),
			[]string{`{"key":"d"}`}, `{"key":"🔑"}` + "\n"},
		{"private key in a text", one(output.Text), nil, []string{pem},
			"x\n-----BEGIN RSA PRIVATE KEY-----🔑-----END RSA PRIVATE KEY-----\n-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n"},
	})
}

func TestRowWaitsForFlush(t *testing.T) {
	var b strings.Builder
	p, err := output.New(&b, settings(format("jsonl")))
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
	p, err := output.New(&strings.Builder{}, settings(format("json")))
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

func TestItemsOnTerminal(t *testing.T) {
	var b strings.Builder
	p, err := output.New(&b, settings(func(s *output.Settings) { s.Terminal = true }))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Items(2, 3), p.Items(3, 3), p.Info("done\x1b")); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[41mItems: 2/3\x1b[0m\nItems: 3/3\ndone\\u001b\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// Rows of these formats are out before the next ones come.
func TestStreaming(t *testing.T) {
	for _, test := range []struct {
		name     string
		header   output.Header
		settings func(*output.Settings)
		begun    string
	}{
		{"json", list(), format("json"), "[" + rowA},
		{"jsonl", list(), format("jsonl"), rowA},
		{"jsonpp", list(), format("jsonpp"), "[\n  {\n    \"id\": 1,\n    \"name\": \"a\"\n  }"},
		{"yaml", list(), format("yaml"), "---\n- id: 1\n  name: a\n"},
		{"text", list(), format("text"), `[{"id"=>1, "name"=>"a"}`},
		{"json with fields", list(), fields("json", "id"), "[1"},
		{"csv with default columns", list("name", "id"), format("csv"), "a,1\n"},
		{"csv with fields", list(), fields("csv", "id"), "1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			p, err := output.New(&b, settings(test.settings))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.Begin(test.header), p.JSONRows([][]byte{[]byte(rowA)})); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.begun {
				t.Errorf("got %q, want %q", b.String(), test.begun)
			}
		})
	}
}

type brokenPipe struct{}

var errPipe = errors.New("broken pipe")

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

func TestWriteErrors(t *testing.T) {
	p, err := output.New(brokenPipe{}, settings(format("json")))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Begin(list()), p.JSONRows([][]byte{[]byte(rowA)})); !errors.Is(err, errPipe) {
		t.Errorf("got %v", err)
	}
}

func TestNagios(t *testing.T) {
	for _, test := range []struct {
		name   string
		rows   []string
		want   string
		status int
	}{
		{"ok", []string{`{"status":"ok","component":"transfer","message":"ok"}`}, "OK - [transfer:ok]\n", 0},
		{"newlines, several components", []string{
			`{"status":"critical","component":"node api","message":"err\nline2"}`,
			`{"status":"ok","component":"time","message":"fine"}`,
			`{"status":"critical","component":"central","message":"down"}`},
			"CRITICAL - [node api:err line2, central:down]\n", 2},
		{"a warning does not hide a failure", []string{
			`{"status":"warning","component":"a","message":"w"}`,
			`{"status":"critical","component":"b","message":"c"}`,
			`{"status":"critical","component":"a","message":"d"}`},
			"CRITICAL - [b:c, a:d,w]\n", 2},
		{"unknown", []string{`{"status":"unknown","component":"a","message":null}`}, "UNKNOWN - [a:]\n", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			p, err := output.New(&b, settings(func(s *output.Settings) { s.Format, s.Display = "nagios", "error" }))
			if err != nil {
				t.Fatal(err)
			}
			var rows []any
			for _, row := range test.rows {
				rows = append(rows, parseObject(row))
			}
			if err := errors.Join(p.Begin(list()), p.Rows(rows), p.End()); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.want || p.ExitStatus() != test.status {
				t.Errorf("got %q, status %d", b.String(), p.ExitStatus())
			}
		})
	}
	for _, row := range []string{`{"a":1}`, `1`, `{"status":"fine","component":"a","message":"b"}`} {
		if _, err := show(settings(format("nagios")), list(), row); err == nil {
			t.Errorf("%s was taken", row)
		}
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

// A streamed list of any length keeps no rows.
func TestStreamingKeepsNothing(t *testing.T) {
	const batches, slack = 10, 1 << 20 // 10,000 rows kept would be over 4 MiB
	rows := benchRows(batch)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, name := range []string{"json", "jsonl", "csv", "text"} {
		t.Run(name, func(t *testing.T) {
			p, err := output.New(io.Discard, settings(format(name)))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.Begin(list("id", "name")), p.JSONRows(rows)); err != nil {
				t.Fatal(err)
			}
			before := heap()
			for range batches {
				if err := p.JSONRows(rows); err != nil {
					t.Fatal(err)
				}
			}
			if after := heap(); after > before+slack {
				t.Errorf("%d rows kept %d bytes", batches*batch, after-before)
			}
			if err := p.End(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
