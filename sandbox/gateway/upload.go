package gateway

import (
	"bytes"
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
	"github.com/ascli-go/ascli/sandbox/fault"
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
	bufferSize   = 256 << 10
)

func (g *gateway) upload(w http.ResponseWriter, r *http.Request, inText bool) {
	upgrader := websocket.Upgrader{
		ReadBufferSize: bufferSize, HandshakeTimeout: writeTimeout,
		CheckOrigin: func(*http.Request) bool { return true }, // see anyOrigin
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		g.log.Debug("upload: no web socket", "error", err) // the client was answered
		return
	}
	defer conn.Close()
	u := &upload{gateway: g, conn: conn, inText: inText, buffer: make([]byte, bufferSize), entry: &activity.Session{}}
	u.trouble.rule, u.trouble.pending = fault.WebSocketOf(r.Context())
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
	// inText: data comes in text frames, as in version 1 of the protocol.
	inText  bool
	buffer  []byte
	files   *fileSet // nil until the transfer spec was accepted
	entry   *activity.Session
	trouble trouble
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
		return u.binary(reader)
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
	if u.inText {
		return u.slice(*received.SliceUpload)
	}
	return u.mark(*received.SliceUpload)
}

// binary takes the data of a slice of version 2.
func (u *upload) binary(reader io.Reader) error {
	switch {
	case u.inText:
		return errors.New("version 1 of the protocol has no binary messages")
	case u.files == nil:
		return errors.New("data before the transfer spec")
	}
	if err := u.files.store(incoming{u.conn, reader}, u.buffer, u.came); err != nil {
		return err
	}
	return u.acknowledge(ackGeneral)
}

// came counts data, and does what is to go wrong with it.
func (u *upload) came(n int64) error {
	u.entry.Moved(n)
	return u.trouble.data(u, n)
}

// mark is the begin or the end of a file of version 2.
func (u *upload) mark(s slice) error {
	if u.files.current == nil {
		if err := u.begins(s); err != nil {
			return err
		}
		return u.acknowledge(ackSlice)
	}
	if err := u.ends(s); err != nil {
		return err
	}
	return u.acknowledge(ackSlice)
}

// slice takes part of a file in version 1.
func (u *upload) slice(s slice) error {
	if u.files.current == nil {
		if err := u.begins(s); err != nil {
			return err
		}
	}
	c := u.files.current
	if s.Slice != c.slices || s.Name != c.Name || s.FileIndex != c.FileIndex {
		return fmt.Errorf("slice %d of %q comes instead of slice %d of %q", s.Slice, s.Name, c.slices, c.Name)
	}
	if err := u.files.store(bytes.NewReader(s.Data), u.buffer, u.came); err != nil {
		return err
	}
	if c.slices == c.TotalSlices {
		if err := u.ends(s); err != nil {
			return err
		}
	}
	return u.acknowledge(ackGeneral)
}

func (u *upload) begins(s slice) error {
	s.Data = nil
	if err := u.files.start(s); err != nil {
		return err
	}
	u.entry.FileAt(u.files.files[u.files.current.number].clientPath, s.Size, 0)
	return nil
}

func (u *upload) ends(s slice) error {
	file, err := u.files.complete(s)
	if err == nil {
		u.done(file)
	}
	return err
}

// done records a file that is complete.
func (u *upload) done(file stored) {
	if file.kept {
		u.entry.FileSkipped(file.clientPath, file.size)
	} else {
		u.entry.FileDone(file.clientPath, file.size, 0)
	}
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
	if wrong, err := u.trouble.atClose(u); wrong {
		return err
	}
	if u.files != nil && code == websocket.CloseNormalClosure {
		created, err := u.files.finish()
		if err != nil {
			u.abandon()
			u.entry.End(failure(err))
			u.explain(err)
			return nil
		}
		for _, file := range created {
			u.done(file)
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
	if u.trouble.mute {
		return nil
	}
	return u.say(text)
}

func (u *upload) say(text string) error {
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
	// A client that is gone cannot be told anything.
	if u.say(quoted(err.Error())) == nil {
		_ = u.close()
	}
}

// plain is an error as JSON, quoted the same in base64.
func plain(message string) string {
	text, _ := json.Marshal(map[string]string{"message": message}) // text can always be written
	return string(text)
}

func quoted(message string) string {
	return `"` + base64.StdEncoding.EncodeToString([]byte(plain(message))) + `"`
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
