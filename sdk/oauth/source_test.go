package oauth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestManyCallersShareOneRequest(t *testing.T) {
	server := newTokenServer(t, numbered)
	_, cache := folderCache(t)
	source := oauth.NewSource(config(t, server, cache))
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if got, err := source.Token(t.Context()); err != nil || got != "token-1" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	wg.Wait()
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}
}

// gate is an authorization server whose answers wait until it opens.
func gate(t *testing.T) (server *tokenServer, arrived chan struct{}, open chan struct{}) {
	arrived, open = make(chan struct{}, 10), make(chan struct{})
	server = newTokenServer(t, func(n int, r tokenRequest) (int, string) {
		arrived <- struct{}{}
		<-open
		return numbered(n, r)
	})
	return server, arrived, open
}

func TestCancelledCallerDoesNotFailTheOthers(t *testing.T) {
	server, arrived, open := gate(t)
	_, cache := folderCache(t)
	source := oauth.NewSource(config(t, server, cache))
	type result struct {
		token string
		err   error
	}
	ask := func(ctx context.Context) chan result {
		c := make(chan result, 1)
		go func() {
			token, err := source.Token(ctx)
			c <- result{token, err}
		}()
		return c
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := ask(ctx)
	<-arrived // the request is that of the first caller
	second := ask(t.Context())
	oauth.AwaitWaiting(t, source, "", 2)
	cancel()
	if got := <-first; !errors.Is(got.err, context.Canceled) {
		t.Errorf("the cancelled caller got %q, %v", got.token, got.err)
	}
	close(open)
	if got := <-second; got.err != nil || got.token != "token-1" {
		t.Errorf("the other caller got %q, %v", got.token, got.err)
	}
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}
}

func TestRequestEndsWithItsLastCaller(t *testing.T) {
	server, arrived, open := gate(t)
	defer close(open)
	_, cache := folderCache(t)
	source := oauth.NewSource(config(t, server, cache))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	if _, err := source.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	// Nothing is under way any more: the lock of the identity is free.
	_, err := cache.Exchange(t.Context(), []string{"token", server.URL + "/auth", "generic", "client_credentials"},
		func(*record.Object) (*record.Object, error) { return record.New("access_token", "x"), nil })
	if err != nil {
		t.Error(err)
	}
}

func TestTokenLife(t *testing.T) {
	good, ending := jwtFor(time.Hour), jwtFor(100*time.Second)
	for _, c := range []struct{ name, kept, want, asked string }{
		{"good", `{"access_token":"` + good + `"}`, good, ""},
		{"ends in less than two minutes", `{"access_token":"` + ending + `"}`, "new", "client_credentials"},
		{"opaque", `{"access_token":"opaque"}`, "opaque", ""},
		{"without token", `{"token_type":"bearer"}`, "new", "client_credentials"},
		{"refresh", `{"access_token":"` + ending + `","refresh_token":"r1"}`, "refreshed", "refresh_token"},
		{"refresh not supported", `{"access_token":"` + ending + `","refresh_token":"not_supported"}`, "new", "client_credentials"},
		{"refresh refused", `{"access_token":"` + ending + `","refresh_token":"old"}`, "new", "refresh_token client_credentials"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newTokenServer(t, func(_ int, r tokenRequest) (int, string) {
				switch {
				case strings.Contains(r.body, "refresh_token=old"):
					return http.StatusBadRequest, `{"error":"invalid_grant"}`
				case strings.Contains(r.body, "refresh_token=r1"):
					return http.StatusOK, `{"access_token":"refreshed"}`
				}
				return http.StatusOK, `{"access_token":"new"}`
			})
			_, cache := folderCache(t)
			config := config(t, server, cache)
			keep(t, cache, config, c.kept)
			if got := token(t, t.Context(), oauth.NewSource(config)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			var asked []string
			for _, r := range server.requests() {
				_, grant, _ := strings.Cut(r.body, "grant_type=")
				grant, _, _ = strings.Cut(grant, "&")
				asked = append(asked, grant)
			}
			if got := strings.Join(asked, " "); got != c.asked {
				t.Errorf("asked for %q, want %q", got, c.asked)
			}
		})
	}
}

