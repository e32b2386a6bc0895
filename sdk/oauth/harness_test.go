package oauth_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// tokenServer is an authorization server that answers what a test wants and
// remembers what it was asked.
type tokenServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []tokenRequest
	// answer makes the answer to the n-th request, from 1.
	answer func(n int, r tokenRequest) (status int, body string)
}

// tokenRequest is a request in the terms of the specification.
type tokenRequest struct{ line, contentType, authorization, body string }

func newTokenServer(t testing.TB, answer func(n int, r tokenRequest) (int, string)) *tokenServer {
	s := &tokenServer{answer: answer}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked := tokenRequest{r.Method + " " + r.URL.RequestURI(), r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(body)}
		s.mu.Lock()
		s.asked = append(s.asked, asked)
		n := len(s.asked)
		s.mu.Unlock()
		status, text := s.answer(n, asked)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) requests() []tokenRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]tokenRequest(nil), s.asked...)
}

// numbered answers the tokens token-1, token-2...
func numbered(n int, _ tokenRequest) (int, string) {
	return http.StatusOK, fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer"}`, n)
}

func session(t testing.TB, options map[string]any) *rest.Session {
	t.Helper()
	s, err := rest.NewSession(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func client(t testing.TB, url string, auth rest.Auth) *rest.Client {
	t.Helper()
	api, err := session(t, map[string]any{"insecure": true, "silent_insecure": true}).Client(url, auth)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// config is that of a token with no more than is needed.
func config(t testing.TB, s *tokenServer, cache oauth.Cache) oauth.Config {
	return oauth.Config{
		Endpoint: oauth.Endpoint{API: client(t, s.URL+"/auth", nil), ClientID: "cid"},
		Grant:    oauth.Generic{GrantType: "client_credentials"},
		Cache:    cache,
	}
}

func folderCache(t testing.TB) (folder string, cache oauth.Cache) {
	folder = filepath.Join(t.TempDir(), oauth.StoreFolder)
	return folder, oauth.NewFolderCache(folder, time.Hour)
}

// keep puts an answer in the cache.
func keep(t testing.TB, cache oauth.Cache, config oauth.Config, answer string) {
	t.Helper()
	id := append([]string{"token", config.API.BaseURL()}, config.Grant.Identity()...)
	_, err := cache.Exchange(t.Context(), append(id, config.Scope), func(*record.Object) (*record.Object, error) {
		return record.ParseObject([]byte(answer))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// jwtFor returns an unsigned JWT with more claims than its expiry.
func jwtFor(life time.Duration, claims ...any) string {
	content := record.New(claims...)
	content.Set("exp", time.Now().Add(life).Unix())
	return "e30." + base64.RawURLEncoding.EncodeToString(record.JSON(content)) + ".c2ln"
}

func token(t testing.TB, ctx context.Context, source *oauth.Source) string {
	t.Helper()
	token, err := source.Token(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func readKey(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
