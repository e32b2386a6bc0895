package configcmd_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/configcmd"
	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/plugins"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// host is a program around `config` with a configuration file of its own.
type host struct {
	// What a test does not define it must not call.
	configcmd.Host
	values   *value.Evaluator
	folder   string
	store    *config.Store
	document *config.Document
	options  []grammar.OptionWord
	shows    bool // secrets
	warnings []string
}

const current = "config:\n  version: 4.21.0\n"

func newHost(t *testing.T, text string) *host {
	t.Helper()
	h := &host{folder: t.TempDir(), values: value.New(value.Env{
		LookupEnv: func(name string) (string, bool) { return "value of " + name, true },
	})}
	if err := os.WriteFile(h.ConfigPath(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.store = config.NewStore(config.Options{Folder: h.folder, File: h.ConfigPath(), Version: "4.21.0"})
	if err := h.UpdateConfig(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *host) Evaluate(ctx context.Context, text string) (any, error) {
	return h.values.Evaluate(ctx, text)
}

func (h *host) EvaluateDotted(ctx context.Context, text string) (any, error) {
	return h.values.EvaluateDotted(ctx, text)
}

func (h *host) ProgramVersion() string { return "1.2.3" }
func (h *host) ProgramPath() string    { return "/opt/bin/ascli" }

func (h *host) Config() *config.Document          { return h.document }
func (h *host) ConfigPath() string                { return filepath.Join(h.folder, "config.yaml") }
func (h *host) Folder() string                    { return h.folder }
func (h *host) TakeOptions() []grammar.OptionWord { return h.options }
func (h *host) HidesSecrets() bool                { return !h.shows }
func (h *host) Warn(text string)                  { h.warnings = append(h.warnings, text) }

func (h *host) UpdateConfig(ctx context.Context, edit func(*config.Document) error) (err error) {
	if _, err = h.store.Update(ctx, edit); err == nil {
		h.document, err = h.store.Load(ctx)
	}
	return err
}

func (h *host) Plugins(context.Context) ([]configcmd.InstalledPlugin, error) {
	return []configcmd.InstalledPlugin{
		{Program: plugins.Program{Name: "node", Path: "/p/node", Origin: plugins.BuiltIn}, Detects: true},
		{Program: plugins.Program{Name: "bad", Path: "/p/bad"}, Problem: "others can write it"},
	}, nil
}

func (h *host) Manifests(context.Context) ([]*ascliv1.Manifest, error) {
	return nil, errors.New("not asked for here")
}

// run gives what the command shows: its records, its messages, its error.
func (h *host) run(t *testing.T, words string, args map[string]any) (result string, out *sdktest.Outcome) {
	t.Helper()
	out = sdktest.Run(t, configcmd.Plugin(h), words, args, nil, sdktest.Host{})
	if out.Err != nil {
		return out.Err.Error(), out
	}
	return out.JSON(), out
}

func (h *host) content() string { return string(record.JSON(h.document.Record())) }

func args(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func TestPresetReading(t *testing.T) {
	const file = current + `mine:
  url: "@env:URL"
  count: 12
  float: 1.50
  enabled: true
  list: ["a", 2]
  objects: [{a: 1}, {a: 2}]
  deep: {a: {b: 1}, token: t0ken}
  password: s3cret
  nothing:
dotted.name: {a: 1}
`
	for _, c := range []struct {
		name, words string
		args        map[string]any
		want        string
		kind        sdk.ResultKind
	}{
		{"list in file order", "preset list", nil, `["config","mine","dotted.name"]`, sdk.ResultValues},
		{"show a preset whose name has a dot", "preset show", args("preset", "dotted.name"), `[{"a":1}]`, sdk.ResultObject},
		{"show none", "preset show", args("preset", "none"), "no such preset: none", 0},
		{"get evaluates a text", "preset get", args("preset", "mine", "parameter", "url"), `["value of URL"]`, sdk.ResultText},
		{"get a number", "preset get", args("preset", "mine", "parameter", "count"), `["12"]`, sdk.ResultText},
		{"get a float", "preset get", args("preset", "mine", "parameter", "float"), `["1.5"]`, sdk.ResultText},
		{"get a boolean", "preset get", args("preset", "mine", "parameter", "enabled"), `[true]`, sdk.ResultStructure},
		{"get a list", "preset get", args("preset", "mine", "parameter", "list"), `["a",2]`, sdk.ResultValues},
		{"get a list of objects", "preset get", args("preset", "mine", "parameter", "objects"), `[{"a":1},{"a":2}]`, sdk.ResultList},
		{"get an object", "preset get", args("preset", "mine", "parameter", "deep"), `[{"a":{"b":1},"token":"t0ken"}]`, sdk.ResultObject},
		{"get null", "preset get", args("preset", "mine", "parameter", "nothing"), "no such option in preset mine : nothing", 0},
		{"get takes the name as it is", "preset get", args("preset", "mine", "parameter", "deep.a"), "no such option in preset mine : deep.a", 0},
		{"get of no preset", "preset get", args("preset", "none", "parameter", "a"), "no such preset: none", 0},
		{"file", "file", nil, `["FILE"]`, sdk.ResultStatus},
		{"folder", "folder", nil, `["FOLDER"]`, sdk.ResultStatus},
		{"plugins", "plugins list", nil, `[{"plugin":"node","detect":"Y","wizard":" ","path":"/p/node","origin":"built-in"},` +
			`{"plugin":"bad","detect":" ","wizard":" ","path":"/p/bad","origin":"not used: others can write it"}]`, sdk.ResultList},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, file)
			got, out := h.run(t, c.words, c.args)
			if want := strings.NewReplacer("FILE", h.ConfigPath(), "FOLDER", h.folder).Replace(c.want); got != want || out.Kind != c.kind {
				t.Errorf("got %s (%s)\nwant %s (%s)", got, out.Kind, want, c.kind)
			}
		})
	}
}

func TestPresetOverview(t *testing.T) {
	h := newHost(t, current+"mine: {url: u, password: s3cret, deep: {b: [1, 2], token: t0ken}}\n")
	const start = `[{"preset":"config","parameter":"version","value":"4.21.0"},{"preset":"mine","parameter":"url","value":"u"},`
	hidden := start + `{"preset":"mine","parameter":"password","value":"🔑"},{"preset":"mine","parameter":"deep","value":"{\"b\"=>[1, 2], \"token\"=>\"🔑\"}"}]`
	if got, _ := h.run(t, "preset overview", nil); got != hidden {
		t.Errorf("got %s\nwant %s", got, hidden)
	}
	h.shows = true
	shown := start + `{"preset":"mine","parameter":"password","value":"s3cret"},{"preset":"mine","parameter":"deep","value":"{\"b\"=>[1, 2], \"token\"=>\"t0ken\"}"}]`
	if got, _ := h.run(t, "preset overview", nil); got != shown {
		t.Errorf("got %s\nwant %s", got, shown)
	}
	if got, _ := newHost(t, current+"odd: [1]\n").run(t, "preset overview", nil); got != "odd: expecting Hash, but have Array" {
		t.Errorf("a preset that is none: %s", got)
	}
}

// Messages and warnings are those of spec/plugins/config.md 5.
func TestPresetWriting(t *testing.T) {
	const mine = current + "mine:\n  url: u\n  password: s3cret\n"
	const config = `{"config":{"version":"4.21.0"}`
	for _, c := range []struct {
		name, file, words string
		args              map[string]any
		want              string // result or error
		message, warning  string
		content           string
	}{
		{"set makes the preset", current, "preset set", args("preset", "new", "parameter", "to-folder", "value", "/d"), `[]`,
			"Updated: new: to_folder <- /d", "", config + `,"new":{"to_folder":"/d"}}`},
		{"set any type", current, "preset set", args("preset", "new", "parameter", "a.b", "value", record.New("x", []any{1, nil})), `[]`,
			`Updated: new: a.b <- {"x"=>[1, nil]}`, "", config + `,"new":{"a.b":{"x":[1,null]}}}`},
		{"set null", mine, "preset set", args("preset", "mine", "parameter", "url", "value", nil), `[]`,
			"Updated: mine: url <- ", "overwriting value: u", config + `,"mine":{"url":null,"password":"s3cret"}}`},
		{"set another value", mine, "preset set", args("preset", "mine", "parameter", "url", "value", "v"), `[]`,
			"Updated: mine: url <- v", "overwriting value: u", config + `,"mine":{"url":"v","password":"s3cret"}}`},
		{"set the same value", mine, "preset set", args("preset", "mine", "parameter", "url", "value", "u"), `[]`,
			"", "keeping same value for mine: url: u", config + `,"mine":{"url":"u","password":"s3cret"}}`},
		{"set a secret", mine, "preset set", args("preset", "mine", "parameter", "password", "value", "other"), `[]`,
			"Updated: mine: password <- 🔑", "overwriting value: 🔑", config + `,"mine":{"url":"u","password":"other"}}`},
		{"set in what is no preset", current + "odd: [1]\n", "preset set", args("preset", "odd", "parameter", "a", "value", 1),
			"assertion failed: odd.a: expecting Hash, but have Array", "", "", config + `,"odd":[1]}`},
		{"set a pattern", current, "preset set", args("preset", "p", "parameter", "a", "value", regexp.MustCompile("x")),
			"p.a: a value of type *regexp.Regexp cannot be stored", "", "", config + `}`},
		{"unset", mine, "preset unset", args("preset", "mine", "parameter", "url"), `["Removed: mine: url"]`, "", "", config + `,"mine":{"password":"s3cret"}}`},
		{"unset what is not there", mine, "preset unset", args("preset", "mine", "parameter", "x"), `["Removed: mine: x"]`, "", "", config + `,"mine":{"url":"u","password":"s3cret"}}`},
		{"unset in no preset", current, "preset unset", args("preset", "none", "parameter", "x"), "no such preset: none", "", "", config + `}`},
		{"delete", mine, "preset delete", args("preset", "mine"), `["Deleted: mine"]`, "", "", config + `}`},
		{"delete none", current, "preset delete", args("preset", "none"), "no such preset: none", "", "", config + `}`},
		{"initialize", current, "preset initialize", args("preset", "new", "values", record.New("a", 1)), `["Modified: FILE"]`, "", "", config + `,"new":{"a":1}}`},
		{"initialize again", mine, "preset initialize", args("preset", "mine", "values", record.New("a", 1)), `["Modified: FILE"]`, "",
			"configuration already exists: mine, overwriting", config + `,"mine":{"a":1}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, c.file)
			got, out := h.run(t, c.words, c.args)
			if want := strings.ReplaceAll(c.want, "FILE", h.ConfigPath()); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got := messages(out); got != c.message {
				t.Errorf("message %q, want %q", got, c.message)
			}
			if got := strings.Join(h.warnings, "\n"); got != c.warning {
				t.Errorf("warning %q, want %q", got, c.warning)
			}
			if h.content() != c.content {
				t.Errorf("file %s, want %s", h.content(), c.content)
			}
		})
	}
}

func messages(out *sdktest.Outcome) string {
	var lines []string
	for _, m := range out.Messages {
		lines = append(lines, m.Text)
	}
	return strings.Join(lines, "\n")
}

func TestGlobal(t *testing.T) {
	set := args("preset", "GLOBAL", "parameter", "a", "value", "1")
	t.Run("made when there is none", func(t *testing.T) {
		h := newHost(t, current)
		_, out := h.run(t, "preset set", set)
		if got, want := messages(out), "Updated: default: config <- global_common_defaults\nUpdated: global_common_defaults: a <- 1"; got != want {
			t.Errorf("messages %q, want %q", got, want)
		}
		if want := `{"config":{"version":"4.21.0"},"default":{"config":"global_common_defaults"},"global_common_defaults":{"a":"1"}}`; h.content() != want {
			t.Errorf("file %s, want %s", h.content(), want)
		}
		if got, _ := h.run(t, "preset get", args("preset", "GLOBAL", "parameter", "a")); got != `["1"]` {
			t.Errorf("get: %s", got)
		}
	})
	t.Run("the one that is named", func(t *testing.T) {
		h := newHost(t, current+"default: {config: common}\ncommon: {a: 0}\n")
		_, out := h.run(t, "preset set", set)
		if got, want := messages(out), "Updated: common: a <- 1"; got != want {
			t.Errorf("messages %q, want %q", got, want)
		}
		if got, _ := h.run(t, "preset delete", args("preset", "GLOBAL")); got != `["Deleted: common"]` {
			t.Errorf("delete: %s", got)
		}
	})
}

func TestPresetUpdate(t *testing.T) {
	for _, c := range []struct{ name, line, want, content string }{
		{"known or not, values evaluated", "--to-folder=/d --No-Such=@env:X --format=json", `["Updated: mine"]`, `{"url":"u","to_folder":"/d","No_Such":"value of X","format":"json"}`},
		{"to evaluate later", "--password=@val:@vault:l.password", `["Updated: mine"]`, `{"url":"u","password":"@vault:l.password"}`},
		{"dotted", "--http-options.a-b=yes --http-options.l.1=007 --x.f=1e3 --x.t=true", `["Updated: mine"]`,
			`{"url":"u","http_options":{"a-b":"yes","l":[null,7]},"x":{"f":1000.0,"t":true}}`},
		{"shallow merge", "--url=v", `["Updated: mine"]`, `{"url":"v"}`},
		{"empty value", "--url=", `["Updated: mine"]`, `{"url":""}`},
		{"without value", "--foo", `["Updated: mine"]`, `{"url":"u"}`},
		{"short option", "--a=1 -N", "wrong option format: -N", `{"url":"u"}`},
		{"short option with value", "-Pother", "wrong option format: -Pother", `{"url":"u"}`},
		{"key and index", "--x.a=1 --x.0=2", `["Updated: mine"]`, `{"url":"u","x":{"a":1,"0":2}}`},
		{"index and key", "--x.0=1 --x.a=2", "Using String index when Integer index used previously", `{"url":"u"}`},
		{"decoder fails", "--a=@json:{", "", `{"url":"u"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, current+"mine:\n  url: u\n")
			h.options = grammar.Split(strings.Fields(c.line)).Options
			got, out := h.run(t, "preset update", args("preset", "mine"))
			if c.want == "" && out.Err == nil || c.want != "" && got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			preset, err := h.document.Preset("mine")
			if err != nil || string(record.JSON(preset)) != c.content {
				t.Errorf("preset %s, %v; want %s", record.JSON(preset), err, c.content)
			}
		})
	}
}