func TestRefreshTokenThatIsNotRotatedIsKept(t *testing.T) {
	server := newTokenServer(t, func(n int, _ tokenRequest) (int, string) {
		return http.StatusOK, fmt.Sprintf(`{"access_token":"%s"}`, jwtFor(time.Hour, "n", n))
	})
	_, cache := folderCache(t)
	config := config(t, server, cache)
	config.ClientSecret = "cs"
	keep(t, cache, config, `{"access_token":"`+jwtFor(0)+`","refresh_token":"r1"}`)
	source := oauth.NewSource(config)
	first := token(t, t.Context(), source)
	if _, err := source.Replace(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	for i, r := range server.requests() {
		if want := "client_id=cid&client_secret=cs&grant_type=refresh_token&refresh_token=r1"; r.body != want {
			t.Errorf("request %d: %s, want %s", i, r.body, want)
		}
	}
}

func TestFailedRefreshIsLoggedWithoutSecrets(t *testing.T) {
	server := newTokenServer(t, func(n int, r tokenRequest) (int, string) {
		if strings.Contains(r.body, "refresh_token") {
			return http.StatusBadRequest, `{"error":"bad refresh-s3cr3t"}`
		}
		return numbered(n, r)
	})
	_, cache := folderCache(t)
	config := config(t, server, cache)
	var log bytes.Buffer
	config.Log = slog.New(slog.NewTextHandler(&log, nil))
	keep(t, cache, config, `{"access_token":"`+jwtFor(0)+`","refresh_token":"refresh-s3cr3t"}`)
	token(t, t.Context(), oauth.NewSource(config))
	if text := log.String(); !strings.Contains(text, "refresh failed") || strings.Contains(text, "s3cr3t") {
		t.Errorf("log: %s", text)
	}
}

func TestRefusalHidesWhatTheServerRepeats(t *testing.T) {
	server := newTokenServer(t, func(_ int, r tokenRequest) (int, string) {
		return http.StatusBadRequest, `{"error":"invalid_grant","error_description":"no key api-s3cr3t"}`
	})
	config := config(t, server, nil)
	config.Grant = oauth.Generic{GrantType: "urn:ibm:params:oauth:grant-type:apikey", APIKey: "api-s3cr3t"}
	_, err := oauth.NewSource(config).Token(t.Context())
	if err == nil || !strings.Contains(err.Error(), "invalid_grant") || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("got %v", err)
	}
}

func TestAnswerWithoutToken(t *testing.T) {
	server := newTokenServer(t, func(int, tokenRequest) (int, string) { return http.StatusOK, `{"access_token":"a"}` })
	config := config(t, server, nil)
	config.TokenField = "delegated_refresh_token"
	_, err := oauth.NewSource(config).Token(t.Context())
	if want := "API error: No such field in answer: delegated_refresh_token"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// product is an API that takes one token only.
func product(t *testing.T, wanted *string) *httptest.Server {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+*wanted {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	for _, c := range []struct {
		name, wanted string
		asked        int
		ok           bool
	}{
		{"accepted", "token-1", 1, true},
		{"renewed", "token-2", 2, true},
		{"refused twice", "token-3", 2, false},
	} {
		for _, kind := range []string{"cached", "without cache"} {
			t.Run(c.name+" "+kind, func(t *testing.T) {
				server := newTokenServer(t, numbered)
				var cache oauth.Cache
				if kind == "cached" {
					_, cache = folderCache(t)
				}
				source := oauth.NewSource(config(t, server, cache))
				_, err := client(t, product(t, &c.wanted).URL, source).Get(t.Context(), "self", nil)
				if (err == nil) != c.ok {
					t.Errorf("got %v", err)
				}
				if n := len(server.requests()); n != c.asked {
					t.Errorf("%d token requests, want %d", n, c.asked)
				}
			})
		}
	}
}

func TestLateRefusalOfAFormerTokenRenewsNothing(t *testing.T) {
	server := newTokenServer(t, numbered)
	_, cache := folderCache(t)
	source := oauth.NewSource(config(t, server, cache))
	former := token(t, t.Context(), source)
	for range 3 {
		if got, err := source.Replace(t.Context(), former); err != nil || got != "token-2" {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if n := len(server.requests()); n != 2 {
		t.Errorf("%d token requests, want 2", n)
	}
}

func TestWithoutCacheEveryCallTakesAToken(t *testing.T) {
	server := newTokenServer(t, numbered)
	source := oauth.NewSource(config(t, server, nil))
	for i := 1; i <= 3; i++ {
		if got, want := token(t, t.Context(), source), fmt.Sprintf("token-%d", i); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAuthorizeKeepsAHeaderOfTheCall(t *testing.T) {
	server := newTokenServer(t, numbered)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Basic eHg6eXk=")
	if err := oauth.NewSource(config(t, server, nil)).Authorize(r); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Authorization"); got != "Basic eHg6eXk=" || len(server.requests()) != 0 {
		t.Errorf("header %q, %d token requests", got, len(server.requests()))
	}
}

// TestProcessesShareOneRequest runs this program several times.
func TestProcessesShareOneRequest(t *testing.T) {
	if url := os.Getenv("OAUTH_TEST_URL"); url != "" {
		source := oauth.NewSource(oauth.Config{
			Endpoint: oauth.Endpoint{API: client(t, url, nil)},
			Grant:    oauth.Generic{GrantType: "client_credentials"},
			Cache:    oauth.NewFolderCache(os.Getenv("OAUTH_TEST_FOLDER"), time.Hour),
		})
		fmt.Println("token:", token(t, t.Context(), source))
		return
	}
	server := newTokenServer(t, numbered)
	folder := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			child := exec.CommandContext(t.Context(), program, "-test.run=^TestProcessesShareOneRequest$")
			child.Env = append(os.Environ(), "OAUTH_TEST_URL="+server.URL, "OAUTH_TEST_FOLDER="+folder)
			output, err := child.CombinedOutput()
			if err != nil || !strings.Contains(string(output), "token: token-1\n") {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
	wg.Wait()
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}
}
