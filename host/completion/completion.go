// Package completion tells what may stand at the cursor of a command line, from
// manifests alone, and holds the scripts that bring it to bash, zsh, fish and
// PowerShell.
//
// Three forms are served (spec/cli.md 10.8):
//
//   - `ascli --bash-comp` and `ascli config completion bash` print the names of the plugins, one a line, as
//     they always did: `complete -W "$(ascli --bash-comp)" ascli` and the bash function of 4.26.2 stay valid.
//     [FirstLevel] is that.
//   - `ascli config completion script <shell>` prints a script that completes everything: [Script].
//   - `ascli config completion words .<word>...` is what these scripts call at each key: [Decode], [Complete]
//     and [Answer.Write].
package completion

import (
	"context"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// Source is what completion may look up. Each method is called only when the
// words need it, so that no more manifests are read than those of one plugin.
type Source interface {
	// Plugins returns the names of the plugins that users type, in any order.
	Plugins(ctx context.Context) ([]string, error)
	// Manifests returns the manifest of a plugin and those of the plugins that
	// mount commands under its name.
	Manifests(ctx context.Context, plugin string) ([]*ascliv1.Manifest, error)
	// Presets returns the names of the presets.
	Presets(ctx context.Context) ([]string, error)
}

// Request is a command line up to the cursor.
type Request struct {
	// Words follow the program's name, without the shell's quotes. The last one
	// is under the cursor: empty when a blank stands before the cursor.
	Words []string
	// Globals are the options that every command accepts.
	Globals []options.Definition
}

// Candidate is a word that may replace the one under the cursor. A text that
// ends in "=" or ":" wants more behind it; any other is a whole word.
type Candidate struct {
	Text string
	// Description is one line, or empty.
	Description string
}

// Answer is all that may replace the word under the cursor.
type Answer struct {
	// Candidates are sorted by their text.
	Candidates []Candidate
	// Files tells that a path of this machine may stand there as well, which the
	// shell completes. BeforePath is the part of the word before it: "--output=".
	Files      bool
	BeforePath string
}

// Complete finds what may replace the last word of the request. Words that no
// command has give an empty answer; errors are those of the source.
func Complete(ctx context.Context, request Request, source Source) (*Answer, error) {
	before, word := request.split()
	c := &completer{source: source, answer: &Answer{}}
	at, err := c.locate(ctx, grammar.Split(before).Positional)
	if err != nil {
		return nil, err
	}
	switch {
	case strings.HasPrefix(word, "-") && !slices.Contains(before, "--"):
		var known []options.Definition
		if known, err = definitions(request.Globals, at.manifests); err == nil {
			err = c.option(ctx, word, known)
		}
	case at.argument != nil:
		err = c.value(ctx, expectedBy(at.argument), "", word)
	default:
		c.commands(at.commands, word)
	}
	c.answer.sort()
	return c.answer, err
}

// split returns the words before the cursor, and the one under it.
func (r Request) split() (before []string, word string) {
	if len(r.Words) == 0 {
		return nil, ""
	}
	last := len(r.Words) - 1
	return r.Words[:last], r.Words[last]
}

// completer collects an answer.
type completer struct {
	source Source
	answer *Answer
}

// offer adds a candidate when it begins with what was typed. before is the part
// of the word that both follow.
func (c *completer) offer(before, typed, text, description string) {
	if strings.HasPrefix(text, typed) {
		c.answer.Candidates = append(c.answer.Candidates, Candidate{Text: before + text, Description: description})
	}
}

func (a *Answer) sort() {
	slices.SortStableFunc(a.Candidates, func(x, y Candidate) int { return strings.Compare(x.Text, y.Text) })
	a.Candidates = slices.CompactFunc(a.Candidates, func(x, y Candidate) bool { return x.Text == y.Text })
}
