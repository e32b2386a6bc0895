package rest_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

func TestAcceptHeaders(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Accept"), " ", r.Header.Get("Accept-Encoding"))
	}))
	defer server.Close()
	const encodings = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"
	api := client(t, server, nil)
	answer, err := api.Get(t.Context(), "x", nil)
	if err != nil || answer.Value != "application/json "+encodings {
		t.Errorf("call: %v, %v", answer, err)
	}
	answer, err = api.WithHeader("Accept", "text/html").Get(t.Context(), "x", nil)
	if err != nil || answer.Value != "text/html "+encodings {
		t.Errorf("own header: %v, %v", answer, err)
	}
	var b strings.Builder
	if _, err := api.Copy(t.Context(), rest.Request{Method: "GET", Path: "x"}, &b); err != nil || b.String() != "*/* "+encodings {
		t.Errorf("download: %q, %v", b.String(), err)
	}
}

func compressed(t *testing.T, encoding string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		var err error
		if w, err = flate.NewWriter(&b, 9); err != nil {
			t.Fatal(err)
		}
	default:
		return []byte(`{"a":1}`)
	}
	if _, err := w.Write([]byte(`{"a":1}`)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecompression(t *testing.T) {
	for _, c := range []struct{ name, format, encoding string }{
		{"gzip", "gzip", "gzip"},
		{"former name of gzip", "x-gzip", "x-gzip"},
		{"deflate", "zlib", "deflate"},
		{"deflate without head", "flate", "deflate"},
		{"none", "", ""},
		{"identity", "", "identity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Encoding", c.encoding)
				w.Write(compressed(t, c.format))
			}))
			defer server.Close()
			answer, err := client(t, server, nil).Get(t.Context(), "x", nil)
			if err != nil || string(record.JSON(answer.Value)) != `{"a":1}` {
				t.Errorf("got %v, %v", answer, err)
			}
		})
	}
	for _, content := range []string{"no gzip at all", string(compressed(t, "gzip")[:25]) + "garbage"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, content)
		}))
		defer server.Close()
		_, err := client(t, server, nil).Get(t.Context(), "x", nil)
		if e := failure.As(err); e == nil || e.Kind != "Zlib::DataError" {
			t.Errorf("%q: got %v", content, err)
		}
	}
	t.Run("nothing", func(t *testing.T) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", "gzip") }))
		defer server.Close()
		if answer, err := client(t, server, nil).Get(t.Context(), "x", nil); err != nil || answer.Value != nil {
			t.Errorf("got %v, %v", answer, err)
		}
	})
}

func TestRedirections(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "other %s %q", r.RequestURI, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/base/here":
			w.Header().Set("Location", "/there?q=2")
		case "/base/loop":
			w.Header().Set("Location", "/base/loop")
		case "/base/away":
			w.Header().Set("Location", other.URL+"/away")
		case "/base/relative":
			w.Header().Set("Location", "there")
		case "/base/ftp":
			w.Header().Set("Location", "ftp://h/x")
		default:
			fmt.Fprintf(w, "%s %s %s %q", r.Method, r.RequestURI, body, r.Header.Get("Authorization"))
			return
		}
		w.WriteHeader(http.StatusFound)
	}))
	defer server.Close()
	api := clientAt(t, server.URL+"/base", nil)
	for _, c := range []struct {
		name, path string
		auth       rest.Auth
		want       string
	}{
		{"path", "here", nil, `POST /there?q=2 {"a":1} ""`},
		{"a token is sent again", "here", rest.Verbatim("Bearer t"), `POST /there?q=2 {"a":1} "Bearer t"`},
		{"a password is not", "here", rest.Basic("u", "p"), `POST /there?q=2 {"a":1} ""`},
		{"a token stays with its server", "away", rest.Verbatim("Bearer t"), `other /away?k=v ""`},
		{"limit", "loop", nil, "302 Found"},
		{"relative", "relative", nil, "redirect location is relative: there, but does not start with /."},
		{"other scheme", "ftp", nil, "REST endpoint shall be http/s not ftp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := api
			if c.auth != nil {
				api = api.WithAuth(c.auth)
			}
			answer, err := api.Do(t.Context(), rest.Request{
				Method: "POST", Path: c.path, Query: record.New("k", "v"), Body: record.New("a", 1), Redirects: 2,
			})
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprint(answer.Value)
				if !strings.Contains(got, answer.URL.RequestURI()) {
					t.Errorf("final URL %s", answer.URL)
				}
			}
			if !strings.HasSuffix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestInvalidJSONIsText(t *testing.T) {
	answer, err := client(t, answering(t, 200, "application/json", "OK"), nil).Post(t.Context(), "x", nil)
	if err != nil || answer.Value != "OK" {
		t.Fatalf("got %v, %v", answer, err)
	}
	if _, err := answer.List(); err == nil || !strings.Contains(err.Error(), "the answer is not valid JSON") {
		t.Errorf("got %v", err)
	}
}

func TestNameOfDownload(t *testing.T) {
	for _, c := range []struct{ name, disposition, want string }{
		{"quoted", `attachment; filename="a b.txt"`, "a b.txt"},
		{"bare", `attachment; filename=a.txt`, "a.txt"},
		{"bare with blanks, against the rules", `attachment; filename=a b.txt`, "a b.txt"},
		{"unquoted path", `attachment; filename=/etc/passwd`, "passwd"},
		{"encoded", `attachment; filename="x"; filename*=UTF-8''%C3%A9.txt`, "é.txt"},
		{"encoded path", `attachment; filename*=UTF-8''..%2F..%2Fevil`, "evil"},
		{"other system", `attachment; filename="..\\..\\evil.txt"`, "evil.txt"},
		{"dot", `attachment; filename="."`, "asked.bin"},
		{"parent", `attachment; filename=".."`, "asked.bin"},
		{"folder", `attachment; filename="x/"`, "asked.bin"},
		{"control character", `attachment; filename*=UTF-8''a%0Ab`, "asked.bin"},
		{"no name", `attachment`, "asked.bin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Disposition", c.disposition)
				fmt.Fprint(w, "content")
			}))
			defer server.Close()
			folder := t.TempDir()
			path, err := client(t, server, nil).Save(t.Context(), rest.Request{Method: "GET", Path: "x"}, folder, "asked.bin")
			if err != nil || path != filepath.Join(folder, c.want) {
				t.Errorf("got %s, %v", path, err)
			}
		})
	}
}

// The file bears the suffix while it grows, and the caller sees it grow.
func TestDownloadIsPartialUntilItEnds(t *testing.T) {
	halfSeen := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8")
		fmt.Fprint(w, "half")
		w.(http.Flusher).Flush()
		<-halfSeen
		fmt.Fprint(w, "full")
	}))
	defer server.Close()
	folder := t.TempDir()
	var steps []string
	progress := func(received, total int64) {
		steps = append(steps, fmt.Sprintf("%d/%d", received, total))
		if len(steps) > 1 {
			return
		}
		if content, err := os.ReadFile(filepath.Join(folder, "f.part")); err != nil || string(content) != "half" {
			t.Errorf("partial file %q, %v", content, err)
		}
		close(halfSeen)
	}
	api := client(t, server, map[string]any{"http_options": parse(t, `{"download_partial_suffix":".part"}`)})
	path, err := api.Save(t.Context(), rest.Request{Method: "GET", Path: "x", Progress: progress}, folder, "f")
	if err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "halffull" {
		t.Errorf("got %q, %v", content, err)
	}
	if fmt.Sprint(steps) != "[4/8 8/8]" {
		t.Errorf("progress %v", steps)
	}
}
