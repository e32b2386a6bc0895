package httpgw

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// maxReply bounds a text frame of the gateway.
const maxReply = 1 << 20

// stalled is what the original says when the gateway does not answer.
const stalled = "A timeout condition using HTTPGW may signal a permission problem on destination. Check ascp logs on httpgw."

// upload sends files over a WebSocket (spec/transfer.md 12.2 to 12.5).
func (j *job) upload(ctx context.Context, version string) error {
	sources, err := transfer.SourcesOf(j.spec)
	if err != nil {
		return err
	}
	files, err := collect(j.spec.Text(transfer.FieldSourceRoot), sources, j.log)
	if err != nil {
		return err
	}
	start, total := j.startFrame(files)
	j.progress.Text("connecting wss")
	conn, line, err := j.dial(ctx, version, max(len(start), int(j.params.chunk)))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A blocked read or write ends with the connection.
	closed := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer closed()

	u := &uploader{job: j, conn: conn, line: line, version: version, files: files}
	u.heard = newAcknowledgements(u.fileDone)
	u.heard.closeCreates = slices.ContainsFunc(files, func(f outgoing) bool { return f.size == 0 })
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		u.heard.listen(conn)
	}()
	defer func() {
		_ = conn.Close()
		<-listening
	}()
	j.progress.Start()
	j.progress.Size(total)
	err = u.send(ctx, start)
	if errors.Is(err, errSilence) {
		j.log.Warn(stalled)
		return transfer.Errorf("the gateway did not answer for %v", j.idle)
	}
	return err
}

// startFrame is the first message: the transfer spec with the files found.
func (j *job) startFrame(files []outgoing) (frame []byte, total int64) {
	paths := make([]any, len(files))
	for i, f := range files {
		paths[i] = record.New(transfer.FieldSource, f.name)
		total += f.size
	}
	spec := j.spec.Clone()
	spec.Set(transfer.FieldPaths, paths)
	return record.JSON(record.New("transfer_spec", spec)), total
}

// dial opens the WebSocket. largest is the size of the largest message: a buffer
// that holds it keeps each message in one frame.
func (j *job) dial(ctx context.Context, version string, largest int) (*websocket.Conn, *wire, error) {
	transport := j.client.Transport.(*http.Transport)
	dial, line := transport.DialContext, &wire{}
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	dialer := websocket.Dialer{
		Proxy: transport.Proxy, HandshakeTimeout: j.idle, WriteBufferSize: largest,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			line.Conn = conn
			return line, err
		},
	}
	if transport.TLSClientConfig != nil {
		dialer.TLSClientConfig = transport.TLSClientConfig.Clone()
		dialer.TLSClientConfig.NextProtos = []string{"http/1.1"}
	}
	url := "wss" + strings.TrimPrefix(j.root, "https") + "/" + version + "/upload"
	conn, response, err := dialer.DialContext(ctx, url, nil)
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && response != nil && response.StatusCode != http.StatusSwitchingProtocols:
		return nil, nil, noSwitch(response)
	case err != nil:
		return nil, nil, unreachable(err)
	}
	conn.SetReadLimit(maxReply)
	return conn, line, nil
}

// noSwitch is the error for a handshake that is not answered by a WebSocket. Of
// the body there is what the library has read.
func noSwitch(response *http.Response) error {
	text := fmt.Sprintf("Unexpected: %s %s\nExpected: 101 Switching Protocols", response.Proto, response.Status)
	body, err := io.ReadAll(response.Body)
	if detail := messageIn(body); err == nil && detail != "" {
		text += "\n" + detail
	}
	return transfer.Errorf("%s", text)
}

// uploader is an upload under way.
type uploader struct {
	*job
	conn    *websocket.Conn
	line    *wire
	version string
	files   []outgoing
	heard   *acknowledgements
	// frame is a buffer for messages of version 1.
	frame []byte
}

// send makes the whole conversation. Acknowledgements are waited for at the end,
// or after each message in synchronous mode.
func (u *uploader) send(ctx context.Context, start []byte) error {
	if err := u.tell(ctx, message{frameAccepted, noEnd, websocket.TextMessage, start}); err != nil {
		return err
	}
	reading, stop := context.WithCancel(ctx)
	reader := readSlices(reading, u.files, u.params.chunk)
	defer reader.stop(stop)
	if err := u.slices(ctx, reader); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := u.heard.await(ctx, u.idle, u.heard.complete); err != nil {
		return err
	}
	return u.close(ctx)
}

