package httpgw

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ascli-go/ascli/sdk/record"
)

// gateway is an HTTP gateway that keeps what it gets in memory and checks that
// the protocol is spoken as it should.
type gateway struct {
	*httptest.Server
	t testing.TB
	// endpoints are those of v1/info, nil for none.
	endpoints []any
	// fault is what goes wrong.
	fault string
	// discard does not keep the content of files.
	discard bool
	// content and disposition are the answer to a download.
	content     []byte
	disposition string

	mutex sync.Mutex
	// spec is the transfer spec of the last transfer, version its protocol.
	spec    *record.Object
	version string
	files   map[string]string
}

func newGateway(t testing.TB) *gateway {
	t.Helper()
	g := &gateway{t: t, files: map[string]string{}, endpoints: []any{"https://h/v1/upload", "https://h/v2/upload"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /aspera/http-gwy/v1/info", g.info)
	mux.HandleFunc("GET /aspera/http-gwy/{version}/upload", g.upload)
	mux.HandleFunc("POST /aspera/http-gwy/v1/download", g.prepareDownload)
	mux.HandleFunc("GET /aspera/http-gwy/v1/download/{id}", g.download)
	g.Server = httptest.NewTLSServer(mux)
	t.Cleanup(g.CloseClientConnections)
	return g
}

func (g *gateway) info(w http.ResponseWriter, _ *http.Request) {
	answer := record.New("name", "test", "version", "2.3.0")
	if g.endpoints != nil {
		answer.Set("endpoints", g.endpoints)
	}
	_, _ = w.Write(record.JSON(answer))
}

func (g *gateway) prepareDownload(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Errorf("download: %v", err)
	}
	body, err := record.ParseObject(text)
	if err != nil || body.Object("transfer_spec") == nil {
		g.t.Errorf("download: body is %s", text)
		return
	}
	g.mutex.Lock()
	g.spec = body.Object("transfer_spec")
	g.mutex.Unlock()
	if g.fault == "refused" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"user_message":"token expired"}}`)
		return
	}
	if g.fault == "id only" {
		_, _ = io.WriteString(w, `{"transfer_spec_id":"0af8-11"}`)
		return
	}
	_, _ = io.WriteString(w, `{"url":"https://gw/aspera/http-gwy/v1/download/0af8-11"}`)
}

func (g *gateway) download(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") != "0af8-11" {
		http.NotFound(w, r)
		return
	}
	if g.disposition != "" {
		w.Header().Set("Content-Disposition", g.disposition)
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(g.content)))
	half := len(g.content)
	if g.fault == "cut" || g.fault == "stalled" {
		half /= 2
	}
	_, _ = w.Write(g.content[:half])
	if g.fault == "stalled" {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

func (g *gateway) upload(w http.ResponseWriter, r *http.Request) {
	switch g.fault {
	case "forbidden":
		http.Error(w, "no", http.StatusForbidden)
		return
	case "broken":
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"message":"the storage is away"}`)
		return
	}
	upgrader := websocket.Upgrader{ReadBufferSize: 64 << 10}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		g.t.Errorf("no WebSocket: %v", err)
		return
	}
	defer func() { _ = conn.Close() }()
	c := &conversation{gateway: g, conn: conn}
	g.mutex.Lock()
	g.version = r.PathValue("version")
	g.mutex.Unlock()
	conn.SetCloseHandler(func(int, string) error { return c.goodbye() })
	err = c.receive()
	var protocol protocolError
	if errors.As(err, &protocol) {
		g.t.Errorf("upload: %v", err)
	}
}

// conversation is one upload as the gateway sees it.
type conversation struct {
	*gateway
	conn     *websocket.Conn
	paths    []any
	binaries int
}

// protocolError is a message that should not have been sent.
type protocolError struct{ error }

// errOver ends a conversation on purpose.
var errOver = errors.New("over")

// errorText is an error as gateways send it.
func errorText(message string) string {
	return `"` + base64.StdEncoding.EncodeToString(record.JSON(record.New("message", message))) + "\"\n"
}

func (c *conversation) say(text string) error {
	return c.conn.WriteMessage(websocket.TextMessage, []byte(text))
}

func (c *conversation) close(code int, reason string) error {
	return c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
}

// goodbye answers a close frame.
func (c *conversation) goodbye() error {
	switch c.fault {
	case "error after the end":
		if err := c.say(errorText("disk full")); err != nil {
			return err
		}
	case "trouble after the end":
		return c.close(websocket.CloseInternalServerErr, "storage lost")
	case "reset at the end":
		tcp := c.conn.NetConn().(*tls.Conn).NetConn().(*net.TCPConn)
		if err := tcp.SetLinger(0); err != nil {
			return err
		}
		return tcp.Close()
	case "no goodbye":
		return c.conn.Close()
	}
	return c.close(websocket.CloseNormalClosure, "")
}

