package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// WebSocket is what goes wrong in a conversation by WebSocket. The server that
// has the conversation finds it with [WebSocketOf] and does it.
type WebSocket struct {
	Do Action `json:"do"`
	// AfterBytes of data from the client it happens.
	AfterBytes int64 `json:"after_bytes,omitempty"`
	// AtClose: it happens when the client closes, not before.
	AtClose bool `json:"at_close,omitempty"`
	// Message is what actions that tell something tell.
	Message string `json:"message,omitempty"`
}

// Action is a way in which a conversation goes wrong.
type Action string

// The actions. Up to there all is as it should be.
const (
	// Refuse sends an error as the server does, and closes in order.
	Refuse Action = "error"
	// RefusePlainly sends the error in the other form that clients know.
	RefusePlainly Action = "plain_error"
	// Babble sends Message, which has no meaning.
	Babble Action = "nonsense"
	// CutOff ends the connection without a close frame.
	CutOff Action = "cut"
	// Reset ends it in a way that throws away what is under way.
	Reset Action = "reset"
	// Silence takes all and answers nothing any more.
	Silence Action = "silence"
	// Unacknowledged goes on, but acknowledges nothing any more.
	Unacknowledged Action = "unacknowledged"
	// Close sends a close frame that names no trouble.
	Close Action = "close"
	// CloseInTrouble sends a close frame about an internal error, with Message.
	CloseInTrouble Action = "close_error"
)

func actions() []Action {
	return []Action{Refuse, RefusePlainly, Babble, CutOff, Reset, Silence, Unacknowledged, Close, CloseInTrouble}
}

// maxReason is the most bytes of a text in a close frame (RFC 6455 section 5.5).
const maxReason = 123

func (w WebSocket) check() error {
	switch {
	case !slices.Contains(actions(), w.Do):
		var names []string
		for _, a := range actions() {
			names = append(names, string(a))
		}
		return fmt.Errorf("do of websocket cannot be %q, use one of %s", w.Do, strings.Join(names, ", "))
	case w.AfterBytes < 0:
		return errors.New("after_bytes of websocket cannot be negative")
	case w.AtClose && w.AfterBytes > 0:
		return errors.New("websocket has one of after_bytes and at_close")
	case w.AtClose && w.Do == Unacknowledged:
		return errors.New("unacknowledged cannot happen at_close: then all is acknowledged")
	case w.Do == CloseInTrouble && len(w.Message) > maxReason:
		return fmt.Errorf("message of close_error is longer than %d bytes", maxReason)
	}
	return nil
}

type webSocketKey struct{}

func (w *WebSocket) within(ctx context.Context) context.Context {
	return context.WithValue(ctx, webSocketKey{}, *w)
}

// WebSocketOf returns what is to go wrong in the conversation that the request of
// a context begins.
func WebSocketOf(ctx context.Context) (WebSocket, bool) {
	w, ok := ctx.Value(webSocketKey{}).(WebSocket)
	return w, ok
}
