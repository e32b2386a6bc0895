//go:build unix

package completion

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// shellLimit bounds the life of a shell in a test.
const shellLimit = 30 * time.Second

// playground is a folder with an `ascli` on the path, the scripts and some files.
type playground struct {
	folder string
	env    []string
}

func newPlayground(t *testing.T) playground {
	t.Helper()
	p := playground{folder: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(p.folder, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "ascli")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"report.txt", "two words.txt"} {
		p.write(t, name, "")
	}
	for _, shell := range Shells() {
		text, err := Script(shell)
		if err != nil {
			t.Fatal(err)
		}
		p.write(t, "script."+shell, text)
	}
	p.env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+p.folder, "ZDOTDIR="+p.folder,
		"XDG_CONFIG_HOME="+p.folder, "XDG_DATA_HOME="+p.folder, "TERM=xterm", "LC_ALL=C.UTF-8",
		// The race detector would keep each ascli alive for a second.
		"GORACE=atexit_sleep_ms=0")
	return p
}

func (p playground) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command prepares a shell, which must be there.
func (p playground) command(t *testing.T, shell string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Fatalf("this test runs %s: install it, e.g. apt-get install bash zsh fish", shell)
	}
	ctx, cancel := context.WithTimeout(t.Context(), shellLimit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = p.folder, p.env
	return cmd
}

// terminal is an interactive shell. Its start-up file prints a prompt "ready>"
// and binds Ctrl-T to print the line so far as <<line>>.
type terminal struct {
	*os.File
	t     *testing.T
	shown bytes.Buffer
}

func (p playground) terminal(t *testing.T, shell string, args ...string) *terminal {
	t.Helper()
	cmd := p.command(t, shell, args...)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		file.Close()
		// It ends by the loss of its terminal, with a status of no interest.
		_ = cmd.Wait()
	})
	term := &terminal{File: file, t: t}
	term.until("ready>")
	return term
}

// until reads what is shown up to and including text.
func (term *terminal) until(text string) string {
	term.t.Helper()
	buffer := make([]byte, 4096)
	for !bytes.Contains(term.shown.Bytes(), []byte(text)) {
		n, err := term.Read(buffer)
		term.shown.Write(buffer[:n])
		if err != nil {
			term.t.Fatalf("%q is not shown within %s but: %q", text, shellLimit, term.shown.String())
		}
	}
	at := bytes.Index(term.shown.Bytes(), []byte(text)) + len(text)
	return string(term.shown.Next(at))
}

// complete types a line and a TAB and returns the line that results, and what
// was shown meanwhile.
func (term *terminal) complete(line string) (result, shown string) {
	term.t.Helper()
	if _, err := term.WriteString("\x15" + line + "\t\x14"); err != nil {
		term.t.Fatal(err)
	}
	shown = term.until("<<")
	return strings.TrimSuffix(term.until(">>"), ">>"), shown
}

// typing is what any interactive shell makes of a line at the TAB key.
type typing struct{ name, line, want string }

// typings are those that bash and zsh agree on.
func typings() []typing {
	return []typing{
		{"plugin", "ascli nod", "ascli node "},
		{"common part", "ascli c", "ascli con"},
		{"command", "ascli node acc", "ascli node access_keys "},
		{"mounted command", "ascli config asc", "ascli config ascp "},
		{"after the value of an option", "ascli --format=json nod", "ascli --format=json node "},
		{"option", "ascli node --mod", "ascli node --mode="},
		{"switch", "ascli --show-c", "ascli --show-config "},
		{"value of an option", "ascli node --mode=f", "ascli node --mode=fast "},
		{"empty value", "ascli --preset=p", "ascli --preset=prod "},
		{"preset by letter", "ascli -Ppr", "ascli -Pprod "},
		{"blank in a value", "ascli --preset=my", `ascli --preset=my\ server `},
		{"blank in a begun value", `ascli --preset=my\ s`, `ascli --preset=my\ server `},
		{"decoder", "ascli config echo @js", "ascli config echo @json:"},
		{"decoder in a chain", "ascli config echo @json:@fi", "ascli config echo @json:@file:"},
		{"decoder of an option", "ascli node --url=@json:@fi", "ascli node --url=@json:@file:"},
		{"file", "ascli node upload rep", "ascli node upload report.txt "},
		{"file with a blank", "ascli node upload two", `ascli node upload two\ words.txt `},
		{"file by decoder", "ascli config echo @file:rep", "ascli config echo @file:report.txt "},
		{"file of an option", "ascli --output=rep", "ascli --output=report.txt "},
		{"file of an option by decoder", "ascli node --url=@json:@file:rep", "ascli node --url=@json:@file:report.txt "},
		{"word in quotes", `ascli "node" acc`, `ascli "node" access_keys `},
		{"nothing fits", "ascli zzz", "ascli zzz"},
	}
}

