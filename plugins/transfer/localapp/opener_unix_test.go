//go:build unix && !darwin

package localapp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpen has the opener of the desktop replaced by a script.
func TestOpen(t *testing.T) {
	for _, c := range []struct{ name, script, err string }{
		{"it opens", "#!/bin/sh\necho \"$1\" >\"$SAID\"\n", ""},
		{"it knows no program for it", "#!/bin/sh\nexit 3\n", "xdg-open cannot open app://start: exit status 3"},
		{"there is none", "", "cannot open app://start: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			said := filepath.Join(folder, "said")
			t.Setenv("PATH", folder)
			t.Setenv("SAID", said)
			if c.script != "" {
				if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(c.script), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			err := open(t.Context(), "app://start")
			if got := message(err); (c.err == "") != (got == "") || !strings.HasPrefix(got, c.err) {
				t.Fatalf("error is %v", err)
			}
			if c.err != "" {
				return
			}
			if text, err := os.ReadFile(said); err != nil || string(text) != "app://start\n" {
				t.Errorf("it was given %q, %v", text, err)
			}
		})
	}
}
