package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/ascli-go/ascli/host/persist"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/secret"
)

var _ sdk.Host = (*session)(nil)

// Option returns an option, asking for it when it has no value.
func (s *session) Option(ctx context.Context, name string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requireOption(ctx, name)
}

// requireOption is Option for a caller that holds the lock, or has no need of it
// because no plugin runs yet.
func (s *session) requireOption(ctx context.Context, name string) (any, error) {
	v, err := s.options.Value(ctx, name)
	if err != nil || v != nil {
		return v, err
	}
	ask, err := s.asker(ctx)
	if err != nil {
		return nil, err
	}
	if ask == nil {
		return nil, failure.Argumentf("Missing mandatory option: %s", name)
	}
	d := s.options.Definition(name)
	hidden := secret.IsName(name) || d != nil && d.Secret
	text, err := s.Prompt(ctx, "option: "+name, hidden)
	if err != nil {
		return nil, err
	}
	if v, err = s.values.Evaluate(ctx, text); err != nil {
		return nil, err
	}
	if text, ok := v.(string); ok && hidden {
		s.learnSecret(text)
	}
	s.options.Put(name, v)
	return v, nil
}

// asker returns how a missing argument is asked for, nil when the session is
// not interactive (spec/cli.md 1.11).
func (s *session) asker(ctx context.Context) (func(ctx context.Context, description string, choices []string) (string, error), error) {
	interactive, err := s.options.Flag(ctx, "interactive")
	if err != nil || !interactive {
		return nil, err
	}
	return func(ctx context.Context, description string, choices []string) (string, error) {
		if len(choices) > 0 {
			fmt.Fprintln(s.Out, strings.Join(choices, " "))
		}
		return s.Prompt(ctx, "argument: "+description, false)
	}, nil
}

// Prompt asks for a line of text.
func (s *session) Prompt(ctx context.Context, text string, hidden bool) (string, error) {
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

// Secret looks in option secret, then in the presets.
func (s *session) Secret(ctx context.Context, url, username string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := s.options.Text(ctx, "secret")
	if err != nil {
		return "", false, err
	}
	if text == "" {
		if text, err = s.presetSecret(ctx, url, username); err != nil {
			return "", false, err
		}
	}
	s.learnSecret(text)
	return text, text != "", nil
}

// Message shows a line besides the result.
func (s *session) Message(_ context.Context, level sdk.MessageLevel, text string) error {
	if level == sdk.Trouble {
		fmt.Fprintln(s.Err, s.maskText(text))
		return nil
	}
	return s.display.message(text, level == sdk.Data)
}

// ReadState and WriteState keep JSON in the persistency store.
func (s *session) ReadState(_ context.Context, id ...string) ([]byte, error) {
	return persist.New(s.home).Read(id...)
}

// WriteState keeps content for later runs; empty content deletes it.
func (s *session) WriteState(_ context.Context, content []byte, id ...string) error {
	return persist.New(s.home).Write(content, id...)
}

// learnSecret makes a value hidden in errors and logs from here on.
func (s *session) learnSecret(text string) {
	if text != "" {
		s.secrets = append(s.secrets, text)
		s.mask.Store(secret.NewMasker(s.secrets...))
	}
}
