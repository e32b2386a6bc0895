package completion

import (
	"regexp"
	"strings"
	"testing"
)

func script(t *testing.T, shell string) string {
	t.Helper()
	text, err := Script(shell)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestScriptOfEachShell(t *testing.T) {
	for _, shell := range Shells() {
		t.Run(shell, func(t *testing.T) {
			text := script(t, shell)
			if n := strings.Count(text, "ascli config completion words "); n != 1 {
				t.Errorf("calls back at %d places, want 1", n)
			}
			if !strings.Contains(text, "ascli config completion script "+shell) {
				t.Error("does not tell how to install it")
			}
			if strings.Contains(text, "\r") || !strings.HasSuffix(text, "\n") {
				t.Error("has wrong ends of lines")
			}
		})
	}
}

func TestUnknownShell(t *testing.T) {
	_, err := Script("csh")
	if err == nil || !strings.Contains(err.Error(), "bash, zsh, fish, powershell") {
		t.Errorf("got %v", err)
	}
}

// TestPowerShellScript checks the structure of the one script that no test runs:
// Debian has no PowerShell.
func TestPowerShellScript(t *testing.T) {
	text := script(t, "powershell")
	for _, part := range []string{
		"Register-ArgumentCompleter -Native -CommandName 'ascli' -ScriptBlock {",
		"param($wordToComplete, $commandAst, $cursorPosition)",
		"$words += '.' + $word",
		"& ascli config completion words @words 2>$null",
		"-split \"`t\", 2",
		"$text.StartsWith(':files ')",
		"[System.Management.Automation.CompletionResult]::new(",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("lacks %q", part)
		}
	}
	if left := unbalanced(powerShellCode(text)); left != "" {
		t.Errorf("brackets do not match: %q is left", left)
	}
}

func TestUnbalanced(t *testing.T) {
	for text, want := range map[string]string{"a(b[c]{})": "", "({)}": "({", "(": "(", ")": ")"} {
		if got := unbalanced(text); got != want {
			t.Errorf("%q leaves %q, want %q", text, got, want)
		}
	}
}

// powerShellCode takes strings and comments out.
func powerShellCode(text string) string {
	return regexp.MustCompile(`'[^']*'|"[^"]*"|(?m)#.*$`).ReplaceAllString(text, "")
}

// unbalanced returns the brackets that are open where one does not match, or at the end.
func unbalanced(text string) string {
	opening := map[rune]byte{')': '(', ']': '[', '}': '{'}
	var open []byte
	for _, r := range text {
		switch r {
		case '(', '[', '{':
			open = append(open, byte(r))
		case ')', ']', '}':
			if len(open) == 0 {
				return string(r)
			}
			if open[len(open)-1] != opening[r] {
				return string(open)
			}
			open = open[:len(open)-1]
		}
	}
	return string(open)
}
