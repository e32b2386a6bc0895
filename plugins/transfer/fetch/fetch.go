// Package fetch reads what lies at an address and is no API: lists and archives,
// behind redirects, on servers that name JavaScript as JSON. It obeys the user's
// TLS and proxy options.
package fetch

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
)

const (
	// maxRedirects is that of spec/plugins/config.md 10.5.
	maxRedirects = 5
	// maxText bounds what is read into memory, bytes.
	maxText = 16 << 20
	// maxPause is how long a server may send nothing.
	maxPause = time.Minute

	fileScheme = "file:///"
	dataScheme = "data:"
)

var errStalled = errors.New("the server sends no more data")

// Fetcher reads addresses. It is safe for use by several goroutines.
type Fetcher struct {
	client  *http.Client
	session *rest.Session
}

// New returns a fetcher that obeys the global HTTP options, by name as in an
// invocation. Close it after use.
func New(options map[string]any, log *slog.Logger) (*Fetcher, error) {
	session, err := rest.NewSession(options, log)
	if err != nil {
		return nil, err
	}
	return &Fetcher{session: session, client: &http.Client{Transport: session.Transport(), CheckRedirect: checkRedirect}}, nil
}

// Close closes the idle connections.
func (f *Fetcher) Close() { f.session.Close() }

// Text returns what lies at an http, https, file or data address, at most 16 MiB.
func (f *Fetcher) Text(ctx context.Context, address string, header http.Header) ([]byte, error) {
	content, err := f.open(ctx, address, header)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	text, err := io.ReadAll(io.LimitReader(content, maxText+1))
	if err != nil {
		return nil, failed(address, err)
	}
	if len(text) > maxText {
		return nil, failure.Otherf("RuntimeError", "%s is larger than %d bytes", shown(address), maxText)
	}
	return text, nil
}

// Save writes what lies at an http or https address to w.
func (f *Fetcher) Save(ctx context.Context, address string, w io.Writer) error {
	content, err := f.open(ctx, address, nil)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	if _, err := io.Copy(w, content); err != nil {
		return failed(address, err)
	}
	return nil
}

// OpenLocal opens the file of a file address: its path is what follows file:///,
// relative unless there is a fourth slash (spec/plugins/config.md 10.5). The
// address of anything else is not local.
func OpenLocal(address string) (file *os.File, local bool, err error) {
	if !strings.HasPrefix(address, "file:") {
		return nil, false, nil
	}
	path, found := strings.CutPrefix(address, fileScheme)
	if !found || path == "" {
		return nil, true, failure.Argumentf("use format: %s<path>", fileScheme)
	}
	file, err = os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = failure.Otherf("Errno::ENOENT", "No such file or directory - %s", path)
	}
	return file, true, err
}

func (f *Fetcher) open(ctx context.Context, address string, header http.Header) (io.ReadCloser, error) {
	file, local, err := OpenLocal(address)
	switch {
	case err != nil:
		return nil, err
	case local:
		return file, nil
	case strings.HasPrefix(address, dataScheme):
		text, err := dataOf(address)
		return io.NopCloser(strings.NewReader(text)), err
	}
	return f.get(ctx, address, header)
}

func (f *Fetcher) get(ctx context.Context, address string, header http.Header) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || r.URL.Host == "" || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		cancel(nil)
		return nil, failure.Otherf("URI::InvalidURIError", "bad URI (is not URI?): %q", shown(address)).
			Hint("Give an http or https address, or %s<path>", fileScheme)
	}
	if header != nil {
		r.Header = header.Clone()
	}
	answer, err := f.client.Do(r)
	if err != nil {
		cancel(nil)
		return nil, failed(address, err)
	}
	body := &watched{ReadCloser: answer.Body, ctx: ctx, cancel: cancel}
	if answer.StatusCode != http.StatusOK {
		_ = body.Close()
		return nil, failure.New(failure.Rest, "%s %s", answer.Request.URL.Host, answer.Status).Hint("It was sought at %s", shown(address))
	}
	return body, nil
}

func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return failure.New(failure.Rest, "%s: more than %d redirects", via[0].URL.Host, maxRedirects)
	}
	if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return failure.New(failure.Rest, "%s redirects to a server without TLS, %s", via[0].URL.Host, r.URL.Host)
	}
	return nil
}

// failed words an error of the connection, without the query of the address,
// which may hold a signature.
func failed(address string, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("cannot read %s: %w", shown(address), err)
}

// shown is an address as messages may show it.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "data" {
		scheme, _, _ := strings.Cut(address, ":")
		return scheme + ":..."
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// dataOf returns the content of a data address (RFC 2397).
func dataOf(address string) (string, error) {
	head, content, found := strings.Cut(strings.TrimPrefix(address, dataScheme), ",")
	if !found {
		return "", failure.Argumentf("a data address lacks the comma before its content: use %s,<content>", dataScheme)
	}
	text, err := url.PathUnescape(content)
	if err != nil {
		return "", failure.Argumentf("the content of a data address is malformed: %w", err)
	}
	if !strings.HasSuffix(head, ";base64") {
		return text, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", failure.Argumentf("the content of a data address is malformed: %w", err)
	}
	return string(decoded), nil
}

// watched is an answer whose reading must not pause longer than maxPause.
type watched struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func (w *watched) Read(p []byte) (int, error) {
	defer time.AfterFunc(maxPause, func() { w.cancel(errStalled) }).Stop()
	n, err := w.ReadCloser.Read(p)
	if cause := context.Cause(w.ctx); err != nil && cause != nil {
		err = cause
	}
	return n, err
}

func (w *watched) Close() error {
	defer w.cancel(nil)
	return w.ReadCloser.Close()
}
