//go:build unix

package testscripts

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/ascli-go/ascli/testscripts/world"
)

// terminalLimit bounds a command that runs on a terminal.
const terminalLimit = 30 * time.Second

// ascliOnTerminal runs ascli with a terminal of 80 columns and returns all that
// is shown. typed is entered when the prompt appears.
func ascliOnTerminal(t *testing.T, prompt, typed string, args ...string) (shown string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), terminalLimit)
	defer cancel()
	cmd := world.Ascli(ctx, shared.bin, t.TempDir(), shared.sandbox.Config, args...)
	cmd.Env = append(cmd.Env, "TERM=xterm")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	shown = readTerminal(terminal, prompt, typed)
	return shown, cmd.Wait()
}

// readTerminal reads to the end, which a terminal tells with an error.
func readTerminal(terminal *os.File, prompt, typed string) string {
	var shown bytes.Buffer
	buffer := make([]byte, 4096)
	for {
		n, err := terminal.Read(buffer)
		shown.Write(buffer[:n])
		if prompt != "" && strings.Contains(shown.String(), prompt) {
			io.WriteString(terminal, typed+"\n")
			prompt = ""
		}
		if err != nil {
			return shown.String()
		}
	}
}

func TestProgressOnTerminal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "big.bin")
	if err := os.WriteFile(file, make([]byte, 20<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, preset := range []string{"sandbox_common", "sandbox_gateway"} {
		shown, err := ascliOnTerminal(t, "", "", "node", "upload", file, "--to-folder=/terminal", "-P"+preset)
		if err != nil {
			t.Fatalf("%s: %v\n%s", preset, err, shown)
		}
		last := shown[strings.LastIndex(strings.TrimRight(shown, "\r\n"), "\r")+1:]
		if !strings.Contains(last, "100%") || !strings.Contains(last, "Mbps Time: ") {
			t.Errorf("%s: the last line is %q", preset, last)
		}
		if line := strings.TrimRight(last, "\r\n"); len(line) != 80 {
			t.Errorf("%s: the bar is %d wide", preset, len(line))
		}
	}
}

func TestNoProgressWhenNotWanted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "small.bin")
	if err := os.WriteFile(file, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	shown, err := ascliOnTerminal(t, "", "", "node", "upload", file, "--to-folder=/terminal", "--progress-bar=no")
	if err != nil || shown != "" {
		t.Errorf("%v, shown: %q", err, shown)
	}
}

func TestSecretIsNotEchoed(t *testing.T) {
	shown, err := ascliOnTerminal(t, "option: password> ", "not-the-password",
		"node", "-N", "info", "--interactive=yes", "--url="+nodeURL(t), "--username=node_user")
	if _, failed := err.(*exec.ExitError); !failed {
		t.Errorf("a wrong password was accepted: %v", err)
	}
	if strings.Contains(shown, "not-the-password") {
		t.Errorf("the secret is on the screen:\n%s", shown)
	}
	if !strings.Contains(shown, "401 Unauthorized") {
		t.Errorf("the password did not reach the server:\n%s", shown)
	}
}

func nodeURL(t *testing.T) string {
	t.Helper()
	url, err := shared.sandbox.Preset("sandbox_node", "url")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// A terminal that says that it knows sixel is sent sixels; one that says nothing,
// or something else, coloured characters.
func TestPictureOnTerminal(t *testing.T) {
	var content bytes.Buffer
	if err := png.Encode(&content, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	picture := base64.StdEncoding.EncodeToString(content.Bytes())
	const question = "\x1b[c"
	for _, tt := range []struct{ name, answer, want string }{
		{"sixel", "\x1b[?62;4;22c", "\x1bP"},
		{"other", "\x1b[?62;22c", "▄"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shown, err := ascliOnTerminal(t, question, tt.answer, "config", "image", picture)
			if err != nil || !strings.Contains(shown, question) || !strings.Contains(shown, tt.want) {
				t.Errorf("error %v, shown %.200q", err, shown)
			}
		})
	}
	shown, err := ascliOnTerminal(t, "", "", "config", "image", picture)
	if err != nil || !strings.Contains(shown, "▄") {
		t.Errorf("without answer: error %v, shown %.200q", err, shown)
	}
}

// A list that takes its time shows how far it is, until its table is drawn.
func TestLongListOnTerminal(t *testing.T) {
	f := startFaulty(t)
	for _, name := range []string{"found.txt", "other.txt"} {
		if err := os.WriteFile(filepath.Join(f.Files, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.faults(t, `{"method":"GET","path":"/files/*/files","delay_ms":1500}`)
	ctx, cancel := context.WithTimeout(t.Context(), terminalLimit)
	defer cancel()
	run := func(args ...string) string {
		t.Helper()
		cmd := world.Ascli(ctx, shared.bin, t.TempDir(), f.Config, append([]string{"node", "-Psandbox_ak", "access_keys", "do", "self", "find", "/"}, args...)...)
		cmd.Env = append(cmd.Env, "TERM=xterm")
		terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			t.Fatal(err)
		}
		defer terminal.Close()
		shown := readTerminal(terminal, "", "")
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, shown)
		}
		return shown
	}
	const sign = "0 so far"
	shown := run()
	if before, table, ok := strings.Cut(shown, "╭"); !ok || !strings.Contains(before, sign) || !strings.Contains(table, "/found.txt") || strings.Contains(table, "so far") {
		t.Errorf("shown: %q", shown)
	}
	if shown := run("--format=csv"); strings.Contains(shown, sign) || !strings.Contains(shown, "/found.txt") {
		t.Errorf("as csv, shown: %q", shown)
	}
}
