// Package ui opens URLs and files for the user: in a browser or an editor, or by
// telling where to look (spec/cli.md 10.9).
package ui

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/cli/browser"

	"github.com/ascli-go/ascli/sdk/display"
	"github.com/ascli-go/ascli/sdk/failure"
)

// Mode is a value of option `ui`.
type Mode string

// The modes: programs with windows, or text only.
const (
	Graphical Mode = "graphical"
	Text      Mode = "text"
)

// DefaultMode is graphical where there is a display. lookup gives environment
// variables.
func DefaultMode(lookup func(string) (string, bool)) Mode {
	if display.Available(lookup) {
		return Graphical
	}
	return Text
}

// Opener opens things for the user.
type Opener struct {
	Mode Mode
	// Out is where text mode tells what to open; Terminal: it may have colours.
	Out      io.Writer
	Terminal bool
	// Editor is the command of an editor, with its arguments, or "".
	Editor string
	// In is what an editor reads from.
	In io.Reader
	// Err is where programs complain.
	Err io.Writer
}

// Open shows a URL, or a file by the program of its type.
func (o Opener) Open(_ context.Context, target string) error {
	isWeb := strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://")
	if o.Mode == Text {
		return o.tell(target, isWeb)
	}
	open := browser.OpenFile
	if isWeb {
		open = browser.OpenURL
	}
	if err := open(target); err != nil {
		return failure.Otherf("RuntimeError", "cannot open %s: %w", target, err).
			Hint("with --ui=text the address is only shown")
	}
	return nil
}

func (o Opener) tell(target string, isWeb bool) error {
	line := "USER ACTION: open this:"
	if isWeb {
		line = "USER ACTION: please enter this url in a browser:"
	}
	shown := target
	if o.Terminal {
		shown = "\x1b[31m" + target + "\x1b[0m"
	}
	_, err := fmt.Fprintf(o.Out, "%s\n%s\n", line, shown)
	return err
}

// Edit opens a text file: in the editor, else as [Opener.Open] does.
func (o Opener) Edit(ctx context.Context, file string) error {
	words := strings.Fields(o.Editor)
	if len(words) == 0 && runtime.GOOS == "windows" {
		words = []string{"notepad.exe"}
	}
	if len(words) == 0 {
		return o.Open(ctx, file)
	}
	editor := exec.CommandContext(ctx, words[0], append(words[1:], file)...)
	editor.Stdin, editor.Stdout, editor.Stderr = o.In, o.Out, o.Err
	if in, ok := o.In.(*os.File); ok {
		editor.Stdin = in
	}
	if err := editor.Run(); err != nil {
		return failure.Otherf("RuntimeError", "editor %s: %w", words[0], err).Hint("the variable EDITOR names the editor")
	}
	return nil
}
