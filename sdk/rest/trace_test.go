package rest_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// lockedBuffer is a log that can be read while others still write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// logging returns a session and what it logs, at any level.
func logging(t *testing.T, options map[string]any) (*rest.Session, func() string) {
	t.Helper()
	var b lockedBuffer
	session, err := rest.NewSession(options, slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{
		Level: sdk.LevelTrace2,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session, b.String
}

// trace makes one call and returns what it logs, unquoted.
func trace(t *testing.T, options map[string]any, server *httptest.Server, auth rest.Auth, request rest.Request) string {
	t.Helper()
	session, logged := logging(t, options)
	api, err := session.Client(server.URL, auth)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.Do(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(logged(), `\"`, `"`), `\\`, `\`)
}

func TestTrace(t *testing.T) {
	server := answering(t, 200, "application/json", `{"access_key":"k"}`)
	host := strings.TrimPrefix(server.URL, "http://")
	text := trace(t, nil, server, nil, rest.Request{Method: "PUT", Path: "info", Body: record.New("a", 1)})
	for _, want := range []string{
		`level=DEBUG msg="PUT [info]"`,
		`level=DEBUG msg="URI=` + server.URL + `/info"`,
		`level=DEBUG msg="result: code=200 mime=application/json"`,
		`msg="data (json)={`,
		`level=DEBUG-8 msg="opening connection to ` + host + `..."`,
		`level=DEBUG-8 msg=opened`,
		`level=DEBUG-8 msg="<- "PUT /info HTTP/1.1\r\n""`,
		`level=DEBUG-8 msg="<- "Host: ` + host + `\r\n""`,
		`level=DEBUG-8 msg="<- "User-Agent: ascli\r\n""`,
		`level=DEBUG-8 msg="-> "HTTP/1.1 200 OK\r\n""`,
		`level=DEBUG-8 msg="-> "Content-Type: application/json\r\n""`,
		`level=DEBUG-8 msg="Conn keep-alive"`,
		`level=DEBUG-8 msg="reading 18 bytes..."`,
		`level=DEBUG-8 msg="-> "{\"access_key\":\"k\"}""`,
		`level=DEBUG-8 msg="read 18 bytes"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestTraceHidesSecrets(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "aoc.token=s3cret")
		w.Header().Set("Location", "/next?code=s3cret&page=2")
		if r.URL.Path == "/text" {
			fmt.Fprint(w, `{"token":"s3cret"}`)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_key":"k","secret":"s3cret","list":[{"token":"s3cret"}]}`)
	}))
	t.Cleanup(server.Close)
	bearer := rest.Verbatim("Bearer s3cret")
	header := http.Header{"X-Instana-Key": {"s3cret"}}
	query := record.New("api_token", "s3cret", "a", 1)
	for _, c := range []struct {
		name string
		body any
	}{
		{"JSON", record.New("password", "s3cret")},
		{"form", rest.Form{Fields: record.New("assertion", "s3cret", "code", "s3cret", "client_secret", "s3cret")}},
		{"text", rest.Raw{Content: []byte(`{"password":"s3cret"}`)}},
	} {
		for _, path := range []string{"json", "text"} {
			t.Run(c.name+" "+path, func(t *testing.T) {
				request := rest.Request{Method: "POST", Path: path, Query: query, Body: c.body, Header: header}
				text := trace(t, nil, server, bearer, request)
				if strings.Contains(text, "s3cret") {
					t.Errorf("a secret is logged: %s", text)
				}
				for _, want := range []string{"&a=1", "Authorization: 🔑", "Set-Cookie: 🔑", "code=🔑&page=2"} {
					if !strings.Contains(text, want) {
						t.Errorf("no %s in %s", want, text)
					}
				}
				if text := trace(t, map[string]any{"log_secrets": true}, server, bearer, request); !strings.Contains(text, "Bearer s3cret") {
					t.Errorf("log_secrets has no effect: %s", text)
				}
			})
		}
	}
}
