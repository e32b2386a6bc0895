package terminal_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/terminal"
)

func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"plain":              "plain",
		"line\nand\ttab":     "line\nand\ttab",
		"\x1b[2Jcleared":     `\u001b[2Jcleared`,
		"back\rover":         `back\u000dover`,
		"windows\r\nline":    "windows\nline",
		"right\u202eto left": `right\u202eto left`,
		"日本 é €":             "日本 é €",
	} {
		if got := terminal.Harmless(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzHarmless(f *testing.F) {
	f.Add("\x1b]0;title\a")
	f.Add("\xff\u009b")
	f.Fuzz(func(t *testing.T, text string) {
		if got := terminal.Harmless(text); strings.ContainsAny(got, "\x1b\r\a\u009b") {
			t.Errorf("%q: got %q", text, got)
		}
	})
}
