package transferd

import (
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

const (
	// maxEnded is how many transfers are known after their end, the newest ones.
	maxEnded = 1000
	// maxQueue is how many states wait for a client that does not read.
	maxQueue = 20_000
)

// board shows the states of all transfers to those who listen.
type board struct {
	mu        sync.Mutex
	transfers map[string]*transfer
	ended     []string // ids, the oldest end first
	listeners map[*listener]struct{}
}

// transfer is one on the board.
type transfer struct {
	// ready is closed once its start is on the board.
	ready chan struct{}
	state *protocol.TransferResponse
	ended *activity.Record
}

// listener is a client that monitors.
type listener struct {
	wants func(*protocol.TransferResponse) bool
	// news says that there is something in queue, which the board's lock guards.
	news  chan struct{}
	queue []*protocol.TransferResponse
	lost  bool
}

func newBoard() *board {
	return &board{transfers: map[string]*transfer{}, listeners: map[*listener]struct{}{}}
}

// entry returns the entry of a transfer, a new one if there is none. The lock must
// be held.
func (b *board) entry(id string) *transfer {
	t := b.transfers[id]
	if t == nil {
		t = &transfer{ready: make(chan struct{}), state: &protocol.TransferResponse{}}
		b.transfers[id] = t
	}
	return t
}

// open starts a transfer, and shows that before anything else of it.
func (b *board) open(kind protocol.TransferType, start func() (string, error), s spec) (id string, err error) {
	if id, err = start(); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.entry(id)
	t.state = openingState(id, kind, s)
	b.publish(t.state)
	close(t.ready)
	if t.ended != nil {
		b.close(id, t)
	}
	return id, nil
}

// observe takes an event of ascp.
func (b *board) observe(id string, event *management.Message) {
	b.mu.Lock()
	t := b.entry(id)
	b.mu.Unlock()
	<-t.ready
	b.mu.Lock()
	defer b.mu.Unlock()
	if !t.isActive() {
		return
	}
	if t.take(event) {
		b.publish(t.state)
	}
}

// finish takes the end of a transfer. The last event of ascp, if it tells the end,
// comes after it.
func (b *board) finish(r activity.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.entry(r.Transfer.ID)
	t.ended = &r
	select {
	case <-t.ready:
		b.close(r.Transfer.ID, t)
	default: // open does it
	}
}

// close shows the end of a transfer. The lock must be held.
func (b *board) close(id string, t *transfer) {
	t.conclude()
	b.publish(t.state)
	b.ended = append(b.ended, id)
	if len(b.ended) > maxEnded {
		delete(b.transfers, b.ended[0])
		b.ended = b.ended[1:]
	}
}

// publish shows a state to all who want it. The lock must be held.
func (b *board) publish(state *protocol.TransferResponse) {
	shown := proto.Clone(state).(*protocol.TransferResponse)
	for l := range b.listeners {
		if l.wants(shown) {
			l.add(shown)
		}
	}
}

// add queues a state; of progress that is not read only the newest counts.
func (l *listener) add(state *protocol.TransferResponse) {
	if n := len(l.queue); n > 0 && isProgress(state) && isProgress(l.queue[n-1]) && state.GetTransferId() == l.queue[n-1].GetTransferId() {
		l.queue[n-1] = state
	} else if n < maxQueue {
		l.queue = append(l.queue, state)
	} else {
		l.lost = true
	}
	select {
	case l.news <- struct{}{}:
	default:
	}
}

func isProgress(state *protocol.TransferResponse) bool {
	return state.GetTransferEvent() == protocol.TransferEvent_PROGRESS
}

// tell sends the states of transfers: those of now, then all that come until the
// client goes, or to the end of the transfer.
func (b *board) tell(stream grpc.ServerStreamingServer[protocol.TransferResponse], request *protocol.RegistrationRequest, toEnd bool) error {
	wants, err := selection(request)
	if err != nil {
		return err
	}
	l := b.listen(wants)
	defer b.leave(l)
	for {
		select {
		case <-l.news:
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
		states, err := b.collect(l)
		if err != nil {
			return err
		}
		for _, state := range states {
			if err := stream.Send(state); err != nil {
				return err
			}
			if toEnd && isFinal(state.GetStatus()) {
				return nil
			}
		}
	}
}

func (b *board) listen(wants func(*protocol.TransferResponse) bool) *listener {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := &listener{wants: wants, news: make(chan struct{}, 1)}
	for _, t := range b.transfers {
		if t.state.GetTransferId() != "" && wants(t.state) {
			l.add(proto.Clone(t.state).(*protocol.TransferResponse))
		}
	}
	b.listeners[l] = struct{}{}
	return l
}

func (b *board) leave(l *listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.listeners, l)
}

// collect takes what is queued.
func (b *board) collect(l *listener) ([]*protocol.TransferResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	states := l.queue
	l.queue = nil
	if l.lost {
		return nil, status.Error(codes.ResourceExhausted, "the client reads too slowly")
	}
	return states, nil
}

// state returns the present state of a transfer.
func (b *board) state(id string) (*protocol.TransferResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.transfers[id]
	if t == nil || t.state.GetTransferId() == "" {
		return nil, errUnknown(id)
	}
	return proto.Clone(t.state).(*protocol.TransferResponse), nil
}

// observe and ended make the daemon's board follow its transfers.
func (d *daemon) observe(id string, event *management.Message) { d.board.observe(id, event) }

func (d *daemon) ended(r activity.Record, started bool) {
	if !started {
		d.board.finish(r)
	}
}
