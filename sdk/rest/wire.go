package rest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/secret"
)

// watchConnection returns a context that bounds the time that a proxy takes to
// connect, and that logs the events of the connection and what is sent at level
// trace2 (spec/cli.md 8.4). giveUp ends the request.
func (s *Session) watchConnection(ctx context.Context, r *http.Request, giveUp context.CancelCauseFunc) context.Context {
	w := &connectionWatch{limit: s.settings.openTimeout, giveUp: giveUp}
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { w.wait(true) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil && routeOf(ctx).viaProxy() {
				w.start()
			}
		},
		TLSHandshakeStart: func() { w.wait(false) },
		GotConn:           func(httptrace.GotConnInfo) { w.wait(false) },
	}
	ctx = httptrace.WithClientTrace(ctx, trace)
	if !s.tracesWire(ctx) {
		return ctx
	}
	return httptrace.WithClientTrace(ctx, s.wireTrace(ctx, r))
}

// connectionWatch gives up when nothing follows on a TCP connection: a proxy
// that accepts it but does not lead on, which [http.Transport] bounds by one
// minute only.
type connectionWatch struct {
	limit  time.Duration
	giveUp context.CancelCauseFunc

	mu sync.Mutex
	// waiting tells that the request has no connection yet. A dial may still go
	// on when it has got another one.
	waiting bool
	timer   *time.Timer
}

func (w *connectionWatch) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting && w.limit > 0 && w.timer == nil {
		w.timer = time.AfterFunc(w.limit, func() { w.giveUp(errOpenTimeout) })
	}
}

func (w *connectionWatch) wait(waiting bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = waiting
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

func (s *Session) tracesWire(ctx context.Context) bool { return s.log.Enabled(ctx, sdk.LevelTrace2) }

func (s *Session) wireTrace(ctx context.Context, r *http.Request) *httptrace.ClientTrace {
	event := func(text string) { s.log.Log(ctx, sdk.LevelTrace2, text) }
	return &httptrace.ClientTrace{
		ConnectStart: func(_, address string) { event("opening connection to " + address + "...") },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				event("opened")
			}
		},
		TLSHandshakeStart: func() { event("starting SSL for " + peerAt(r.URL).text() + "...") },
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil {
				event("SSL established, protocol: " + tls.VersionName(state.Version) + ", cipher: " + tls.CipherSuiteName(state.CipherSuite))
			}
		},
		GotConn:          func(httptrace.GotConnInfo) { s.traceLine(ctx, "<- ", r.Method+" "+s.target(ctx, r.URL)+" HTTP/1.1") },
		WroteHeaderField: func(name string, values []string) { s.traceHeader(ctx, "<- ", name, values) },
	}
}

func (s *Session) traceHeader(ctx context.Context, direction, name string, values []string) {
	for _, value := range values {
		switch {
		case s.secrets:
		case isSecretHeader(name):
			value = secret.Hidden
		case name == "Location":
			if u, err := url.Parse(value); err == nil {
				value = s.address(u)
			}
		}
		s.traceLine(ctx, direction, name+": "+value)
	}
}

// traceLine logs a line of a head as quoted text.
func (s *Session) traceLine(ctx context.Context, direction, line string) {
	s.log.Log(ctx, sdk.LevelTrace2, direction+`"`+line+`\r\n"`)
}

// traceData logs content as quoted text, or the length of what is no text.
func (s *Session) traceData(ctx context.Context, direction string, content []byte) {
	if !s.tracesWire(ctx) {
		return
	}
	text := string(content)
	if !s.secrets {
		text = secret.NewMasker().Mask(text)
	}
	text = strconv.Quote(text)
	if !utf8.Valid(content) {
		text = fmt.Sprintf("(%d bytes that are no text)", len(content))
	}
	s.log.Log(ctx, sdk.LevelTrace2, direction+text)
}

// target is what a request line names: the path, or all of the address when a
// proxy is to find it.
func (s *Session) target(ctx context.Context, u *url.URL) string {
	shown := s.address(u)
	if u.Scheme == "http" && routeOf(ctx).viaProxy() {
		return shown
	}
	return "/" + strings.TrimPrefix(strings.TrimPrefix(shown, u.Scheme+"://"+u.Host), "/")
}
