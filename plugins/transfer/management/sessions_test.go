package management

import (
	"net"
	"testing"
)

// session is the end of a connection that ascp has.
type session struct {
	t    *testing.T
	ours net.Conn
	got  chan Message
}

func newSession(t *testing.T) *session {
	t.Helper()
	ours, theirs := net.Pipe()
	s := &session{t: t, ours: ours, got: make(chan Message, 1)}
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	go func() {
		defer close(s.got)
		r := NewReader(theirs)
		for {
			m, err := r.Next()
			if err != nil {
				return
			}
			s.got <- m
		}
	}()
	return s
}

func TestCommandsGoToAllSessions(t *testing.T) {
	var all Sessions
	first, second := newSession(t), newSession(t)
	leaveFirst := all.Join(first.ours)
	leaveSecond := all.Join(second.ours)
	rate := Message{{FieldType, "RATE"}, {"Rate", "1"}}
	if sent, err := all.Send(rate); sent != 2 || err != nil {
		t.Fatalf("sent to %d, %v", sent, err)
	}
	for _, s := range []*session{first, second} {
		if got := <-s.got; got.Text("Rate") != "1" {
			t.Errorf("got %v", got)
		}
	}
	leaveFirst()
	if sent, err := all.Send(rate); sent != 1 || err != nil {
		t.Errorf("sent to %d, %v", sent, err)
	}
	<-second.got
	leaveSecond()
	if sent, err := all.Send(rate); sent != 0 || err != nil {
		t.Errorf("without sessions: sent to %d, %v", sent, err)
	}
}

// TestLostSession: one that does not take a command keeps it from no other.
func TestLostSession(t *testing.T) {
	var all Sessions
	lost, alive := newSession(t), newSession(t)
	defer all.Join(lost.ours)()
	defer all.Join(alive.ours)()
	_ = lost.ours.Close()
	if sent, err := all.Send(Message{{FieldType, Cancel}}); sent != 1 || err == nil {
		t.Errorf("sent to %d, %v", sent, err)
	}
	if got := <-alive.got; got.Type() != Cancel {
		t.Errorf("got %v", got)
	}
}

func TestWrongCommandIsNotSent(t *testing.T) {
	var all Sessions
	defer all.Join(newSession(t).ours)()
	if sent, err := all.Send(Message{{"Source", "a\nb"}}); sent != 0 || err == nil {
		t.Errorf("sent to %d, %v", sent, err)
	}
}
