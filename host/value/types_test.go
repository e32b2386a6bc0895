package value_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func formats() []string {
	return []string{"text", "nagios", "ruby", "json", "jsonpp", "yaml", "table", "csv", "image"}
}

func TestOptionChoose(t *testing.T) {
	commandLine := func(typed string) value.Option {
		return value.Option{Name: "format", Typed: "--format=" + typed}
	}
	for _, c := range []struct {
		name   string
		option value.Option
		word   string
		want   string
		kind   string
		err    string
	}{
		{"exact", commandLine("json"), "json", "json", "", ""},
		{"prefix", commandLine("y"), "y", "yaml", "", ""},
		{"shortest leads the others", commandLine("js"), "js", "json", "", ""},
		{"ambiguous", commandLine("t"), "t", "", "OptionParser::AmbiguousArgument", "ambiguous argument: --format=t"},
		{"empty", commandLine(""), "", "", "OptionParser::AmbiguousArgument", "ambiguous argument: --format="},
		{"unknown", commandLine("jsonx"), "jsonx", "", "OptionParser::InvalidArgument", "invalid argument: --format=jsonx"},
		{"environment is strict", value.Option{Name: "format", Origin: value.Environment}, "js", "", "",
			"ambiguous shortcut for format in env: js\nUse:\n- json\n- jsonpp"},
		{"environment", value.Option{Name: "ui", Origin: value.Environment}, "zz", "", "",
			"unknown value for ui in env: zz\nUse:\n- csv\n- image\n- json\n- jsonpp\n- nagios\n- ruby\n- table\n- text\n- yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.option.Choose(c.word, formats())
			if c.err == "" {
				if err != nil || got != c.want {
					t.Errorf("got %q, %v, want %q", got, err, c.want)
				}
				return
			}
			label := failure.Argument
			if c.kind != "" {
				label = failure.Other
			}
			checkFailure(t, got, err, label, c.kind, c.err)
		})
	}
}

func TestBool(t *testing.T) {
	preset := value.Option{Name: "interactive", Origin: value.Preset}
	for v, want := range map[any]bool{"yes": true, "y": true, "no": false, "n": false, "true": true, "f": false, true: true, false: false} {
		if got, err := preset.Bool(v); err != nil || got != want {
			t.Errorf("%v: got %v, %v, want %v", v, got, err, want)
		}
	}
	for _, v := range []any{"1", "Yes", "on", json.Number("1"), nil} {
		if got, err := preset.Bool(v); err == nil {
			t.Errorf("%v: got %v, want an error", v, got)
		}
	}
	got, err := preset.Bool("maybe")
	checkFailure(t, got, err, failure.Argument, "", "unknown value for interactive in set: maybe\nUse:\n- false\n- no\n- true\n- yes")
	got, err = value.Option{Typed: "--flat-hash=1"}.Bool("1")
	checkFailure(t, got, err, failure.Other, "OptionParser::InvalidArgument", "invalid argument: --flat-hash=1")
	if got, err := (value.Argument{Description: "x"}).Bool("yes"); err != nil || !got {
		t.Errorf("argument: got %v, %v", got, err)
	}
}

func TestArgumentChoose(t *testing.T) {
	command, entries := value.Argument{Description: "command"}, []string{"console", "config", "cos"}
	if got, err := command.Choose("conf", entries); err != nil || got != "config" {
		t.Errorf("got %q, %v", got, err)
	}
	got, err := command.Choose("con", entries)
	checkFailure(t, got, err, failure.Argument, "", "ambiguous shortcut for command (Symbol): con\nUse:\n- config\n- console")
	got, err = command.Choose("zoo", entries)
	checkFailure(t, got, err, failure.Argument, "", "unknown value for command (Symbol): zoo\nUse:\n- config\n- console\n- cos")
	checkFailure(t, nil, command.Missing(entries, value.Symbol), failure.Argument, "",
		"missing argument: command (Symbol)\nUse:\n- config\n- console\n- cos")
	checkFailure(t, nil, value.Argument{Description: "value"}.Missing(nil), failure.Argument, "", "missing argument: value")
}

func TestCheck(t *testing.T) {
	query := value.Option{Name: "query"}
	for _, v := range []any{record.New(), []any{}} {
		if err := query.Check(v, value.Hash, value.Array); err != nil {
			t.Errorf("%v: %v", v, err)
		}
	}
	checkFailure(t, nil, query.Check("1", value.Hash, value.Array), failure.Argument, "",
		"Option query is a String but must be one of Hash,Array")
	checkFailure(t, nil, value.Option{Name: "ts"}.Check(nil, value.Hash), failure.Argument, "",
		"Option ts is a NilClass but must be Hash")
	checkFailure(t, nil, value.Argument{Description: "extended value"}.Check("x", value.Hash), failure.Argument, "",
		"Argument extended value (Hash) is a String but must be Hash")
	if got := value.TypeOf(regexp.MustCompile("x")); got != value.Regexp {
		t.Errorf("got %s", got)
	}
}

func TestInteger(t *testing.T) {
	port := value.Option{Name: "lock_port", Typed: "--lock-port=abc"}
	for text, want := range map[any]json.Number{
		"12": "12", "0x10": "16", "0b1": "1", "010": "8", "1_000": "1000", json.Number("5"): "5",
	} {
		if got, err := port.Integer(text); err != nil || got != want {
			t.Errorf("%v: got %v, %v, want %v", text, got, err, want)
		}
	}
	got, err := port.Integer("abc")
	checkFailure(t, got, err, failure.Other, "OptionParser::InvalidArgument", "invalid argument: --lock-port=abc")
	got, err = value.Option{Name: "lock_port", Origin: value.Environment}.Integer("abc")
	checkFailure(t, got, err, failure.Argument, "", "Option lock_port is a String but must be Integer")
	got, err = value.Argument{Description: "n"}.Integer("abc")
	checkFailure(t, got, err, failure.Argument, "", "Invalid integer: abc")
	got, err = value.Argument{Description: "n"}.Integer(json.Number("1.5"))
	checkFailure(t, got, err, failure.Argument, "", "Argument n (Integer) is a Float but must be Integer")
}

func TestArgumentText(t *testing.T) {
	id := value.Argument{Description: "identifier"}
	for _, v := range []any{"12", json.Number("12")} {
		if got, err := id.Text(v); err != nil || got != "12" {
			t.Errorf("%v: got %q, %v", v, got, err)
		}
	}
	got, err := id.Text(json.Number("1.5"))
	checkFailure(t, got, err, failure.Argument, "", "Argument identifier (String) is a Float but must be String")
}
