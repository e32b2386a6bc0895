package command

import (
	"context"
	"net/url"

	"github.com/ascli-go/ascli/host/pac"
	"github.com/ascli-go/ascli/sdk/failure"
)

// proxyOf returns the proxy that the script of option fpac names for a URL, nil
// for none.
func (s *session) proxyOf(ctx context.Context, target *url.URL) (*url.URL, error) {
	s.mu.Lock()
	script, err := s.proxyScript(ctx)
	s.mu.Unlock()
	if err != nil || script == nil {
		return nil, err
	}
	return script.Proxy(ctx, target)
}

// FindProxy returns what the script of option fpac says about a URL.
func (s *session) FindProxy(ctx context.Context, target *url.URL) (string, error) {
	s.mu.Lock()
	script, err := s.proxyScript(ctx)
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	if script == nil {
		return "", failure.Argumentf("Missing mandatory option: fpac")
	}
	return script.FindProxy(ctx, target)
}

// proxyScript compiles the script once; nil when there is none. The caller holds
// the lock.
func (s *session) proxyScript(ctx context.Context) (*pac.Evaluator, error) {
	if s.pac != nil {
		return s.pac, nil
	}
	source, err := s.options.Text(ctx, "fpac")
	if err != nil || source == "" {
		return nil, err
	}
	credentials, err := s.options.Texts(ctx, "proxy_credentials")
	if err != nil {
		return nil, err
	}
	if len(credentials) == 2 {
		s.learnSecret(credentials[1])
	}
	s.pac, err = pac.New(source, pac.Options{Credentials: credentials, Log: s.log})
	return s.pac, err
}