// check tries each line at the TAB key.
func (term *terminal) check(t *testing.T, typings []typing) {
	for _, tt := range typings {
		t.Run(tt.name, func(t *testing.T) {
			term.t = t
			if got, _ := term.complete(tt.line); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.line, got, tt.want)
			}
		})
	}
}

func TestBash(t *testing.T) {
	p := newPlayground(t)
	p.write(t, "rc", `PS1='ready>'
source ./script.bash
show() { printf '<<%s>>' "$READLINE_LINE"; }
bind -x '"\C-t": show'
bind 'set bell-style none'
`)
	term := p.terminal(t, "bash", "--noprofile", "--rcfile", "rc", "-i")
	term.check(t, append(typings(),
		typing{"open quote", "ascli 'nod", "ascli 'node'"},
		typing{"open quote within a word", "ascli --preset='my", "ascli --preset='my server'"},
		typing{"open double quote", `ascli --preset="my s`, `ascli --preset="my server"`},
	))
}

// TestBashBreaks shows that the script does not depend on where bash breaks words.
func TestBashBreaks(t *testing.T) {
	p := newPlayground(t)
	tests := []struct{ name, breaks, line, want string }{
		{"as usual", `COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'`, "ascli node --mode=", "[fast ][safe ]"},
		{"not at =", `COMP_WORDBREAKS=$' \t\n"\':'`, "ascli node --mode=", "[--mode=fast ][--mode=safe ]"},
		{"not at :", `COMP_WORDBREAKS=$' \t\n"\'='`, "ascli config echo @json:@file:rep", "[@json:@file:report.txt]"},
		{"nothing after the cursor counts", "tail=XYZ", "ascli co", "[config ][console ]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := p.command(t, "bash", "--noprofile", "--norc", "-c",
				tt.breaks+`; source ./script.bash; COMP_LINE=$0$tail COMP_POINT=${#0}; _ascli; printf '[%s]' "${COMPREPLY[@]}"`, tt.line)
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != tt.want {
				t.Errorf("got %s, %v, want %s", out, err, tt.want)
			}
		})
	}
}

func TestZsh(t *testing.T) {
	for _, tt := range []struct{ name, load string }{
		{"sourced", "autoload -U compinit; compinit -u -D; source ./script.zsh"},
		{"autoloaded", "mkdir -p f; cp script.zsh f/_ascli; fpath=($PWD/f $fpath); autoload -U compinit; compinit -u -D"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlayground(t)
			p.write(t, ".zshrc", tt.load+`
PS1='ready>'
unsetopt beep auto_menu prompt_sp
setopt auto_list
show() { print -rn -- "<<$BUFFER>>" }
zle -N show
bindkey -e
bindkey '^T' show
bindkey '^U' kill-whole-line
`)
			zshSession(t, p.terminal(t, "zsh", "-d", "-i"))
		})
	}
}

func zshSession(t *testing.T, term *terminal) {
	term.check(t, append(typings(),
		typing{"open quote", "ascli 'nod", "ascli 'node' "},
		typing{"open double quote", `ascli "--preset=my s`, `ascli "--preset=my server" `},
	))
	t.Run("descriptions", func(t *testing.T) {
		term.t = t
		_, shown := term.complete("ascli node in")
		if !strings.Contains(shown, "-- About the node") {
			t.Errorf("the list is %q", shown)
		}
	})
}

func TestFish(t *testing.T) {
	p := newPlayground(t)
	tests := []typing{
		{"first level", "ascli ", "config\nconsole\nhelp\tShow the help of all commands\nnode\n"},
		{"plugin", "ascli con", "config\nconsole\n"},
		{"descriptions", "ascli node in", "info\tAbout the node\ninspect\n"},
		{"option", "ascli node --mod", "--mode=\n"},
		{"value of an option", "ascli node --mode=", "--mode=fast\n--mode=safe\n"},
		{"blank in a value", "ascli --preset=my", "--preset=my server\n"},
		{"open quote", "ascli --preset='my s", "--preset=my server\n"},
		{"word in quotes", "ascli 'node' acc", "access_keys\tAccess keys\n"},
		{"decoder in a chain", "ascli config echo @json:@fi", "@json:@file:\n"},
		{"file", "ascli node upload rep", "report.txt\n"},
		{"file with a blank", "ascli node upload two", "two words.txt\n"},
		{"file by decoder", "ascli config echo @file:rep", "@file:report.txt\n"},
		{"file of an option", "ascli --output=rep", "--output=report.txt\n"},
		{"no files elsewhere", "ascli node access_keys do self browse rep", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := p.command(t, "fish", "--no-config", "-c", "source script.fish; complete -C $argv[1]", tt.line)
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != tt.want {
				t.Errorf("%q offers %q, %v, want %q", tt.line, out, err, tt.want)
			}
		})
	}
}
