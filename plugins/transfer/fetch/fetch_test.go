package fetch_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/sdk/failure"
)

func newFetcher(t *testing.T, options map[string]any) *fetch.Fetcher {
	t.Helper()
	f, err := fetch.New(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// site redirects /<n> to /<n-1>, and answers at /0 with what it was sent.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil {
			http.NotFound(w, r)
			return
		}
		if n > 0 {
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/x-javascript")
		_, _ = fmt.Fprintf(w, "var x = %q;", r.Header.Get("Referer"))
	}))
	t.Cleanup(server.Close)
	return server
}

func TestText(t *testing.T) {
	server := site(t)
	file := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(file, []byte("local"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, address, want, err string }{
		{"JavaScript called JSON", server.URL + "/0", `var x = "http://here";`, ""},
		{"redirects", server.URL + "/5", `var x = "http://here";`, ""},
		{"too many redirects", server.URL + "/6", "", "more than 5 redirects"},
		{"not there", server.URL + "/none?signature=s3cret", "", "404 Not Found"},
		{"a file", "file:///" + filepath.ToSlash(file), "local", ""},
		{"a file that is not there", "file:///none", "", "No such file or directory - none"},
		{"a file with two slashes", "file://x", "", "use format: file:///<path>"},
		{"data", "data:,a%20b", "a b", ""},
		{"data in base64", "data:text/plain;base64,YQ==", "a", ""},
		{"data without comma", "data:x", "", "lacks the comma"},
		{"data that is no base64", "data:;base64,*", "", "malformed"},
		{"another scheme", "ftp://host/x", "", `bad URI (is not URI?): "ftp://host/x"`},
		{"no address", "", "", "bad URI"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := newFetcher(t, nil).Text(t.Context(), tt.address, http.Header{"Referer": {"http://here"}})
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("error is %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if string(text) != tt.want {
				t.Errorf("got %q", text)
			}
		})
	}
}

func TestRedirectOutOfTLS(t *testing.T) {
	plain := site(t)
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL+"/0", http.StatusFound))
	t.Cleanup(secure.Close)
	_, err := newFetcher(t, map[string]any{"insecure": true}).Text(t.Context(), secure.URL, nil)
	if err == nil || !strings.Contains(err.Error(), "without TLS") {
		t.Errorf("error is %v", err)
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	_, err := newFetcher(t, nil).Text(t.Context(), secure.URL, nil)
	if e := failure.As(err); e == nil || e.Label != failure.SSL || !strings.Contains(err.Error(), "certificate verify failed") {
		t.Errorf("error is %v", err)
	}
}

func TestSave(t *testing.T) {
	server := site(t)
	var got strings.Builder
	if err := newFetcher(t, nil).Save(t.Context(), server.URL+"/1", &got); err != nil || got.String() != `var x = "`+server.URL+`/1";` {
		t.Errorf("got %q, %v", got.String(), err)
	}
}

func TestSaveNoticesACutAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("half"))
	}))
	t.Cleanup(server.Close)
	if err := newFetcher(t, nil).Save(t.Context(), server.URL, &strings.Builder{}); err == nil {
		t.Error("a cut answer passes for a whole one")
	}
}

func FuzzData(f *testing.F) {
	f.Add(",a")
	f.Add("text/plain;base64,YQ==")
	f.Add(";base64")
	f.Fuzz(func(t *testing.T, rest string) {
		text, err := newFetcher(t, nil).Text(t.Context(), "data:"+rest, nil)
		if err != nil && len(text) > 0 {
			t.Errorf("text and error: %q, %v", text, err)
		}
	})
}
