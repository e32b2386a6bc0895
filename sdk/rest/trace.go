package rest

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// traceRequest logs a request (spec/cli.md 8.4): method, address and body.
func (s *Session) traceRequest(r *http.Request, request Request) {
	ctx := r.Context()
	if !s.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	s.log.DebugContext(ctx, r.Method+" ["+request.Path+"]")
	s.log.DebugContext(ctx, "URI="+s.address(r.URL))
	switch body := request.Body.(type) {
	case nil:
	case Form:
		s.log.DebugContext(ctx, "body (json)="+string(record.Pretty(s.hide(body.Fields))))
	case Raw:
		s.traceData(ctx, "<- ", body.Content)
	default:
		s.log.DebugContext(ctx, "body (json)="+string(record.Pretty(s.hide(record.Of(body)))))
	}
}

// traceStatus logs the head of an answer.
func (s *Session) traceStatus(r *http.Response) {
	ctx := r.Request.Context()
	if !s.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	s.log.DebugContext(ctx, fmt.Sprintf("result: code=%d mime=%s", r.StatusCode, mediaType(r.Header)))
	if !s.tracesWire(ctx) {
		return
	}
	s.traceLine(ctx, "-> ", r.Proto+" "+r.Status)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		s.traceHeader(ctx, "-> ", name, r.Header[name])
	}
	if r.Close {
		s.log.Log(ctx, sdk.LevelTrace2, "Conn close")
	} else {
		s.log.Log(ctx, sdk.LevelTrace2, "Conn keep-alive")
	}
}

// traceBody logs the content of an answer.
func (s *Session) traceBody(r *http.Response, body []byte) {
	ctx := r.Request.Context()
	if !s.tracesBodies(ctx) {
		return
	}
	s.log.Log(ctx, sdk.LevelTrace2, fmt.Sprintf("reading %d bytes...", len(body)))
	if value, err := decode(r.Header, body, nil); err == nil && isJSON(r.Header) {
		s.log.DebugContext(ctx, "data (json)="+string(record.Pretty(s.hide(value))))
		if s.tracesWire(ctx) {
			s.log.Log(ctx, sdk.LevelTrace2, "-> "+strconv.Quote(string(record.JSON(s.hide(value)))))
		}
	} else {
		s.traceData(ctx, "-> ", body)
	}
	s.log.Log(ctx, sdk.LevelTrace2, fmt.Sprintf("read %d bytes", len(body)))
}

func (s *Session) tracesBodies(ctx context.Context) bool { return s.log.Enabled(ctx, slog.LevelDebug) }

// address is a URL with the secrets of its query and user part hidden.
func (s *Session) address(u *url.URL) string {
	if s.secrets || u.RawQuery == "" && u.User == nil {
		return u.String()
	}
	shown := *u
	shown.User = nil
	parameters := strings.Split(u.RawQuery, "&")
	for i, p := range parameters {
		if name, _, _ := strings.Cut(p, "="); isSecretField(name) {
			parameters[i] = name + "=" + secret.Hidden
		}
	}
	shown.RawQuery = strings.Join(parameters, "&")
	return shown.String()
}

func isSecretHeader(name string) bool {
	return slices.Contains([]string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}, name) ||
		secret.IsName(strings.ReplaceAll(strings.ToLower(name), "-", "_"))
}

// isSecretField knows, beside the names of secrets, the fields that OAuth sends
// and that are worth a token (spec/cli.md 9.6).
func isSecretField(name string) bool {
	return secret.IsName(name) || slices.Contains([]string{"assertion", "code", "code_verifier"}, name)
}

// hide returns a value for the log, without the texts at secret keys.
func (s *Session) hide(v any) any {
	if s.secrets {
		return v
	}
	return secret.RedactWith(v, isSecretField)
}
