package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/secret"
)

// interactive tells whether missing mandatory values are asked for: when the
// option says so, or by default when a user sits at the terminal.
func (s *session) interactive(ctx context.Context) (bool, error) {
	return s.options.Flag(ctx, "interactive")
}

// asksCommands tells whether missing commands are asked for as well. Without
// option, a missing command lists what there is.
func (s *session) asksCommands(ctx context.Context) (bool, error) {
	asks, err := s.interactive(ctx)
	return asks && s.options.Given("interactive"), err
}

// askWords asks for the words of a missing argument (spec/cli.md 1.11).
func (s *session) askWords(ctx context.Context, q grammar.Question) ([]string, error) {
	if len(q.Choices) > 0 {
		fmt.Fprintln(s.Out, strings.Join(q.Choices, " "))
	}
	if !q.Multiple {
		word, err := s.Prompt(ctx, "argument: "+q.Description, false)
		return []string{word}, err
	}
	fmt.Fprintln(s.Out, " (one per line, end with empty line)")
	var words []string
	for {
		word, err := s.Prompt(ctx, "argument: "+q.Description, false)
		if err != nil || word == "" {
			return words, err
		}
		words = append(words, word)
	}
}

// askOption asks for the value of an option, without echo for a secret one.
func (s *session) askOption(ctx context.Context, name string) (any, error) {
	d := s.options.Definition(name)
	if d != nil && slices.Contains(d.Types, sdk.Enum) {
		fmt.Fprintln(s.Out, strings.Join(d.Values, " "))
	}
	hidden := secret.IsName(name) || d != nil && d.Secret
	text, err := s.Prompt(ctx, "option: "+name, hidden)
	if err != nil {
		return nil, err
	}
	v, err := s.options.Answer(ctx, name, text)
	if text, ok := v.(string); ok && hidden {
		s.learnSecret(text)
	}
	return v, err
}

// Prompt asks for a line of text.
func (s *session) Prompt(ctx context.Context, text string, hidden bool) (string, error) {
	if s.display != nil {
		s.display.stopWaiting()
	}
	fmt.Fprint(s.Out, text+"> ")
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		a := answer{}
		if hidden {
			a.text, a.err = s.readHidden()
		} else {
			a.text, a.err = s.readLine()
		}
		answers <- a
	}()
	select {
	case a := <-answers:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *session) readHidden() (string, error) {
	if !s.InTerminal {
		return "", failure.Otherf("Errno::ENOTTY", "a secret is asked for, but standard input is no terminal: give it with an option, the environment or a preset")
	}
	defer fmt.Fprintln(s.Out)
	return s.ReadHidden()
}

func (s *session) readLine() (string, error) {
	line, err := s.lines.ReadString('\n')
	if err == io.EOF && line == "" {
		return "", failure.Otherf("RuntimeError", "Unexpected end of standard input")
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
