package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"
)

const (
	benchSize  = 256 << 20
	benchChunk = 64000
	benchSlice = (benchSize-1)/benchChunk + 1
)

// BenchmarkUpload sends slices without waiting for acknowledgements; compare
// with BenchmarkBareWebSocket.
func BenchmarkUpload(b *testing.B) {
	w := newWorld(b)
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		c := w.dial()
		acknowledged := make(chan struct{})
		go func() {
			defer close(acknowledged)
			for range benchSlice + 3 {
				c.read()
			}
		}()
		c.write(websocket.MessageText, []byte(spec("up", "big")))
		c.write(websocket.MessageText, []byte(slice("big", 0, benchSize, 0, benchSlice)))
		c.sendZeros()
		c.write(websocket.MessageText, []byte(slice("big", 0, benchSize, benchSlice-1, benchSlice)))
		<-acknowledged
		w.check(c.conn.Close(websocket.StatusNormalClosure, ""))
	}
}

// BenchmarkBareWebSocket sends the same frames to a server that drops them.
func BenchmarkBareWebSocket(b *testing.B) {
	w := &world{t: b}
	w.server = httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(out, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(benchChunk)
		for {
			_, frame, err := conn.Reader(r.Context())
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, frame); err != nil {
				return
			}
		}
	}))
	defer w.server.Close()
	b.SetBytes(benchSize)
	for b.Loop() {
		c := w.dial()
		c.sendZeros()
		w.check(c.conn.Close(websocket.StatusNormalClosure, ""))
	}
}

func (c *client) sendZeros() {
	data := make([]byte, benchChunk)
	for left := benchSize; left > 0; left -= benchChunk {
		c.write(websocket.MessageBinary, data[:min(benchChunk, left)])
	}
}
