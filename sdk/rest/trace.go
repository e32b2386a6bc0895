package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// traceRequest logs a request: method, address and body at debug, headers at
// trace2.
func (s *Session) traceRequest(r *http.Request, request Request) {
	ctx := r.Context()
	if !s.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	s.log.DebugContext(ctx, r.Method+" ["+request.Path+"]")
	s.log.DebugContext(ctx, "URI="+s.address(r.URL))
	switch body := request.Body.(type) {
	case *record.Object, []any:
		s.log.DebugContext(ctx, "body (json)="+string(record.Pretty(s.hide(body))))
	case Form:
		s.log.DebugContext(ctx, "body (json)="+string(record.Pretty(s.hide(body.Fields))))
	}
	s.traceHeaders(ctx, "<- ", r.Method+" "+s.address(r.URL)+" HTTP/1.1", r.Header)
}

func (s *Session) traceAnswer(r *http.Response, body []byte) {
	ctx := r.Request.Context()
	if !s.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	s.log.DebugContext(ctx, "result: code="+r.Status[:min(3, len(r.Status))]+" mime="+mediaType(r.Header))
	s.traceHeaders(ctx, "-> ", r.Proto+" "+r.Status, r.Header)
	if value, err := decode(r.Header, body); err == nil && isJSON(r.Header) {
		s.log.DebugContext(ctx, "data (json)="+string(record.Pretty(s.hide(value))))
		return
	}
	s.log.Log(ctx, sdk.LevelTrace2, "data", "bytes", len(body))
}

func (s *Session) traceHeaders(ctx context.Context, direction, first string, header http.Header) {
	if !s.log.Enabled(ctx, sdk.LevelTrace2) {
		return
	}
	s.log.Log(ctx, sdk.LevelTrace2, direction+first)
	for name, values := range header {
		for _, value := range values {
			if !s.secrets && isSecretHeader(name) {
				value = secret.Hidden
			}
			s.log.Log(ctx, sdk.LevelTrace2, direction+name+": "+value)
		}
	}
}

// address is a URL with the secrets of its query and user part hidden.
func (s *Session) address(u *url.URL) string {
	if s.secrets || u.RawQuery == "" && u.User == nil {
		return u.String()
	}
	shown := *u
	shown.User = nil
	parameters := strings.Split(u.RawQuery, "&")
	for i, p := range parameters {
		if name, _, _ := strings.Cut(p, "="); secret.IsName(name) {
			parameters[i] = name + "=" + secret.Hidden
		}
	}
	shown.RawQuery = strings.Join(parameters, "&")
	return shown.String()
}

func isSecretHeader(name string) bool {
	return slices.Contains([]string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}, name) ||
		secret.IsName(strings.ToLower(name))
}

// hide returns a value for the log, without the texts at secret keys.
func (s *Session) hide(v any) any {
	if s.secrets {
		return v
	}
	return secret.Redact(v)
}
