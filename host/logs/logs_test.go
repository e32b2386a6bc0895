package logs_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// logger writes records of all levels to out.
func logger(t *testing.T, out io.Writer, o logs.Options) *slog.Logger {
	t.Helper()
	if o.Level == nil {
		o.Level = sdk.LevelTrace2
	}
	h, err := logs.NewHandler(logs.Stream(out), o)
	if err != nil {
		t.Fatal(err)
	}
	return slog.New(h)
}

func TestNew(t *testing.T) {
	var out bytes.Buffer
	level := new(slog.LevelVar)
	level.Set(slog.LevelWarn)
	log := slog.New(logs.New(&out, level, secret.NewMasker("hunter22").Mask))
	log.Info("hidden")
	log.Warn("sent hunter22", "password", "x", "file", "a b")
	want := `^W, \[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} #\d+\]  WARN -- : sent 🔑 password=🔑 file="a b"\n$`
	if !regexp.MustCompile(want).Match(out.Bytes()) {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	level.Set(sdk.LevelTrace2)
	log.With("plugin", "node").Log(t.Context(), sdk.LevelTrace1, "remains")
	if !regexp.MustCompile(`^T, .*\] TRACE1 -- : remains plugin=node\n$`).Match(out.Bytes()) {
		t.Errorf("%q", out.String())
	}
}

func TestFormats(t *testing.T) {
	const all = `T, [] TRACE2 -- : m
T, [] TRACE1 -- : m
D, [] DEBUG -- : m
I, []  INFO -- : m
W, []  WARN -- : m
E, [] ERROR -- : m
F, [] FATAL -- : m
A, []   ANY -- : m
`
	const short = "TRA2 m\nTRA1 m\nDEBG m\nINFO m\nWARN m\nERRR m\nFATL m\nUNKN m\n"
	const colours = "\x1b[2mTRA2\x1b[0m m\n\x1b[34mTRA1\x1b[0m m\n\x1b[36mDEBG\x1b[0m m\n\x1b[32mINFO\x1b[0m m\n" +
		"\x1b[30;43mWARN\x1b[0m m\n\x1b[5;41mERRR\x1b[0m m\n\x1b[35mFATL\x1b[0m m\n\x1b[5mUNKN\x1b[0m m\n"
	byUser := func(severity string, _ time.Time, program, message string) (string, error) {
		return severity[:1] + " " + program + " " + message + ";", nil
	}
	for _, test := range []struct {
		name    string
		options logs.Options
		want    string
	}{
		{"standard", logs.Options{Format: logs.Standard}, all},
		{"standard on a terminal", logs.Options{Format: logs.Standard, Terminal: true}, all},
		{"none given", logs.Options{}, all},
		{"default", logs.Options{Format: logs.Default}, short},
		{"default on a terminal", logs.Options{Format: logs.Default, Terminal: true}, colours},
		{"function", logs.Options{Func: byUser}, "T ascli m;T ascli m;D ascli m;I ascli m;W ascli m;E ascli m;F ascli m;U ascli m;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			log := logger(t, &out, test.options)
			for _, name := range sdk.LevelNames() {
				log.Log(t.Context(), sdk.ParseLevel(name), "m")
			}
			got := regexp.MustCompile(`\[\d[^\]]*\]`).ReplaceAllString(out.String(), "[]")
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestCallerFormat(t *testing.T) {
	var out bytes.Buffer
	log := logger(t, &out, logs.Options{Format: logs.Caller})
	log.Warn("keeping value")
	logs.Structure(t.Context(), log, slog.LevelDebug, "tags", record.New("a", 1))
	want := `^WARN logs/logs_test\.go:\d+\nkeeping value\nDEBG logs/logs_test\.go:\d+\ntags \(json\)=\n\{\n  "a": 1\n\}\n$`
	if !regexp.MustCompile(want).Match(out.Bytes()) {
		t.Errorf("%q", out.String())
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := logs.NewHandler(logs.Stream(io.Discard), logs.Options{Level: slog.LevelWarn, Format: "zoo"})
	if err == nil || err.Error() != "Unknown formatter zoo, use one of: standard, default, caller" {
		t.Errorf("got %v", err)
	}
}

// A message is not lost when the user's function fails.
func TestFailingFunction(t *testing.T) {
	var out bytes.Buffer
	log := logger(t, &out, logs.Options{
		Func: func(string, time.Time, string, string) (string, error) { return "", errors.New("undefined method") },
	})
	log.Error("disk full")
	if !strings.HasSuffix(out.String(), "] ERROR -- : disk full (option log_format: undefined method)\n") {
		t.Errorf("%q", out.String())
	}
}

func TestAttributes(t *testing.T) {
	var out bytes.Buffer
	log := logger(t, &out, logs.Options{Format: logs.Default})
	log.With("a", 1).WithGroup("g").With("b", "").Info("m", "c", `x"y`, slog.Group("h", "d", true), slog.Attr{},
		"spec", record.New("token", "t", "n", 1))
	want := `INFO m a=1 g.b="" g.c="x\"y" g.h.d=true g.spec="{\"token\":\"🔑\",\"n\":1}"` + "\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

func TestSecrets(t *testing.T) {
	masker := secret.NewMasker("hunter22")
	write := func(o logs.Options) string {
		var out bytes.Buffer
		o.Format, o.Mask = logs.Default, masker.Mask
		log := logger(t, &out, o)
		log.Info("set token=abc def", "user", "hunter22", "secret", "x", "url", "https://h/?token=y&a=1")
		logs.Structure(t.Context(), log, slog.LevelInfo, "ts", record.New("token", "z", "list", []any{record.New("apikey", "q")}))
		return out.String()
	}
	hidden := "INFO set token=🔑 user=🔑 secret=🔑 url=https://h/?token=🔑\n" +
		"INFO ts (json)=\n{\n  \"token\": \"🔑\",\n  \"list\": [\n    {\n      \"apikey\": \"🔑\"\n    }\n  ]\n}\n"
	if got := write(logs.Options{}); got != hidden {
		t.Errorf("got\n%s\nwant\n%s", got, hidden)
	}
	shown := "INFO set token=abc def user=hunter22 secret=x url=https://h/?token=y&a=1\n" +
		"INFO ts (json)=\n{\n  \"token\": \"z\",\n  \"list\": [\n    {\n      \"apikey\": \"q\"\n    }\n  ]\n}\n"
	if got := write(logs.Options{ShowSecrets: true}); got != shown {
		t.Errorf("got\n%s\nwant\n%s", got, shown)
	}
}

func TestStructureBelowTheLevel(t *testing.T) {
	var out bytes.Buffer
	logs.Structure(t.Context(), logger(t, &out, logs.Options{Level: slog.LevelWarn}), slog.LevelInfo, "ts", record.New())
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
