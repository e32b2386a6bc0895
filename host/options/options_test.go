package options_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// given is a line of the command line ("--ts.a=1"), the environment
// ("ASCLI_TS=...") or a preset (layer and JSON of its values).
type given struct {
	layer options.Layer
	text  string
}

func set(text string) given    { return given{options.Preset, text} }
func typed(text string) given  { return given{options.CommandLine, text} }
func env(text string) given    { return given{options.Environment, text} }
func plugin(text string) given { return given{options.PluginPreset, text} }
func global(text string) given { return given{options.GlobalPreset, text} }

// newSet declares the global options and some of a plugin.
func newSet(t *testing.T, all ...given) *options.Set {
	t.Helper()
	s := options.NewSet(options.Globals(), value.New(value.Env{Folder: t.TempDir()}))
	for _, g := range all {
		add(t, s, g)
	}
	// As in a session, the plugin is known after most values.
	s.Declare([]options.Definition{
		{Option: sdk.Option{Name: "port", Types: []sdk.Type{sdk.Integer}, Default: 22}},
		{Option: sdk.Option{Name: "url"}},
		{Option: sdk.Option{Name: "url", Default: "a second declaration does not count"}},
	})
	return s
}

func add(t *testing.T, s *options.Set, g given) {
	t.Helper()
	switch g.layer {
	case options.Environment:
		s.AddEnvironment([]string{g.text})
	case options.CommandLine:
		word, text, _ := strings.Cut(strings.TrimPrefix(g.text, "--"), "=")
		name, path, _ := strings.Cut(word, ".")
		s.Add(name, options.Setting{Layer: g.layer, Text: text, Path: path, Typed: g.text})
	default:
		preset, err := record.ParseObject([]byte(g.text))
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range preset.All() {
			s.AddPreset(g.layer, name, v)
		}
	}
}

