package gateway

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	// Not coder/websocket, which answers a close frame by itself: the files
	// of an upload must be complete before its client sees the answer.
	"github.com/gorilla/websocket"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// Acknowledgements (spec transfer.md section 12.5).
const (
	ackGeneral = "end upload"
	ackSlice   = "end_slice_upload"
)

const (
	// idleTimeout ends an upload whose client sends nothing.
	idleTimeout  = 2 * time.Minute
	writeTimeout = 30 * time.Second
	drainTimeout = 5 * time.Second
	// maxMessage bounds a JSON message: a transfer spec names all files.
	maxMessage = 32 << 20
	bufferSize = 256 << 10
)

func (g *gateway) upload(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{ReadBufferSize: bufferSize, HandshakeTimeout: writeTimeout}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		g.log.Debug("upload: no web socket", "error", err) // the client was answered
		return
	}
	defer conn.Close()
	u := &upload{gateway: g, conn: conn, buffer: make([]byte, bufferSize), entry: &activity.Session{}}
	defer u.abandon()
	conn.SetCloseHandler(u.finish)
	for {
		if err := u.next(); err != nil {
			u.abandon() // first: who is told of an error finds nothing incomplete
			u.entry.End(failure(err))
			u.explain(err)
			u.drain()
			return
		}
	}
}

// upload is the conversation with one client.
type upload struct {
	gateway *gateway
	conn    *websocket.Conn
	buffer  []byte
	files   *fileSet // nil until the transfer spec was accepted
	entry   *activity.Session
}

// message is a text frame: one of its fields is set.
type message struct {
	TransferSpec *transferSpec `json:"transfer_spec"`
	SliceUpload  *slice        `json:"slice_upload"`
}

// slice announces the data of a file, or says that it is complete.
type slice struct {
	Name        string `json:"name"`
	Size        int64  `json:"size"`
	Slice       int64  `json:"slice"`
	TotalSlices int64  `json:"total_slices"`
	FileIndex   int    `json:"fileIndex"`
}

// next handles one frame.
func (u *upload) next() error {
	if err := u.conn.SetReadDeadline(time.Now().Add(idleTimeout)); err != nil {
		return err
	}
	kind, reader, err := u.conn.NextReader()
	if err != nil {
		return gone{err}
	}
	if kind == websocket.BinaryMessage {
		if u.files == nil {
			return errors.New("data before the transfer spec")
		}
		if err := u.files.store(incoming{u.conn, reader}, u.buffer, u.entry.Moved); err != nil {
			return err
		}
		return u.acknowledge(ackGeneral)
	}
	text, err := io.ReadAll(io.LimitReader(incoming{u.conn, reader}, maxMessage+1))
	if err != nil {
		return err
	}
	received, err := decode(text)
	if err != nil {
		return err
	}
	if received.TransferSpec != nil {
		return u.begin(received.TransferSpec)
	}
	if u.files == nil {
		return errors.New("slice_upload before the transfer spec")
	}
	announced := *received.SliceUpload
	complete, err := u.files.announce(announced)
	if err != nil {
		return err
	}
	if complete {
		u.entry.FileDone(u.files.clientPath(announced.Name), announced.Size, 0)
	} else {
		u.entry.FileAt(u.files.clientPath(announced.Name), announced.Size, 0)
	}
	return u.acknowledge(ackSlice)
}

// decode reads a text frame.
func decode(text []byte) (message, error) {
	var received message
	if len(text) > maxMessage {
		return received, fmt.Errorf("a message is longer than %d bytes", maxMessage)
	}
	if err := json.Unmarshal(text, &received); err != nil {
		return received, fmt.Errorf("a message is not the JSON expected: %w", err)
	}
	if (received.TransferSpec == nil) == (received.SliceUpload == nil) {
		return received, errors.New("a message must have either transfer_spec or slice_upload")
	}
	return received, nil
}

func (u *upload) begin(spec *transferSpec) error {
	if u.files != nil {
		return errors.New("a second transfer spec")
	}
	if spec.Direction != grant.Send {
		return fmt.Errorf("direction %q: an upload needs %q", spec.Direction, grant.Send)
	}
	folder, err := u.gateway.open(spec, grant.Send)
	if err != nil {
		return err
	}
	if u.files, err = newFileSet(folder, spec); err != nil {
		return errors.Join(err, folder.Close())
	}
	if u.entry, err = u.gateway.record(folder.Owner(), spec, u.conn.RemoteAddr().String(), func() { u.conn.Close() }); err != nil {
		u.entry = &activity.Session{}
		return err
	}
	return u.acknowledge(ackGeneral)
}

// finish is called with the client's close frame, before it is answered.
func (u *upload) finish(code int, _ string) error {
	if u.files != nil && code == websocket.CloseNormalClosure {
		created, err := u.files.finish()
		if err != nil {
			u.abandon()
			u.entry.End(failure(err))
			u.explain(err)
			return nil
		}
		for _, name := range created {
			u.entry.FileDone(u.files.clientPath(name), 0, 0)
		}
		u.entry.End(nil)
	}
	return u.close()
}

// abandon removes what is not complete.
func (u *upload) abandon() {
	if u.files == nil {
		return
	}
	if err := u.files.close(); err != nil {
		u.gateway.log.Debug("upload: files not closed", "error", err)
	}
	u.files = nil
}

func (u *upload) acknowledge(text string) error {
	if err := u.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return gone{err}
	}
	if err := u.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		return gone{err}
	}
	return nil
}

// explain sends an error, quoted base64 of JSON, and closes (spec transfer.md
// section 12.5).
func (u *upload) explain(err error) {
	if _, ok := errors.AsType[gone](err); ok {
		u.gateway.log.Debug("upload ended", "error", err)
		return
	}
	u.gateway.log.Debug("upload refused", "error", err)
	text, err := json.Marshal(map[string]string{"message": err.Error()})
	if err != nil {
		return
	}
	// A client that is gone cannot be told anything.
	if u.acknowledge(`"`+base64.StdEncoding.EncodeToString(text)+`"`) == nil {
		_ = u.close()
	}
}

func (u *upload) close() error {
	frame := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	return u.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(writeTimeout))
}

// drain reads what the client has sent before it saw the error: to close a
// connection with unread data would take the error away from it.
func (u *upload) drain() {
	u.conn.SetCloseHandler(func(int, string) error { return nil })
	if u.conn.SetReadDeadline(time.Now().Add(drainTimeout)) != nil {
		return
	}
	for {
		if _, _, err := u.conn.NextReader(); err != nil {
			return
		}
	}
}

// incoming reads a frame as long as data comes.
type incoming struct {
	conn   *websocket.Conn
	reader io.Reader
}

func (i incoming) Read(into []byte) (int, error) {
	if err := i.conn.SetReadDeadline(time.Now().Add(idleTimeout)); err != nil {
		return 0, gone{err}
	}
	n, err := i.reader.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, gone{err}
	}
	return n, err
}

// gone marks the error of a connection that carries no answer any more.
type gone struct{ error }

func (g gone) Unwrap() error { return g.error }
