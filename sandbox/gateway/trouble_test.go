package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/ascli-go/ascli/sandbox/fault"
)

// ended is how a conversation ended, as the client sees it.
func (c *client) ended() string {
	c.t.Helper()
	_, text, err := c.conn.Read(c.t.Context())
	switch code := websocket.CloseStatus(err); {
	case err == nil:
		return string(text)
	case code != -1:
		return fmt.Sprintf("close %d", code)
	default:
		return "lost: " + err.Error()
	}
}

func TestFaultsOfUploads(t *testing.T) {
	for _, tt := range []struct {
		rule string
		// want is what comes after the acknowledgement of the announcement, from
		// the second slice of two.
		want []string
	}{
		{`{"do":"error","after_bytes":3,"message":"disk full"}`, []string{"end upload", `"eyJtZXNzYWdlIjoiZGlzayBmdWxsIn0="`, "close 1000"}},
		{`{"do":"plain_error","after_bytes":3,"message":"disk full"}`, []string{"end upload", `{"message":"disk full"}`, "close 1000"}},
		{`{"do":"nonsense","after_bytes":3,"message":"?"}`, []string{"end upload", "?", "close 1000"}},
		{`{"do":"cut","after_bytes":3}`, []string{"end upload", "lost: "}},
		{`{"do":"cut"}`, []string{"lost: "}},
		{`{"do":"reset","after_bytes":3}`, []string{"end upload", "lost: "}},
		{`{"do":"close","after_bytes":3}`, []string{"end upload", "close 1000"}},
		{`{"do":"close_error","after_bytes":3,"message":"no storage"}`, []string{"end upload", "close 1011"}},
	} {
		for _, version := range []string{"v1", "v2"} {
			t.Run(tt.rule+version, func(t *testing.T) {
				w := newWorld(t)
				w.fails(`{"path":"/aspera/http-gwy/*/upload","websocket":` + tt.rule + `}`)
				c := w.dialVersion(version)
				c.text("%s", spec("up", "a"))
				c.sendA(version)
				for _, want := range tt.want {
					if got := c.ended(); !strings.HasPrefix(got, want) {
						t.Fatalf("got %s, want %s", got, want)
					}
				}
				w.mustHaveNoMoreThan(false)
			})
		}
	}
}

// sendA sends file "a", which holds "1234", in two slices.
func (c *client) sendA(version string) {
	c.t.Helper()
	if version == "v1" {
		c.write(websocket.MessageText, []byte(sliceV1("a", 0, 4, 0, 2, "12")))
		c.write(websocket.MessageText, []byte(sliceV1("a", 0, 4, 1, 2, "34")))
		return
	}
	c.text("%s", slice("a", 0, 4, 0, 2))
	c.write(websocket.MessageBinary, []byte("12"))
	c.write(websocket.MessageBinary, []byte("34"))
}

// Nothing is acknowledged after three bytes, and the close frame is answered.
func TestFaultWithoutAcknowledgements(t *testing.T) {
	w := newWorld(t)
	w.fails(`{"websocket":{"do":"unacknowledged","after_bytes":3}}`)
	c := w.dial()
	c.text("%s", spec("up", "a"))
	c.sendA("v2")
	c.write(websocket.MessageText, []byte(slice("a", 0, 4, 1, 2)))
	if got := c.ended(); got != "end upload" {
		t.Fatalf("the first slice: %s", got)
	}
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(w.files()); got != "map[up/a:1234]" {
		t.Errorf("stored %s", got)
	}
}

func TestFaultsAtTheClose(t *testing.T) {
	for _, tt := range []struct{ do, want string }{
		{"reset", "no close frame"}, {"cut", "no close frame"}, {"close_error", "1011"}, {"close", "1000"},
	} {
		t.Run(tt.do, func(t *testing.T) {
			w := newWorld(t)
			w.fails(`{"websocket":{"do":"` + tt.do + `","at_close":true}}`)
			c := w.dial()
			c.text("%s", spec("up", "a", "empty"))
			c.sendA("v2")
			for range 2 {
				c.read()
			}
			c.text("%s", slice("a", 0, 4, 1, 2))
			err := c.conn.Close(websocket.StatusNormalClosure, "")
			got := "no close frame"
			if code := websocket.CloseStatus(err); code != -1 {
				got = fmt.Sprint(int(code))
			} else if err == nil {
				got = "1000"
			}
			if got != tt.want {
				t.Errorf("closed with %s, want %s: %v", got, tt.want, err)
			}
			w.handlers.Wait()
			if _, created := w.files()["up/empty"]; created {
				t.Error("the upload was finished all the same")
			}
		})
	}
}

func TestFaultOfTheHandshake(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusInternalServerError} {
		w := newWorld(t)
		w.fails(fmt.Sprintf(`{"path":"/aspera/http-gwy/v2/upload","status":%d}`, status))
		url := "wss" + strings.TrimPrefix(w.server.URL, "https") + "/aspera/http-gwy/v2/upload"
		_, answer, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPClient: w.server.Client()})
		if err == nil || answer == nil || answer.StatusCode != status {
			t.Errorf("got %v, %v", answer, err)
		}
	}
}

func (w *world) fails(rule string) {
	w.t.Helper()
	parsed, err := fault.Parse([]byte(rule))
	w.check(err)
	w.faults.Add(parsed)
}
