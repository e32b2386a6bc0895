//go:build unix

package plugins

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program writes a plugin for the shell.
func program(t *testing.T, name, script string) Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), prefix+name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return Program{Name: name, Path: path}
}

func TestDescribeGivesUp(t *testing.T) {
	const limit = 50 * time.Millisecond
	start := time.Now()
	_, err := describe(t.Context(), program(t, "slow", "exec sleep 60"), limit)
	if err == nil || !strings.Contains(err.Error(), "gave no answer in 50ms") {
		t.Errorf("error: %v", err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestDescribeRefuses(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"no manifest", "echo '<html>'", "printed no manifest"},
		{"nothing", "true", "printed no manifest"},
		{"another name", `echo '{"name":"b"}'`, `its manifest says "b": rename the file to ascli-plugin-b`},
		{"a failure", "echo oops >&2; exit 3", "failed: exit status 3\noops"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := describe(t.Context(), program(t, "a", test.script), describeTimeout)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error: %v\nwant: %s", err, test.want)
			}
		})
	}
}

func TestManifestIsRememberedUntilTheProgramChanges(t *testing.T) {
	p := program(t, "a", `echo '{"name":"a","summary":"first","protocol_versions":[1]}'`)
	m := Manifests{Cache: filepath.Join(t.TempDir(), "cache")}
	summary := func() string {
		t.Helper()
		manifest, err := m.Of(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return manifest.Summary
	}
	if got := summary(); got != "first" {
		t.Errorf("summary %q", got)
	}
	info, err := os.Stat(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(text string, modified time.Time) {
		t.Helper()
		if err := os.WriteFile(p.Path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(p.Path, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	// The same size and time: it is not even started.
	rewrite(`echo '{"name":"a","summary":"other","protocol_versions":[1]}'`, info.ModTime())
	if got := summary(); got != "first" {
		t.Errorf("it was described again: summary %q", got)
	}
	rewrite(`echo '{"name":"a","summary":"other","protocol_versions":[1]}'`, info.ModTime().Add(time.Second))
	if got := summary(); got != "other" {
		t.Errorf("a newer program has the old summary %q", got)
	}
}