func TestValue(t *testing.T) {
	for _, c := range []struct {
		name   string
		option string
		given  []given
		want   string // JSON
	}{
		{"nothing given", "to_folder", nil, `null`},
		{"default", "format", nil, `"table"`},
		{"global preset over default", "format", []given{global(`{"format":"csv"}`)}, `"csv"`},
		{"preset of the plugin over the global one", "url", []given{plugin(`{"url":"p"}`), global(`{"url":"g"}`)}, `"p"`},
		{"named preset over that of the plugin", "url", []given{set(`{"url":"n"}`), plugin(`{"url":"p"}`)}, `"n"`},
		{"the later of named presets", "url", []given{set(`{"url":"1"}`), set(`{"url":"2"}`)}, `"2"`},
		{"environment over presets", "url", []given{env("ASCLI_URL=e"), set(`{"url":"n"}`)}, `"e"`},
		{"command line over environment", "url", []given{typed("--url=c"), env("ASCLI_URL=e")}, `"c"`},
		{"the last of the command line", "url", []given{typed("--url=1"), typed("--url=2")}, `"2"`},
		{"null takes the value away", "url", []given{set(`{"url":"n"}`), typed("--url=@none:")}, `null`},

		{"extended value typed", "url", []given{typed("--url=@val:@json:1")}, `"@json:1"`},
		{"extended value of a preset", "ts", []given{set(`{"ts":"@json:{\"a\":1}"}`)}, `{"create_dir":true,"a":1}`},
		{"text inside a value of a preset is none", "query", []given{set(`{"query":{"a":"@json:1"}}`)}, `{"a":"@json:1"}`},
		{"variable in any case", "url", []given{env("ASCLI_UrL=e")}, `"e"`},
		{"prefix in lower case is another variable", "url", []given{env("ascli_url=e")}, `null`},
		{"switch is not set by a variable", "no_default", []given{env("ASCLI_NO_DEFAULT=yes")}, `null`},
		{"switch is not set by a preset", "show_config", []given{set(`{"show_config":true}`)}, `null`},
		{"switch is typed", "no_default", []given{typed("--no_default")}, `true`},

		{"ts is merged deeply", "ts", []given{typed(`--ts=@json:{"a":{"x":1}}`), typed(`--ts=@json:{"a":{"y":2},"l":[1]}`)},
			`{"create_dir":true,"a":{"x":1,"y":2},"l":[1]}`},
		{"ts is merged across layers", "ts", []given{typed(`--ts=@json:{"a":3}`), env(`ASCLI_TS=@json:{"a":2,"b":2}`), set(`{"ts":{"a":1,"b":1,"c":1}}`)},
			`{"create_dir":true,"a":3,"b":2,"c":1}`},
		{"null inside ts stays, for the agents to drop the field", "ts", []given{typed(`--ts=@json:{"create_dir":null}`)}, `{"create_dir":null}`},
		{"null resets ts", "ts", []given{set(`{"ts":{"a":1}}`), typed("--ts=@none:"), typed(`--ts=@json:{"b":1}`)}, `{"b":1}`},
		{"query is replaced", "query", []given{set(`{"query":{"a":1}}`), typed(`--query=@json:{"b":1}`)}, `{"b":1}`},
		{"container of the other kind replaces", "query", []given{typed("--query=@json:[1]"), typed(`--query=@json:{"a":1}`)}, `{"a":1}`},
		{"folders add up", "plugin_folder", []given{set(`{"plugin_folder":"a"}`), typed("--plugin_folder=@list:,b,c"), typed("--plugin_folder=d")}, `["a","b","c","d"]`},

		{"dotted into the default", "ts", []given{typed("--ts.a.0=x"), typed("--ts.create_dir=false")}, `{"create_dir":false,"a":["x"]}`},
		{"dotted into a lower layer", "query", []given{set(`{"query":{"a":{"x":1}}}`), typed("--query.a.y=2")}, `{"a":{"x":1,"y":2}}`},
		{"dotted before a whole value is lost", "query", []given{typed("--query.a=1"), typed(`--query=@json:{"b":1}`)}, `{"b":1}`},
		{"dotted value has a type", "query", []given{typed("--query.i=007"), typed("--query.f=1e3"), typed("--query.b=true"), typed("--query.s=TRUE")},
			`{"i":7,"f":1000.0,"b":true,"s":"TRUE"}`},

		{"unique prefix of an entry", "format", []given{typed("--format=jsonp")}, `"jsonpp"`},
		{"typed prefix that is the start of all others", "format", []given{typed("--format=js")}, `"json"`},
		{"boolean by prefix", "bulk", []given{typed("--bulk=y")}, `true`},
		{"boolean word of a preset", "bulk", []given{set(`{"bulk":"true"}`)}, `true`},
		{"boolean of a preset", "bfail", []given{set(`{"bfail":false}`)}, `false`},
		{"octal integer", "port", []given{typed("--port=010")}, `8`},
		{"integer of a preset", "port", []given{set(`{"port":33001}`)}, `33001`},
		{"number for a text", "url", []given{set(`{"url":12}`)}, `"12"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := newSet(t, c.given...).Value(t.Context(), c.option)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(v)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// The messages depend on where a value comes from (spec/cli.md 1.2, 1.5, 1.6, 3.2).
func TestWrongValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		option string
		given  given
		label  failure.Label
		want   string // begins so
	}{
		{"typed entry", "format", typed("--format=jsonx"), failure.Other, "invalid argument: --format=jsonx"},
		{"typed entry, empty", "format", typed("--format="), failure.Other, "ambiguous argument: --format="},
		{"typed entry, ambiguous", "format", typed("--format=t"), failure.Other, "ambiguous argument: --format=t"},
		{"entry in a variable", "format", env("ASCLI_FORMAT=zz"), failure.Argument, "unknown value for format in env: zz\nUse:\n- csv\n"},
		{"entry in a variable, ambiguous", "format", env("ASCLI_FORMAT=js"), failure.Argument, "ambiguous shortcut for format in env: js\nUse:\n- json\n"},
		{"entry in a preset", "interactive", set(`{"interactive":"maybe"}`), failure.Argument, "unknown value for interactive in set: maybe\nUse:\n- false\n- no\n"},
		{"typed boolean", "bulk", typed("--bulk=1"), failure.Other, "invalid argument: --bulk=1"},
		{"boolean in a variable is no extended value", "flat_hash", env("ASCLI_FLAT_HASH=@json:false"), failure.Argument, "unknown value for flat_hash in env: @json:false"},
		{"number for a boolean", "bulk", set(`{"bulk":1}`), failure.Argument, "Option bulk is a Integer but must be String"},
		{"typed integer", "port", typed("--port=abc"), failure.Other, "invalid argument: --port=abc"},
		{"integer in a variable", "port", env("ASCLI_PORT=abc"), failure.Argument, "Option port is a String but must be Integer"},
		{"one type", "ts", typed("--ts=x"), failure.Argument, "Option ts is a String but must be Hash"},
		{"several types", "query", typed("--query=1"), failure.Argument, "Option query is a String but must be one of Hash,Array"},
		{"dotted into a text", "url", typed("--url.a=1"), failure.Argument, ""},
		{"decoder fails", "url", typed("--url=@json:{"), failure.Other, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := typed("--url=text")
			_, err := newSet(t, before, c.given).Value(t.Context(), c.option)
			f := failure.As(err)
			if f == nil || f.Label != c.label || !strings.HasPrefix(f.Message, c.want) {
				t.Errorf("got %+v\nwant %s: %s", f, c.label, c.want)
			}
		})
	}
}

func TestOnlyWhatCountsIsRead(t *testing.T) {
	s := newSet(t, set(`{"url":"@file:missing"}`), env("ASCLI_URL=@file:missing"), typed("--url=u"), typed("--to_folder=@file:missing"))
	if v, err := s.Value(t.Context(), "url"); err != nil || v != "u" {
		t.Errorf("overridden values are read: %v, %v", v, err)
	}
	if _, err := s.Value(t.Context(), "to_folder"); err == nil {
		t.Error("a file that does not exist gave no error")
	}
}

func TestAValueIsReadOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSet(t, typed("--url=@file:"+path))
	for range 2 {
		if v, err := s.Text(t.Context(), "url"); err != nil || v != "first" {
			t.Errorf("got %v, %v", v, err)
		}
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	s := newSet(t, env("ASCLI_NO_SUCH=@file:missing"), set(`{"other_plugins_option":1}`))
	if s.Given("no_such") || s.Given("other_plugins_option") {
		t.Error("options that nobody declares have values")
	}
	if _, err := s.Value(t.Context(), "no_such"); err == nil {
		t.Error("an option that nobody declares is no error")
	}
}

func TestAccess(t *testing.T) {
	ctx := t.Context()
	s := newSet(t, typed("--plugin_folder=a"), typed("--bulk=yes"), set(`{"url":"u"}`), typed("--url=v"))
	if folders, err := s.Texts(ctx, "plugin_folder"); err != nil || len(folders) != 1 || folders[0] != "a" {
		t.Errorf("texts %v, %v", folders, err)
	}
	if folders, err := s.Texts(ctx, "cert_stores"); err != nil || folders != nil {
		t.Errorf("texts of nothing %v, %v", folders, err)
	}
	if bulk, err := s.Flag(ctx, "bulk"); err != nil || !bulk {
		t.Errorf("flag %v, %v", bulk, err)
	}
	if ts, err := s.Object(ctx, "ts"); err != nil || !ts.Bool("create_dir") {
		t.Errorf("object %v, %v", ts, err)
	}
	if all := s.Settings("url"); len(all) != 2 || all[0].Text != "u" || all[1].Text != "v" {
		t.Errorf("settings %+v", all)
	}
	s.SetDefault("home", "/main")
	if home, err := s.Text(ctx, "home"); err != nil || home != "/main" || s.Given("home") {
		t.Errorf("default %v, %v", home, err)
	}
	s.Put("to_folder", "/asked")
	if folder, err := s.Text(ctx, "to_folder"); err != nil || folder != "/asked" {
		t.Errorf("late value %v, %v", folder, err)
	}
	if port, err := s.Value(ctx, "port"); err != nil || string(record.JSON(port)) != "22" {
		t.Errorf("first declaration %v, %v", port, err)
	}
}

// A value that one caller changes must not change for the next one.
func TestDefaultsAreNotShared(t *testing.T) {
	for range 2 {
		ts, err := newSet(t, typed("--ts.a=1")).Object(t.Context(), "ts")
		if err != nil || string(record.JSON(ts)) != `{"create_dir":true,"a":1}` {
			t.Errorf("got %s, %v", record.JSON(ts), err)
		}
		ts.Set("b", 1)
	}
}

func TestArgument(t *testing.T) {
	types := func(list ...sdk.Type) *ascliv1.Argument {
		return &ascliv1.Argument{Description: "thing", Types: list, Values: []string{"low", "high"}}
	}
	for _, c := range []struct {
		name     string
		declared *ascliv1.Argument
		value    any
		want     string // JSON, or the error
	}{
		{"anything", types(sdk.Any), []any{"a"}, `["a"]`},
		{"text", types(), "a", `"a"`},
		{"number as text", types(), record.Of(12), `"12"`},
		{"hash for a text", types(), record.New(), "Argument thing (String) is a Hash but must be String"},
		{"entry by prefix", types(sdk.Enum), "l", `"low"`},
		{"unknown entry", types(sdk.Enum), "x", "unknown value for thing (Symbol): x\nUse:\n- high\n- low"},
		{"boolean", types(sdk.Boolean), "no", `false`},
		{"integer", types(sdk.Integer), "0x10", `16`},
		{"no integer", types(sdk.Integer), "abc", "Invalid integer: abc"},
		{"no hash", types(sdk.Hash), "a", "Argument thing (Hash) is a String but must be Hash"},
		{"one of several types", types(sdk.Hash, sdk.Array), []any{}, `[]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := options.Argument(c.declared, c.value)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = string(record.JSON(v))
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestFromManifest(t *testing.T) {
	p := sdk.Plugin{Name: "x", Options: []sdk.Option{
		{Name: "url", Mandatory: true, Help: "Address"},
		{Name: "tags", Types: []sdk.Type{sdk.Hash}, Default: record.New("a", 1), Cumulative: true, Secret: true},
	}}
	manifest, err := p.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	list, err := options.FromManifest(manifest)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if d := list[0]; d.Name != "url" || !d.Mandatory || d.Help != "Address" || d.Default != nil || !d.Shared {
		t.Errorf("got %+v", d)
	}
	if d := list[1]; string(record.JSON(d.Default)) != `{"a":1}` || !d.Cumulative || !d.Secret {
		t.Errorf("got %+v", d)
	}
	manifest.Options[1].DefaultJson = []byte("{")
	if _, err := options.FromManifest(manifest); err == nil {
		t.Error("a default that is no JSON is no error")
	}
}
