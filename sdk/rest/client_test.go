package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

func TestRequestAndAnswerKeepOrderAndDigits(t *testing.T) {
	const body = `{"z":1.50,"a":{"id":9223372036854775807}}`
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		seen = []string{
			r.Method, r.RequestURI, string(content), user + ":" + password,
			r.Header.Get("Content-Type"), r.Header.Get("Accept"), r.Header.Get("User-Agent"), r.Header.Get("X-Extra"),
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(content)
	}))
	defer server.Close()
	api := client(t, server, nil).WithAuth(rest.Basic("me", "pw")).WithHeader("X-Extra", "yes")
	answer, err := api.Do(t.Context(), rest.Request{
		Method: "CANCEL", Path: "a/b%2Fc", Query: parse(t, `{"x[]":[1,2]}`), Body: parse(t, body),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"CANCEL", "/a/b%2Fc?x[]=1&x[]=2", body, "me:pw", "application/json", "application/json", "ascli", "yes"}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("got %q\nwant %q", seen, want)
	}
	if got := string(record.JSON(answer.Value)); got != body {
		t.Errorf("answer %s", got)
	}
}

func TestBodies(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.Header.Get("Content-Type"), content)
	}))
	defer server.Close()
	for _, c := range []struct {
		name string
		body any
		want string
	}{
		{"form", rest.Form{Fields: record.New("a", "b c", "d", 1)}, "application/x-www-form-urlencoded a=b+c&d=1"},
		{"raw", rest.Raw{ContentType: "text/xml", Content: []byte("<x/>")}, "text/xml <x/>"},
		{"array", []any{1, "x"}, `application/json [1,"x"]`},
		{"none", nil, " "},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, err := client(t, server, nil).Post(t.Context(), "x", c.body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Value != c.want {
				t.Errorf("got %q, want %q", answer.Value, c.want)
			}
		})
	}
}

func TestNormalizeURL(t *testing.T) {
	for _, c := range []struct{ in, want, err string }{
		{"https://h:9092/", "https://h:9092", ""},
		{"https://h:443/a//", "https://h/a", ""},
		{"http://h:80", "http://h", ""},
		{"http://h:443", "http://h:443", ""},
		{"https://[::1]:443", "https://[::1]", ""},
		{"ftp://h", "", "REST endpoint shall be http/s not ftp"},
		{"h.example.com", "", "REST endpoint shall be http/s not "},
		{"https://", "", `bad URI (is not URI?): "https:"`},
		{"https://u:pa%zz@h", "", `bad URI (is not URI?): "h"`},
	} {
		t.Run(c.in, func(t *testing.T) {
			got, err := rest.NormalizeURL(c.in)
			if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// expiring is an OAuth-like authentication whose first token is refused.
type expiring struct{ renewed int }

func (e *expiring) Authorize(r *http.Request) error {
	r.Header.Set("Authorization", fmt.Sprintf("Bearer token%d", e.renewed))
	return nil
}

func (e *expiring) Renew(r *http.Request) error { e.renewed++; return r.Context().Err() }

func TestRefusedCredentialsAreRenewedOnce(t *testing.T) {
	calls := 0
	accepted := "Bearer token1"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.Header.Get("Authorization") != accepted {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	if _, err := client(t, server, nil).WithAuth(&expiring{}).Post(t.Context(), "x", record.New("a", 1)); err != nil || calls != 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
	calls, accepted = 0, "never"
	_, err := client(t, server, nil).WithAuth(&expiring{}).Get(t.Context(), "x", nil)
	if calls != 2 || failure.As(err) == nil {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestSaveAndCopy(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/named":
			w.Header().Set("Content-Disposition", `attachment; filename="../../evil.bin"`)
		case "/json":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"a": 1}`)
			return
		case "/cut":
			w.Header().Set("Content-Length", "100")
		}
		fmt.Fprint(w, "content")
	}))
	defer server.Close()
	api := client(t, server, nil)
	for _, c := range []struct{ path, file, content string }{
		{"plain", "plain.bin", "content"},
		{"named", "evil.bin", "content"},
		{"json", "plain.bin", `{"a": 1}`},
	} {
		t.Run(c.path, func(t *testing.T) {
			folder := t.TempDir()
			path, err := api.Save(t.Context(), rest.Request{Method: "GET", Path: c.path}, folder, "plain.bin")
			if err != nil || path != filepath.Join(folder, c.file) {
				t.Fatalf("got %s, %v", path, err)
			}
			if content, err := os.ReadFile(path); string(content) != c.content {
				t.Errorf("content %q, %v", content, err)
			}
			if entries, _ := os.ReadDir(folder); len(entries) != 1 {
				t.Errorf("left over: %v", entries)
			}
		})
	}
	t.Run("cut", func(t *testing.T) {
		folder := t.TempDir()
		_, err := api.Save(t.Context(), rest.Request{Method: "GET", Path: "cut"}, folder, "f")
		if e := failure.As(err); e == nil || e.Kind != "EOFError" {
			t.Errorf("got %v", err)
		}
		if entries, _ := os.ReadDir(folder); len(entries) != 0 {
			t.Errorf("left over: %v", entries)
		}
	})
	t.Run("copy", func(t *testing.T) {
		var b bytes.Buffer
		if _, err := api.Copy(t.Context(), rest.Request{Method: "GET", Path: "plain"}, &b); err != nil || b.String() != "content" {
			t.Errorf("got %q, %v", b.String(), err)
		}
	})
	t.Run("no name", func(t *testing.T) {
		_, err := api.Save(t.Context(), rest.Request{Method: "GET", Path: "plain"}, t.TempDir(), "..")
		if e := failure.As(err); e == nil || e.Label != failure.Argument {
			t.Errorf("got %v", err)
		}
	})
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	if _, err := client(t, server, nil).Get(ctx, "x", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestInvalidPath(t *testing.T) {
	server := answering(t, 200, "", "")
	for _, path := range []string{"a b", "%zz", `a"b`} {
		_, err := client(t, server, nil).Get(t.Context(), path, nil)
		checkFailure(t, err, failure.Other, "URI::InvalidURIError", fmt.Sprintf("bad URI (is not URI?): %q", path))
	}
}
