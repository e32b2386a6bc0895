package rest

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// acceptEncoding is what the original sends (spec/cli.md 9.1).
const acceptEncoding = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"

// decompress lets the body of an answer read as its plain content. A request
// with an Accept-Encoding of its own gets the content as it comes.
func decompress(r *http.Response) {
	if r.Request.Header.Get("Accept-Encoding") != acceptEncoding || r.Request.Method == http.MethodHead {
		return
	}
	body := &plainBody{body: r.Body, host: r.Request.URL.Host}
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		body.open = func(b *bufio.Reader) (io.Reader, error) { return gzip.NewReader(b) }
	case "deflate":
		body.open = inflate
	default:
		return
	}
	r.Body = body
	r.Header.Del("Content-Encoding")
	r.Header.Del("Content-Length")
	r.ContentLength = -1
}

// inflate reads zlib's format, and the bare deflate that some servers send
// under the same name.
func inflate(b *bufio.Reader) (io.Reader, error) {
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// plainBody decompresses a body. One of no bytes at all is empty.
type plainBody struct {
	body  io.ReadCloser
	host  string
	open  func(*bufio.Reader) (io.Reader, error)
	plain io.Reader
}

func (p *plainBody) Read(b []byte) (n int, err error) {
	if p.plain == nil {
		compressed := bufio.NewReader(p.body)
		if _, err := compressed.Peek(1); err != nil {
			return 0, err
		}
		if p.plain, err = p.open(compressed); err != nil {
			return 0, p.damaged(err)
		}
	}
	n, err = p.plain.Read(b)
	return n, p.damaged(err)
}

// damaged labels the errors of the content, and leaves those of the connection.
func (p *plainBody) damaged(err error) error {
	var corrupt flate.CorruptInputError
	for _, known := range []error{gzip.ErrHeader, gzip.ErrChecksum, zlib.ErrHeader, zlib.ErrChecksum, zlib.ErrDictionary} {
		if errors.Is(err, known) || errors.As(err, &corrupt) {
			return failure.Otherf("Zlib::DataError", "%s sent a compressed answer that is damaged: %w", p.host, err)
		}
	}
	return err
}

func (p *plainBody) Close() error { return p.body.Close() }
