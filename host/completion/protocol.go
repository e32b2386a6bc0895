package completion

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/ascli-go/ascli/sdk/failure"
)

// mark stands before each word that a script passes. It keeps a word from being
// an option or an extended value of the very command that completes it, and an
// empty one from being lost: Windows PowerShell drops empty arguments.
const mark = "."

// Decode returns the words that a script passed, without their marks.
func Decode(args []string) ([]string, error) {
	words := make([]string, len(args))
	for i, arg := range args {
		word, marked := strings.CutPrefix(arg, mark)
		if !marked {
			return nil, failure.Argumentf("completion: the word %q needs a %q in front: let the script of `config completion script` call this", arg, mark)
		}
		words[i] = word
	}
	return words, nil
}

// Write prints the answer for a script: a line "text TAB description" for each
// candidate, then one line without TAB: ":files <part of the word before the
// path>", or ":end".
func (a *Answer) Write(w io.Writer) error {
	var out strings.Builder
	for _, c := range a.Candidates {
		if strings.ContainsFunc(c.Text, unicode.IsControl) {
			// Neither a shell nor this format can carry it.
			continue
		}
		fmt.Fprintf(&out, "%s\t%s\n", c.Text, oneLine(c.Description))
	}
	switch {
	case a.Files && !strings.ContainsFunc(a.BeforePath, unicode.IsControl):
		fmt.Fprintf(&out, ":files %s\n", a.BeforePath)
	default:
		out.WriteString(":end\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// oneLine returns the first line of a text without what a terminal would obey.
func oneLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, line)
}

// FirstLevel prints the names of the plugins, sorted, one a line: the answer to
// `--bash-comp` and `config completion bash`. With words after these it prints
// nothing and returns a warning, as the original does (spec/cli.md 10.8).
func FirstLevel(ctx context.Context, w io.Writer, source Source, words []string) (warning string, err error) {
	if len(words) > 0 {
		return "only first level completion so far", nil
	}
	names, err := source.Plugins(ctx)
	if err != nil {
		return "", err
	}
	names = slices.Sorted(slices.Values(names))
	_, err = io.WriteString(w, strings.Join(append(names, ""), "\n"))
	return "", err
}
