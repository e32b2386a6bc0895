package config_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const version = "4.21.0"

// writerVariable turns the test binary into a process that sets the key it
// names in the file of variable fileVariable.
const (
	writerVariable = "CONFIG_TEST_WRITER"
	fileVariable   = "CONFIG_TEST_FILE"
)

func TestMain(m *testing.M) {
	key, isWriter := os.LookupEnv(writerVariable)
	if !isWriter {
		os.Exit(m.Run())
	}
	store := config.NewStore(config.Options{File: os.Getenv(fileVariable), Version: version})
	_, err := store.Update(context.Background(), func(d *config.Document) error {
		return d.Set("shared", key, "value of "+key)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestConcurrentProcessesLoseNothing(t *testing.T) {
	const writers = 20
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	store, path, _ := newStore(t)
	var processes []*exec.Cmd
	for i := range writers {
		c := exec.Command(executable)
		c.Env = append(os.Environ(), fmt.Sprintf("%s=key%d", writerVariable, i), fileVariable+"="+path)
		c.Stderr = new(bytes.Buffer)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, c)
	}
	for _, c := range processes {
		if err := c.Wait(); err != nil {
			t.Errorf("writer: %v: %s", err, c.Stderr)
		}
	}
	shared, err := load(t, store).Preset("shared")
	if err != nil {
		t.Fatal(err)
	}
	for i := range writers {
		if key := fmt.Sprintf("key%d", i); shared.Text(key) != "value of "+key {
			t.Errorf("%s is lost", key)
		}
	}
}

// newStore returns a store in an empty folder, its path and its log.
func newStore(t *testing.T) (store *config.Store, path string, log *bytes.Buffer) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), ".aspera", "ascli")
	log = &bytes.Buffer{}
	path = config.DefaultFile(folder)
	return config.NewStore(config.Options{
		Folder: folder, File: path, Version: version, Log: slog.New(slog.NewTextHandler(log, nil)),
	}), path, log
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func load(t *testing.T, store *config.Store) *config.Document {
	t.Helper()
	d, err := store.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNewFile(t *testing.T) {
	store, path, log := newStore(t)
	d := load(t, store)
	if got, want := string(record.JSON(d.Record())), `{"config":{"version":"4.21.0"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !strings.Contains(log.String(), "No config file found. New configuration file: ") {
		t.Errorf("log: %s", log)
	}
	for i, stale := range []bool{true, false} {
		if load(t, store).Stale() != stale {
			t.Errorf("update %d: stale %v", i, !stale)
		}
		if saved, err := store.Update(t.Context(), nil); err != nil || saved != stale {
			t.Errorf("update %d: saved %v, %v, want %v", i, saved, err, stale)
		}
	}
	if got, want := read(t, path), "---\nconfig:\n  version: 4.21.0\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	store, path, _ := newStore(t)
	write(t, path, "config: {version: 4.20.0}\n")
	if !load(t, store).Stale() {
		t.Error("a file of another version is not stale")
	}
	if saved, err := store.Update(t.Context(), nil); err != nil || !saved {
		t.Fatalf("saved %v, %v", saved, err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got %o, want %o", name, got, want)
		}
	}
}

func TestEditKeepsCommentsAndOrder(t *testing.T) {
	store, path, _ := newStore(t)
	write(t, path, `---
# mine
config:
  version: 4.21.0
default:
  true: old defect
  node: mynode # the node
  "true": text
mynode:
  # where
  url: https://node.example.com:9092
  password: "@vault:mynode.password"
  port: 010
other: {a: yes}
`)
	saved, err := store.Update(t.Context(), func(d *config.Document) error {
		d.Replace("fresh", record.New("flag", "yes", "nothing", nil, "time", "12:30:00"))
		return errors.Join(d.Set("mynode", "username", "0"), d.SetDefault("config", "fresh"))
	})
	if err != nil || !saved {
		t.Fatalf("saved %v, %v", saved, err)
	}
	want := `---
# mine
config:
  version: 4.21.0
default:
  node: mynode # the node
  config: fresh
mynode:
  # where
  url: https://node.example.com:9092
  password: "@vault:mynode.password"
  port: 010
  username: '0'
other: {a: yes}
fresh:
  flag: 'yes'
  nothing: null
  time: '12:30:00'
`
	if got := read(t, path); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSameContentIsNotSaved(t *testing.T) {
	store, path, _ := newStore(t)
	text := "config: {version: 4.21.0}\n\n\np: {a: 1}\n"
	write(t, path, text)
	saved, err := store.Update(t.Context(), func(d *config.Document) error { return d.Set("p", "a", record.Of(1)) })
	if err != nil || saved || read(t, path) != text {
		t.Errorf("saved %v, %v, file %q", saved, err, read(t, path))
	}
}

func TestFailedEditIsNotSaved(t *testing.T) {
	store, path, _ := newStore(t)
	write(t, path, "config: {version: 4.20.0}\n")
	failed := errors.New("failed")
	saved, err := store.Update(t.Context(), func(d *config.Document) error {
		d.Replace("p", record.New("a", 1))
		return failed
	})
	if saved || !errors.Is(err, failed) || read(t, path) != "config: {version: 4.20.0}\n" {
		t.Errorf("saved %v, %v, file %q", saved, err, read(t, path))
	}
}

func TestSyntaxErrorLeavesFileAlone(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unclosed list":       {"config:\n  version: [4\np: 1\n", "mapping values are not allowed in this context at line 3 column 2"},
		"tab":                 {"config:\n\tversion: 4\n", "found character that cannot start any token while scanning for the next token at line 2 column 1"},
		"not UTF-8":           {"config: {version: 4}\np: {a: \xff}\n", "invalid leading UTF-8 octet (value: 255) at line 2 column 8"},
		"a second document":   {"config: {version: 4}\n---\np: 1\n", "expecting a single YAML document, another one starts at line 2 column 1"},
		"broken second value": {"config: {version: 4}\n---\np: [\n", "did not find expected node content while parsing a flow node at line 4 column 1"},
	} {
		t.Run(name, func(t *testing.T) {
			store, path, log := newStore(t)
			write(t, path, c.text)
			_, loadErr := store.Load(t.Context())
			_, updateErr := store.Update(t.Context(), nil)
			for _, err := range []error{loadErr, updateErr} {
				f := failure.As(err)
				if f == nil || f.Label != failure.Other || f.Message != "("+path+"): "+c.want {
					t.Errorf("got %v\nwant (%s): %s", err, path, c.want)
				}
			}
			if read(t, path) != c.text {
				t.Error("the file changed")
			}
			if !strings.Contains(log.String(), "YAML error in config file") {
				t.Errorf("log: %s", log)
			}
		})
	}
}

func TestWrongStructureIsSetAside(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"list":       {"- a\n", "config file YAML: expecting Hash, but have Array"},
		"empty":      {"", "config file YAML: expecting Hash, but have NilClass"},
		"no config":  {"p: {a: 1}\n", "Cannot find key: config"},
		"no version": {"config: {a: 1}\n", "No version found in config section."},
		"date":       {"config: {version: 4}\np: {d: 2024-01-31}\n", "Tried to load unspecified class: Date at line 2 column 8"},
		"alias":      {"config: {version: &v 4}\np: {d: *v}\n", "Unknown alias: v at line 2 column 8"},
	} {
		t.Run(name, func(t *testing.T) {
			store, path, log := newStore(t)
			for _, suffix := range []string{"", ".1"} {
				write(t, path, c.text)
				_, err := store.Load(t.Context())
				if f := failure.As(err); f == nil || f.Label != failure.Tool || f.Message != c.want {
					t.Errorf("got %v, want %s", err, c.want)
				}
				aside := path + ".pre4.21.0.manual_conversion_needed" + suffix
				if read(t, aside) != c.text {
					t.Errorf("%s differs", aside)
				}
				if !strings.Contains(log.String(), "Renamed config file to "+aside+".") || !strings.Contains(log.String(), "Manual Conversion is required.") {
					t.Errorf("log: %s", log)
				}
			}
			if load(t, store).Version() != version {
				t.Error("the next start has no new file")
			}
		})
	}
}

func TestUnreadableFileIsNotTouched(t *testing.T) {
	store, path, _ := newStore(t)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := store.Load(t.Context())
	if f := failure.As(err); f == nil || f.Label != failure.Tool {
		t.Errorf("got %v, want an error of the tool", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestSymbolicLinkStays(t *testing.T) {
	store, path, _ := newStore(t)
	target := filepath.Join(t.TempDir(), "dotfiles.yaml")
	write(t, target, "config: {version: 4.20.0}\n")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if saved, err := store.Update(t.Context(), nil); err != nil || !saved {
		t.Fatalf("saved %v, %v", saved, err)
	}
	if got, want := read(t, target), "---\nconfig: {version: 4.21.0}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
}

func TestUpdateGivesUpWithContext(t *testing.T) {
	store, _, _ := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := store.Update(t.Context(), func(*config.Document) error {
		cancel()
		_, err := store.Update(ctx, func(*config.Document) error { return nil })
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("---\nconfig:\n  version: 4.21.0\ndefault: {true: x}\np: {a: [1, yes]}\n")
	f.Add("config: {version: 1}\n<<: {default: 1}\ndefault: {true: 1}\n")
	f.Add("? [config]\n: version\n")
	f.Fuzz(func(t *testing.T, text string) {
		store, path, _ := newStore(t)
		write(t, path, text)
		if _, err := store.Load(t.Context()); err != nil {
			return
		}
		edit := func(d *config.Document) error {
			d.Replace("fuzzed", record.New("a", text))
			return nil
		}
		if _, err := store.Update(t.Context(), edit); err != nil {
			t.Fatalf("cannot edit %q: %v", text, err)
		}
		preset, err := load(t, store).Preset("fuzzed")
		if err != nil || preset.Text("a") != text {
			t.Fatalf("got %v, %v, want %q", preset, err, text)
		}
	})
}
