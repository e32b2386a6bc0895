package config_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func document(t *testing.T) *config.Document {
	t.Helper()
	store, path, _ := newStore(t)
	write(t, path, `config: {version: 4.20.0}
default: {node: mynode, config: common}
mynode: {url: "https://x", password: hush, nested: {sub: {a: 1}}}
text: hello
"": {a: 1}
nothing:
`)
	return load(t, store)
}

func TestGet(t *testing.T) {
	d := document(t)
	for path, want := range map[string]string{
		"mynode.url": `"https://x"`, "mynode.nested": `{"sub":{"a":1}}`, "mynode.nested.sub.a": "1",
		"config.version": `"4.21.0"`, "text": `"hello"`, ".a": "1", "mynode.url.": `"https://x"`,
		"": string(record.JSON(d.Record())),
	} {
		v, err := d.Get(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := string(record.JSON(v)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestGetErrors(t *testing.T) {
	d := document(t)
	for path, want := range map[string]string{
		"nope":              `No such config preset: ["nope"]`,
		"mynode.nope":       `No such config preset: ["mynode", "nope"]`,
		"nothing.a":         `No such config preset: ["nothing"]`,
		"mynode.url.x":      `assertion failed: sub key: ["mynode", "url"]: expecting Hash, but have "https://x"`,
		"mynode.password.x": `assertion failed: sub key: ["mynode", "password"]: expecting Hash, but have 🔑`,
	} {
		v, err := d.Get(path)
		if f := failure.As(err); f == nil || f.Label != failure.Tool || f.Message != want {
			t.Errorf("%s: got %v, %v, want %s", path, v, err, want)
		}
	}
}

func TestGetReturnsCopies(t *testing.T) {
	d := document(t)
	v, err := d.Get("mynode.nested")
	if err != nil {
		t.Fatal(err)
	}
	v.(*record.Object).Set("sub", nil)
	if got, _ := d.Get("mynode.nested.sub.a"); string(record.JSON(got)) != "1" {
		t.Errorf("the document changed: %s", record.JSON(d.Record()))
	}
}

func TestPresets(t *testing.T) {
	d := document(t)
	if got, want := d.Presets(), []string{"config", "default", "mynode", "text", "", "nothing"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if name, ok := d.Default("node"); !ok || name != "mynode" {
		t.Errorf("default of node: %q, %v", name, ok)
	}
	if name, ok := d.Default("aoc"); ok {
		t.Errorf("default of aoc: %q", name)
	}
	if _, err := d.Preset("nope"); !errors.Is(err, config.ErrNoPreset) || err.Error() != "no such preset: nope" {
		t.Errorf("got %v", err)
	}
	if _, err := d.Preset("text"); err == nil || errors.Is(err, config.ErrNoPreset) {
		t.Errorf("preset that is a text: got %v", err)
	}
}

func TestEdits(t *testing.T) {
	d := document(t)
	for _, err := range []error{
		d.Set("new", "a.b", "x"), d.Set("nothing", "a", nil), d.Unset("mynode", "password"), d.Unset("mynode", "nope"),
		d.Delete("text"), d.SetDefault("aoc", "new"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	d.Replace("mynode", record.New("b", 2))
	want := `{"config":{"version":"4.21.0"},"default":{"node":"mynode","config":"common","aoc":"new"},` +
		`"mynode":{"b":2},"":{"a":1},"nothing":{"a":null},"new":{"a.b":"x"}}`
	if got := string(record.JSON(d.Record())); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEditErrors(t *testing.T) {
	d := document(t)
	for name, err := range map[string]error{
		"assertion failed: text.a: expecting Hash, but have String": d.Set("text", "a", "x"),
		"p.a: a value of type *regexp.Regexp cannot be stored":      d.Set("p", "a", regexp.MustCompile("x")),
		"no such preset: nope": d.Delete("nope"),
		"no such preset: none": d.Unset("none", "a"),
	} {
		if err == nil || err.Error() != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

// A file without version would be set aside at the next start.
func TestVersionCannotBeLost(t *testing.T) {
	store, path, _ := newStore(t)
	write(t, path, "config: {version: 4.21.0}\n")
	if _, err := store.Update(t.Context(), func(d *config.Document) error { return d.Delete(config.Section) }); err != nil {
		t.Fatal(err)
	}
	if got := load(t, store).Version(); got != version {
		t.Errorf("got %q", got)
	}
}

func TestUserHome(t *testing.T) {
	home := t.TempDir()
	lookup := func(value string) func(string) (string, bool) {
		return func(name string) (string, bool) { return value, name == "HOME" }
	}
	got, err := config.UserHome(lookup(home))
	if err != nil || got != home {
		t.Errorf("got %q, %v, want %q", got, err, home)
	}
	if got, want := config.DefaultFile(config.DefaultFolder(home)), filepath.Join(home, ".aspera", "ascli", "config.yaml"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	absent := filepath.Join(home, "nope")
	_, err = config.UserHome(lookup(absent))
	want := "Home folder does not exist: " + absent + ". Check your user environment."
	if f := failure.As(err); f == nil || f.Label != failure.Tool || f.Message != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