func TestEcho(t *testing.T) {
	h := newHost(t, current)
	for _, c := range []struct {
		name  string
		value any
		want  string
		kind  sdk.ResultKind
	}{
		{"text", "a", `["a"]`, sdk.ResultStructure},
		{"null", nil, `[null]`, sdk.ResultStructure},
		{"object", record.New("a", 1), `[{"a":1}]`, sdk.ResultObject},
		{"objects", []any{record.New("a", 1)}, `[{"a":1}]`, sdk.ResultList},
		{"empty list", []any{}, `[]`, sdk.ResultList},
		{"scalars", []any{"a", nil, true}, `["a",null,true]`, sdk.ResultValues},
		{"mixed", []any{"a", []any{1}}, `[["a",[1]]]`, sdk.ResultStructure},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, out := h.run(t, "echo", args("value", c.value))
			if got != c.want || out.Kind != c.kind {
				t.Errorf("got %s (%s), want %s (%s)", got, out.Kind, c.want, c.kind)
			}
		})
	}
	out := sdktest.Run(t, configcmd.Plugin(h), "echo", args("value", regexp.MustCompile("x")), nil, sdktest.Host{})
	if pattern, ok := out.Records[0].(*regexp.Regexp); !ok || pattern.String() != "x" || out.Kind != sdk.ResultStructure {
		t.Errorf("pattern: %v, %v", out.Records, out.Err)
	}
}
