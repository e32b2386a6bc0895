package command

import (
	"context"
	"fmt"

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
	asks, err := s.interactive(ctx)
	if err != nil {
		return nil, err
	}
	if !asks {
		return nil, failure.Argumentf("Missing mandatory option: %s", name)
	}
	return s.askOption(ctx, name)
}

// secretOfPreset as value of option secret looks for it in the presets, as no
// value does (spec/plugins/config.md 7).
const secretOfPreset = "PRESET"

// Secret looks in option secret, then in the presets.
func (s *session) Secret(ctx context.Context, url, username string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := s.options.Text(ctx, "secret")
	if err != nil {
		return "", false, err
	}
	if text == "" || text == secretOfPreset {
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
		fmt.Fprintln(s.Err, s.complaint(text))
		return nil
	}
	return s.display.message(text, level == sdk.Data)
}

// ReadState and WriteState keep JSON in the persistency store.
func (s *session) ReadState(_ context.Context, id ...string) ([]byte, error) {
	return persist.New(s.home).Read(id...)
}

// WriteState keeps content for later runs; empty content deletes it.
func (s *session) WriteState(ctx context.Context, content []byte, id ...string) error {
	return persist.New(s.home).Write(ctx, content, id...)
}

// learnSecret makes a value hidden in errors and logs from here on.
func (s *session) learnSecret(text string) {
	if text != "" {
		s.secrets = append(s.secrets, text)
		s.mask.Store(secret.NewMasker(s.secrets...))
	}
}
