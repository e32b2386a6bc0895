package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/partial"
)

// Copy writes the content of an answer to w as it arrives. JSON is written
// once it is known to be no error.
func (c *Client) Copy(ctx context.Context, request Request, w io.Writer) (*Response, error) {
	x, err := c.exchange(ctx, request, true)
	if err != nil {
		return nil, err
	}
	defer x.cancel(nil)
	return x.answer(), x.copy(w)
}

// Save writes the content of an answer to a file in folder and returns its
// path. The file is named as the server says in Content-Disposition, else name.
// It bears the suffix .http_partial until it is complete.
func (c *Client) Save(ctx context.Context, request Request, folder, name string) (string, error) {
	x, err := c.exchange(ctx, request, true)
	if err != nil {
		return "", err
	}
	defer x.cancel(nil)
	name = cmp.Or(fileName(dispositionName(x.response.Header)), fileName(name))
	if name == "" {
		return "", failure.Argumentf("%s: no name for the file to save", x.name())
	}
	path := filepath.Join(folder, name)
	unfinished := partial.Path(path, c.session.settings.partialSuffix)
	if err := x.save(unfinished, request.Progress); err != nil {
		if removeErr := os.Remove(unfinished); !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
		return "", err
	}
	return path, os.Rename(unfinished, path)
}

func (x *exchange) save(path string, progress func(received, total int64)) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("cannot save the download: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return x.copy(&meter{file, progress, 0, x.response.ContentLength})
}

// meter tells how many of a number of bytes passed.
type meter struct {
	to       io.Writer
	progress func(received, total int64)

	passed, total int64
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.to.Write(b)
	m.passed += int64(n)
	if m.progress != nil {
		m.progress(m.passed, m.total)
	}
	return n, err
}

// copy writes what the answer holds: the body that was read already, or the
// stream.
func (x *exchange) copy(w io.Writer) error {
	if isJSON(x.response.Header) {
		_, err := w.Write(x.body)
		return err
	}
	defer x.response.Body.Close()
	// Without Content-Length nothing tells a complete answer from a cut one,
	// but HTTP/1.1 then uses chunks, whose end is marked.
	if _, err := io.Copy(w, &networkReader{x}); err != nil {
		return err
	}
	return nil
}

// networkReader labels the errors of the connection, to tell them from those
// of the disk.
type networkReader struct{ x *exchange }

func (r *networkReader) Read(b []byte) (int, error) {
	n, err := r.x.response.Body.Read(b)
	if err != nil && err != io.EOF {
		err = r.x.client.session.networkError(r.x.request, err)
	}
	return n, err
}

// dispositionName is the name that the server gives; a header that is written
// against the rules is read as far as it goes.
func dispositionName(header http.Header) string {
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if errors.Is(err, mime.ErrInvalidMediaParameter) {
		_, after, _ := strings.Cut(header.Get("Content-Disposition"), `filename=`)
		after, _, _ = strings.Cut(strings.TrimPrefix(after, `"`), `"`)
		after, _, _ = strings.Cut(after, ";")
		return strings.TrimSpace(after)
	}
	return parameters["filename"]
}

// fileName reduces a name to its last element: a server must not choose a
// folder. "" when nothing usable is left.
func fileName(name string) string {
	// A server may use the separator of another system.
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' || name[i] == '\\' {
			name = name[i+1:]
			break
		}
	}
	if name == "." || name == ".." || !filepath.IsLocal(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return name
}
