package httpgw

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/ascli-go/ascli/sdk/record"
)

// benchSize is what each iteration moves.
const benchSize = 256 << 20

func BenchmarkUpload(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f")
	if err := os.WriteFile(path, make([]byte, benchSize), 0o600); err != nil {
		b.Fatal(err)
	}
	spec := record.New("direction", "send", "token", "t", "paths", []any{record.New("source", filepath.ToSlash(path))})
	g := newGateway(b)
	g.discard = true
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		if err := newTrial(b, g, string(record.JSON(spec)), `{}`).run(b); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareWebSocket sends as many bytes in frames of the same size, without
// files and protocol.
func BenchmarkBareWebSocket(b *testing.B) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{ReadBufferSize: 64 << 10}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		for received := int64(0); received < benchSize; {
			_, message, err := conn.NextReader()
			if err != nil {
				return
			}
			n, err := io.Copy(io.Discard, message)
			if err != nil {
				return
			}
			received += n
		}
		_ = conn.WriteMessage(websocket.TextMessage, []byte("done"))
	}))
	defer server.Close()
	const frame = 64000
	data := make([]byte, frame)
	dialer := websocket.Dialer{TLSClientConfig: server.Client().Transport.(*http.Transport).TLSClientConfig, WriteBufferSize: frame}
	b.SetBytes(benchSize)
	for b.Loop() {
		conn, _, err := dialer.DialContext(b.Context(), "wss"+server.URL[len("https"):], nil)
		if err != nil {
			b.Fatal(err)
		}
		for sent := 0; sent < benchSize; sent += frame {
			if err := conn.WriteMessage(websocket.BinaryMessage, data); err != nil {
				b.Fatal(err)
			}
		}
		if _, _, err := conn.ReadMessage(); err != nil {
			b.Fatal(err)
		}
		_ = conn.Close()
	}
}

func BenchmarkDownload(b *testing.B) {
	g := newGateway(b)
	g.content = bytes.Repeat([]byte("x"), benchSize)
	b.SetBytes(benchSize)
	b.ReportAllocs()
	folder := b.TempDir()
	for b.Loop() {
		if err := newTrial(b, g, receiving(folder, "/f"), `{}`).run(b); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareHTTP copies as many bytes from a server to a file.
func BenchmarkBareHTTP(b *testing.B) {
	content := bytes.Repeat([]byte("x"), benchSize)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }))
	defer server.Close()
	path := filepath.Join(b.TempDir(), "f")
	b.SetBytes(benchSize)
	for b.Loop() {
		response, err := server.Client().Get(server.URL)
		if err != nil {
			b.Fatal(err)
		}
		file, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(file, response.Body); err != nil {
			b.Fatal(err)
		}
		_ = response.Body.Close()
		_ = file.Close()
	}
}
