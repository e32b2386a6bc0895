package command

import (
	"context"
	"net/http"
	"time"

	"github.com/ascli-go/ascli/host/persist"
	"github.com/ascli-go/ascli/host/release"
	"github.com/ascli-go/ascli/sdk/rest"
)

// web sends the requests of the host itself, as the user's options about HTTP
// say. It reads them when it is first used: decoder @uri: may be part of any
// option.
type web struct {
	session *session
	rest    *rest.Session
	// reading tells that the options are being read: what they need from the
	// network themselves is fetched without them.
	reading bool
}

// RoundTrip makes web an http.RoundTripper. The host sends its requests one after
// the other, but for the check of the version, which comes when options are read.
func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.reading {
		return http.DefaultTransport.RoundTrip(r)
	}
	transport, err := w.transport(r.Context())
	if err != nil {
		return nil, err
	}
	return transport.RoundTrip(r)
}

func (w *web) transport(ctx context.Context) (http.RoundTripper, error) {
	if w.rest == nil {
		w.reading = true
		defer func() { w.reading = false }()
		inv, err := w.session.plainInvocation(ctx)
		if err != nil {
			return nil, err
		}
		if w.rest, err = rest.For(inv); err != nil {
			return nil, err
		}
	}
	return w.rest.Transport(), nil
}

func (w *web) close() {
	if w.rest != nil {
		w.rest.Close()
	}
}

// versionCheckTimeout is how long a command may wait for the answer about
// newer versions, all in all.
const versionCheckTimeout = 2 * time.Second

// NewestRelease asks for the version of the newest release.
func (s *session) NewestRelease(ctx context.Context) (string, error) {
	address := s.ReleaseURL
	if address == "" {
		address = release.Latest
	}
	return release.Check{URL: address, HTTP: &http.Client{Transport: s.web, Timeout: uriTimeout}}.Newest(ctx)
}

// checkVersion looks for a newer version when it is time to, beside the command.
// The returned function waits a little and tells (spec/cli.md 10.4).
func (s *session) checkVersion(ctx context.Context) (tell func(), err error) {
	days, err := s.options.Integer(ctx, "version_check_days")
	if err != nil {
		return nil, err
	}
	due, err := release.Due(ctx, persist.New(s.home), days, time.Now())
	if err != nil {
		s.log.Warn("cannot remember the check of the version: " + err.Error())
	}
	if !due {
		return func() {}, nil
	}
	if _, err := s.web.transport(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, versionCheckTimeout)
	type answer struct {
		version string
		err     error
	}
	answers := make(chan answer, 1)
	go func() {
		version, err := s.NewestRelease(ctx)
		answers <- answer{version, err}
	}()
	return func() {
		defer cancel()
		switch a := <-answers; {
		case a.err != nil:
			s.log.Warn("Could not retrieve the latest version: " + a.err.Error())
		case release.IsNewer(a.version, s.Version):
			s.log.Warn("A new version is available: " + a.version + ". You have " + s.Version + ". Get it at: " + release.Page)
		}
	}, nil
}