func (c *conversation) receive() error {
	_, text, err := c.conn.ReadMessage()
	if err != nil {
		return err
	}
	first, err := record.ParseObject(text)
	if err != nil || first.Object("transfer_spec") == nil {
		return protocolError{fmt.Errorf("no transfer spec: %s", text)}
	}
	c.mutex.Lock()
	c.spec = first.Object("transfer_spec")
	c.paths = c.spec.List("paths")
	c.mutex.Unlock()
	if err := c.say("end upload"); err != nil {
		return err
	}
	if c.fault == "deaf" {
		// The handler of a hijacked connection ends with the server only.
		<-c.t.Context().Done()
		return errOver
	}
	receive := c.receiveFile
	if c.version == "v1" {
		receive = c.receiveSlices
	}
	for {
		if err := receive(); err != nil {
			return err
		}
	}
}

// receiveSlices takes a file of version 1.
func (c *conversation) receiveSlices() error {
	var content []byte
	for number, total := int64(0), int64(1); number < total; number++ {
		slice, err := c.mark()
		if err != nil {
			return err
		}
		index, _ := slice.Int("fileIndex")
		got, _ := slice.Int("slice")
		total, _ = slice.Int("total_slices")
		if path, _ := c.paths[index].(*record.Object); got != number || path.Text("source") != slice.Text("name") {
			return protocolError{fmt.Errorf("slice %d is %.200s, paths are %s", number, record.JSON(slice), record.JSON(c.paths))}
		}
		data, err := base64.StdEncoding.DecodeString(slice.Text("data"))
		if err != nil {
			return protocolError{err}
		}
		content = append(content, data...)
		size, _ := slice.Int("size")
		if number == total-1 && int64(len(content)) != size {
			return protocolError{fmt.Errorf("%d bytes instead of %d", len(content), size)}
		}
		if number == total-1 {
			c.mutex.Lock()
			c.files[slice.Text("name")] = string(content)
			c.mutex.Unlock()
			if c.fault == "error for the last message" {
				return c.say(errorText("no space"))
			}
		}
		if err := c.slice(); err != nil {
			return err
		}
	}
	return nil
}

// receiveFile takes a mark, slices and a mark.
func (c *conversation) receiveFile() error {
	begin, err := c.mark()
	if err != nil {
		return err
	}
	number, _ := begin.Int("slice")
	total, _ := begin.Int("total_slices")
	size, _ := begin.Int("size")
	index, _ := begin.Int("fileIndex")
	if path, _ := c.paths[index].(*record.Object); number != 0 || path.Text("source") != begin.Text("name") {
		return protocolError{fmt.Errorf("begin of a file is %s, paths are %s", record.JSON(begin), record.JSON(c.paths))}
	}
	if err := c.acknowledge("end_slice_upload"); err != nil {
		return err
	}
	var content strings.Builder
	var keep io.Writer = &content
	if c.discard {
		keep = io.Discard
	}
	received := int64(0)
	for range total {
		kind, message, err := c.conn.NextReader()
		if err != nil {
			return err
		}
		if kind != websocket.BinaryMessage {
			return protocolError{errors.New("expecting a slice, got text")}
		}
		n, err := io.Copy(keep, message)
		if err != nil {
			return err
		}
		received += n
		if err := c.slice(); err != nil {
			return err
		}
	}
	end, err := c.mark()
	if err != nil {
		return err
	}
	if last, _ := end.Int("slice"); last != total-1 || received != size {
		return protocolError{fmt.Errorf("end of a file is %s, after %d bytes", record.JSON(end), received)}
	}
	c.mutex.Lock()
	c.files[end.Text("name")] = content.String()
	c.mutex.Unlock()
	if c.fault == "error for the last message" {
		return c.say(errorText("no space"))
	}
	return c.acknowledge("end_slice_upload")
}

func (c *conversation) mark() (*record.Object, error) {
	kind, text, err := c.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	message, err := record.ParseObject(text)
	if err != nil || kind != websocket.TextMessage || message.Object("slice_upload") == nil {
		return nil, protocolError{fmt.Errorf("expecting slice_upload, got %.100s", text)}
	}
	return message.Object("slice_upload"), nil
}

// slice answers a slice, or does what is wrong in the middle of a file.
func (c *conversation) slice() error {
	if c.binaries++; c.binaries == 2 {
		switch c.fault {
		case "error":
			return c.say(errorText("permission denied"))
		case "plain error":
			return c.say(`{"message":"permission denied"}`)
		case "nonsense":
			return c.say("what?")
		case "cut":
			_ = c.conn.Close()
			return errOver
		case "early close":
			_ = c.close(websocket.CloseNormalClosure, "")
			return errOver
		}
	}
	return c.acknowledge("end upload")
}

func (c *conversation) acknowledge(text string) error {
	if c.fault == "silent" {
		return nil
	}
	return c.say(text)
}
