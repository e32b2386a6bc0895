package completion

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

//go:embed scripts
var scripts embed.FS

// scriptFiles names the script of each shell.
func scriptFiles() map[string]string {
	return map[string]string{"bash": "ascli.bash", "zsh": "ascli.zsh", "fish": "ascli.fish", "powershell": "ascli.ps1"}
}

// Shells returns the shells that have a script.
func Shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// Script returns the completion script of a shell. What it completes comes from
// the program at each key: it stays valid when plugins come and go.
func Script(shell string) (string, error) {
	if !slices.Contains(Shells(), shell) {
		return "", failure.Argumentf("no completion for shell %q: use one of %s", shell, strings.Join(Shells(), ", "))
	}
	text, err := fs.ReadFile(scripts, "scripts/"+scriptFiles()[shell])
	return string(text), err
}
