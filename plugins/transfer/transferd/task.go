package transferd

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// task is a job in a daemon.
type task struct {
	agent    *Agent
	daemon   *daemon
	spec     *record.Object
	log      *slog.Logger
	emit     func(transfer.Event)
	progress progress
}

// follow reads the states of the transfer to its end. A stream that breaks is
// opened again: the transfer goes on meanwhile.
func (t *task) follow(ctx context.Context) error {
	for misses := 0; ; {
		over, heard, err := t.listen(ctx)
		if over || ctx.Err() != nil {
			return err
		}
		if heard {
			misses = 0
		}
		t.log.Debug("the transfer daemon has stopped telling of the transfer", "transfer", t.progress.id, "error", err)
		over, known, queryErr := t.ask(ctx)
		switch {
		case over:
			return queryErr
		case t.daemon.hasEnded():
			return t.lost(err)
		case !known && misses >= t.agent.misses, status.Code(queryErr) == codes.NotFound:
			return t.lost(queryErr)
		case !known:
			misses++
		}
		if err := t.agent.sleep(ctx, reconnectDelay); err != nil {
			return err
		}
	}
}

// listen reads one stream until it breaks or the transfer has ended. heard: there
// was a state. The daemon is asked when the stream is silent: the end may have come
// before anybody listened.
func (t *task) listen(ctx context.Context) (over, heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := t.daemon.client.monitor(ctx, t.progress.id)
	if err != nil {
		return false, false, err
	}
	states := make(chan *protocol.TransferResponse)
	broken := make(chan error, 1)
	go receive(ctx, stream, states, broken)
	quiet := time.NewTimer(t.agent.silence)
	defer quiet.Stop()
	for {
		select {
		case state := <-states:
			if state.GetTransferId() != t.progress.id {
				continue
			}
			heard = true
			if over, err := t.progress.take(state); over {
				return true, true, err
			}
		case err := <-broken:
			return false, heard, err
		case <-quiet.C:
			if over, _, err := t.ask(ctx); over {
				return true, true, err
			}
		}
		quiet.Reset(t.agent.silence)
	}
}

// receive passes the states of a stream on until it breaks or ctx ends.
func receive(ctx context.Context, stream grpc.ServerStreamingClient[protocol.TransferResponse], states chan<- *protocol.TransferResponse, broken chan<- error) {
	for {
		state, err := stream.Recv()
		if err != nil {
			broken <- err
			return
		}
		select {
		case states <- state:
		case <-ctx.Done():
			broken <- ctx.Err()
			return
		}
	}
}

// ask asks for the state of the transfer. known: the daemon has told it; over: it
// was the last one, and err is how the transfer went.
func (t *task) ask(ctx context.Context) (over, known bool, err error) {
	state, err := t.daemon.client.query(ctx, t.progress.id)
	if err != nil {
		return false, false, err
	}
	if state.GetTransferId() != t.progress.id {
		return false, false, status.Errorf(codes.NotFound, "%s", state.GetError().GetDescription())
	}
	over, err = t.progress.take(state)
	return over, true, err
}

// lost is the error about a transfer that the daemon does not tell of any more.
func (t *task) lost(cause error) error {
	text := fmt.Sprintf("the transfer daemon at %s tells nothing about transfer %s any more", t.daemon.client.address, t.progress.id)
	if t.daemon.hasEnded() {
		text = t.daemon.obituary() + " during the transfer"
	}
	if said := status.Convert(cause).Message(); cause != nil && said != "" {
		text += ": " + said
	}
	return &transfer.Error{Message: text, Retryable: true, Cause: cause}
}

// stop stops the transfer in the daemon and waits for its end.
func (t *task) stop(ctx context.Context) error {
	interrupted := agent.Interrupted(ctx)
	if err := t.daemon.client.stop(ctx, t.progress.id); err != nil {
		t.log.Warn(fmt.Sprintf("transfer %s could not be stopped in the transfer daemon, it may still run: %v", t.progress.id, err))
		return interrupted
	}
	for {
		over, known, err := t.ask(ctx)
		switch {
		case over && err == nil:
			return nil // it was complete before
		case over:
			return interrupted
		case !known:
			t.log.Warn(fmt.Sprintf("transfer %s is stopped, the transfer daemon does not tell whether it has ended: %v", t.progress.id, err))
			return interrupted
		}
		if t.agent.sleep(ctx, settleInterval) != nil {
			t.log.Warn(fmt.Sprintf("transfer %s is stopped, but has not ended in the transfer daemon yet", t.progress.id))
			return interrupted
		}
	}
}
