package ui_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/ui"
)

func TestTextMode(t *testing.T) {
	tests := []struct {
		name, target, want string
		terminal           bool
	}{
		{"url", "https://h/x", "USER ACTION: please enter this url in a browser:\nhttps://h/x\n", false},
		{"file", "/tmp/x", "USER ACTION: open this:\n/tmp/x\n", false},
		{"url on a terminal", "http://h", "USER ACTION: please enter this url in a browser:\n\x1b[31mhttp://h\x1b[0m\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			o := ui.Opener{Mode: ui.Text, Out: &out, Terminal: tt.terminal}
			if err := o.Open(t.Context(), tt.target); err != nil || out.String() != tt.want {
				t.Errorf("got %q, %v, want %q", out.String(), err, tt.want)
			}
		})
	}
}

func TestGraphicalModeStartsTheDesktopsProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("xdg-open is Linux's")
	}
	folder := t.TempDir()
	seen := filepath.Join(folder, "seen")
	script := "#!/bin/sh\necho \"$1\" > " + seen + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := (ui.Opener{Mode: ui.Graphical}).Open(t.Context(), "https://h/x"); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(seen); string(got) != "https://h/x\n" {
		t.Errorf("xdg-open was given %q", got)
	}
}

func TestDefaultMode(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have a display")
	}
	with := func(name string) func(string) (string, bool) {
		return func(asked string) (string, bool) {
			if asked == name {
				return ":0", true
			}
			return "", false
		}
	}
	for name, want := range map[string]ui.Mode{"DISPLAY": ui.Graphical, "WAYLAND_DISPLAY": ui.Graphical, "TERM": ui.Text} {
		if got := ui.DefaultMode(with(name)); got != want {
			t.Errorf("with %s: got %s, want %s", name, got, want)
		}
	}
}

func TestEditorWithArguments(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the editor of this test is a shell")
	}
	var out strings.Builder
	o := ui.Opener{Out: &out, Err: &out, Editor: "echo -n edit"}
	if err := o.Edit(context.Background(), "/tmp/config.yaml"); err != nil || out.String() != "edit /tmp/config.yaml" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	o.Editor = "/does/not/exist"
	if err := o.Edit(context.Background(), "x"); err == nil {
		t.Error("an editor that does not exist: no error")
	}
}