// slices sends what is read. While more is there to send, what was sent last may
// wait for it.
func (u *uploader) slices(ctx context.Context, reader *reader) error {
	if !u.params.synchronous {
		u.line.hold()
	}
	for s := range reader.slices {
		if s.err != nil {
			return errors.Join(s.err, u.line.release())
		}
		if err := u.slice(ctx, s); err != nil {
			return err
		}
		reader.release(s)
	}
	if err := u.line.release(); err != nil {
		return u.broken(err)
	}
	return nil
}

// slice sends a slice, with the marks around it if it is the first or last.
func (u *uploader) slice(ctx context.Context, s slice) error {
	last := slicesOf(u.files[s.file].size, u.params.chunk) - 1
	var err error
	if u.version == versionV1 {
		err = u.sliceV1(ctx, s, last)
	} else {
		err = u.sliceV2(ctx, s, last)
	}
	if err == nil {
		u.progress.Add(int64(len(s.data)))
	}
	return err
}

// sliceV1 sends the slice as base64 in JSON.
func (u *uploader) sliceV1(ctx context.Context, s slice, last int64) error {
	ends := noEnd
	if s.number == last {
		ends = s.file
	}
	const closing = "}}"
	head := u.mark(s.file, s.number)
	u.frame = append(u.frame[:0], head[:len(head)-len(closing)]...)
	u.frame = append(u.frame, `,"data":"`...)
	u.frame = base64.StdEncoding.AppendEncode(u.frame, s.data)
	u.frame = append(u.frame, `"`+closing...)
	return u.tell(ctx, message{frameAccepted, ends, websocket.TextMessage, u.frame})
}

// sliceV2 sends the bytes as they are, with a mark before the first slice and one
// after the last.
func (u *uploader) sliceV2(ctx context.Context, s slice, last int64) error {
	if s.number == 0 {
		if err := u.tell(ctx, message{markAccepted, noEnd, websocket.TextMessage, u.mark(s.file, 0)}); err != nil {
			return err
		}
	}
	if err := u.tell(ctx, message{frameAccepted, noEnd, websocket.BinaryMessage, s.data}); err != nil {
		return err
	}
	if s.number == last {
		return u.tell(ctx, message{markAccepted, s.file, websocket.TextMessage, u.mark(s.file, last)})
	}
	return nil
}

// mark is the begin or the end of a file in version 2, and a slice of version 1
// without its data.
func (u *uploader) mark(file int, number int64) []byte {
	f := u.files[file]
	return record.JSON(record.New("slice_upload", record.New(
		"name", f.name,
		"type", "application/octet-stream",
		"size", f.size,
		"slice", number,
		"total_slices", slicesOf(f.size, u.params.chunk),
		"fileIndex", file,
	)))
}

// message is a frame to send.
type message struct {
	kind reply
	// ends is the file of which this is the last frame, or noEnd.
	ends int
	// frame is a type of [websocket].
	frame int
	data  []byte
}

// tell sends a frame.
func (u *uploader) tell(ctx context.Context, m message) error {
	if err := u.heard.expect(m.kind, m.ends); err != nil {
		return err
	}
	if err := u.conn.SetWriteDeadline(time.Now().Add(u.idle)); err != nil {
		return u.broken(err)
	}
	if err := u.conn.WriteMessage(m.frame, m.data); err != nil {
		return u.broken(err)
	}
	if u.params.synchronous {
		return u.heard.await(ctx, u.idle, u.heard.inStep)
	}
	return nil
}

// broken tells why a frame could not be sent: what the gateway said before it
// closed is the better reason.
func (u *uploader) broken(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errSilence
	}
	// The listener may be about to hear it.
	heard := u.heard.await(context.Background(), u.idle, u.heard.hungUp)
	if heard != nil && !errors.Is(heard, errSilence) {
		return heard
	}
	return transfer.Errorf("the gateway broke the connection: %w", err)
}

// close ends the conversation in order: an error that the gateway meets after the
// last frame still arrives.
func (u *uploader) close(ctx context.Context) error {
	u.heard.finish()
	normal := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if err := u.conn.WriteControl(websocket.CloseMessage, normal, time.Now().Add(u.idle)); err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		return u.broken(err)
	}
	err := u.heard.await(ctx, u.idle, u.heard.hungUp)
	if errors.Is(err, errSilence) {
		u.log.Warn("the gateway has acknowledged everything but does not close the connection")
		err = nil
	}
	if err == nil {
		u.emptyFilesDone()
	}
	return err
}

// fileDone is called by the listener.
func (u *uploader) fileDone(number int) {
	f := u.files[number]
	u.progress.FileDone(f.name, f.size)
}

// emptyFilesDone tells of the files that no frame was about.
func (u *uploader) emptyFilesDone() {
	for _, f := range u.files {
		if f.size == 0 {
			u.progress.FileDone(f.name, 0)
		}
	}
}
