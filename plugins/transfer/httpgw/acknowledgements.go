package httpgw

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// acknowledgements follows what a gateway says while it is sent to. One
// goroutine listens, another, the sender, asks and waits.
type acknowledgements struct {
	// fileDone is told when the gateway has all of the file of that number.
	fileDone func(number int)
	// closeCreates tells that there are files without frames, empty ones: only the
	// gateway's close frame says that they are made.
	closeCreates bool
	// changed has a value when something was heard since the last wait.
	changed chan struct{}

	mutex sync.Mutex
	// sent and accepted count frames: the transfer spec and slices on one side,
	// the marks of begin and end of a file on the other.
	sent, accepted [2]int64
	// ends are the files whose last frame is sent and not acknowledged.
	ends []fileEnd
	// err is what the gateway reported, or why nothing is heard any more.
	err error
	// finished is set once all is sent: then the gateway may close.
	finished bool
	closed   bool
}

// fileEnd is the last frame of a file: the one of that count among its kind.
type fileEnd struct {
	file  int
	kind  reply
	count int64
}

func newAcknowledgements(fileDone func(int)) *acknowledgements {
	return &acknowledgements{fileDone: fileDone, changed: make(chan struct{}, 1)}
}

// listen reads until the gateway closes, or reports an error.
func (a *acknowledgements) listen(conn *websocket.Conn) {
	var text bytes.Buffer
	for {
		if err := readReply(conn, &text); err != nil {
			a.hangUp(err)
			return
		}
		kind, err := parseReply(text.String())
		if err != nil {
			a.update(func() { a.err, a.closed = err, true })
			return
		}
		done := -1
		a.update(func() { done = a.accept(kind) })
		if done >= 0 {
			a.fileDone(done)
		}
	}
}

// readReply takes a message into a buffer: there is one for each slice.
func readReply(conn *websocket.Conn, text *bytes.Buffer) error {
	_, message, err := conn.NextReader()
	if err != nil {
		return err
	}
	text.Reset()
	_, err = text.ReadFrom(message)
	return err
}

// accept counts an acknowledgement, and returns the file that is complete with
// it or -1.
func (a *acknowledgements) accept(kind reply) int {
	a.accepted[kind]++
	if len(a.ends) == 0 || a.ends[0].kind != kind || a.accepted[kind] < a.ends[0].count {
		return -1
	}
	done := a.ends[0].file
	a.ends = a.ends[1:]
	return done
}

// orderly are the codes of a close that names no trouble: the original takes none
// for an error.
var orderly = []int{websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived}

// hangUp is the end of the connection: in order when everything is acknowledged
// and the gateway names no trouble. A connection may end in order without a
// close frame if no file waits for that.
func (a *acknowledgements) hangUp(err error) {
	a.update(func() {
		a.closed = true
		var closing *websocket.CloseError
		named := errors.As(err, &closing)
		inOrder := named && (slices.Contains(orderly, closing.Code) || closing.Code == websocket.CloseAbnormalClosure && !a.closeCreates)
		switch {
		case a.finished && a.complete() && inOrder:
		case named && !slices.Contains(orderly, closing.Code) && closing.Code != websocket.CloseAbnormalClosure && closing.Text != "":
			a.err = transfer.Errorf("the gateway closed the connection: %s", closing.Text)
		default:
			a.err = transfer.Errorf("the gateway closed the connection, %d of %d messages acknowledged: %w", sum(a.accepted), sum(a.sent), err)
		}
	})
}

func (a *acknowledgements) update(change func()) {
	a.mutex.Lock()
	change()
	a.mutex.Unlock()
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

func sum(counts [2]int64) int64 { return counts[frameAccepted] + counts[markAccepted] }

// noEnd is the file of a frame that is not the last one of a file.
const noEnd = -1

// expect counts a frame about to be sent, which is the last one of file ends or
// of none. It fails when the gateway has already reported an error.
func (a *acknowledgements) expect(kind reply, ends int) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.sent[kind]++
	if ends != noEnd {
		a.ends = append(a.ends, fileEnd{ends, kind, a.sent[kind]})
	}
	return a.err
}

// errSilence is a wait in which nothing was heard.
var errSilence = errors.New("no answer")

// await waits until a condition holds. It fails when the gateway reports an
// error, when ctx is done, and with errSilence when nothing is heard for idle.
func (a *acknowledgements) await(ctx context.Context, idle time.Duration, holds func() bool) error {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		a.mutex.Lock()
		err, ok, closed := a.err, holds(), a.closed
		a.mutex.Unlock()
		switch {
		case err != nil:
			return err
		case ok:
			return nil
		case closed:
			return io.ErrUnexpectedEOF
		}
		select {
		case <-a.changed:
			timer.Reset(idle)
		case <-timer.C:
			return errSilence
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// inStep holds when at most one frame of each kind is not acknowledged.
func (a *acknowledgements) inStep() bool {
	return a.sent[frameAccepted]-a.accepted[frameAccepted] <= 1 && a.sent[markAccepted]-a.accepted[markAccepted] <= 1
}

// complete holds when all is acknowledged.
func (a *acknowledgements) complete() bool {
	return a.accepted[frameAccepted] >= a.sent[frameAccepted] && a.accepted[markAccepted] >= a.sent[markAccepted]
}

// hungUp holds when the gateway has closed.
func (a *acknowledgements) hungUp() bool { return a.closed }

// finish allows the gateway to close.
func (a *acknowledgements) finish() { a.update(func() { a.finished = true }) }
