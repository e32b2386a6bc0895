package direct

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// obey makes a fake ascp do what it is told, to the end.
func (a actor) obey() int {
	commands := management.NewReader(a)
	for {
		command, err := commands.Next()
		if err != nil {
			return 96
		}
		switch command.Type() {
		case "RATE":
			a.say("Type: NOTIFICATION", "Rate: "+command.Text("Rate"))
		case management.Cancel:
			return a.fail(28, "Cancelled by user")
		case management.Done:
			return a.succeed()
		}
	}
}

// steered is a trial whose events are seen as they come, and whose sessions take
// commands.
type steered struct {
	*trial
	send func(management.Message) (int, error)
	mu   sync.Mutex
	seen []string
}

func newSteered(t *testing.T, spec string, react func(s *steered, event management.Message)) *steered {
	t.Helper()
	s := &steered{trial: newTrial(t, "obeys", spec, "{}")}
	s.job.TakeCommands = func(send func(management.Message) (int, error)) { s.send = send }
	s.job.Observe = func(event management.Message) {
		s.mu.Lock()
		s.seen = append(s.seen, event.Type())
		s.mu.Unlock()
		react(s, event)
	}
	return s
}

func (s *steered) command(t *testing.T, want int, fields ...management.Field) {
	t.Helper()
	if sent, err := s.send(fields); sent != want || err != nil {
		t.Errorf("%v was sent to %d sessions, want %d: %v", fields, sent, want, err)
	}
}

func TestCommandsReachAscp(t *testing.T) {
	s := newSteered(t, upload, func(s *steered, event management.Message) {
		switch {
		case event.Type() == management.Init:
			s.command(t, 1, management.Field{Name: "Type", Value: "RATE"}, management.Field{Name: "Rate", Value: "7"})
		case event.Text("Rate") == "7":
			s.command(t, 1, management.Field{Name: "Type", Value: "DONE"})
		}
	})
	if outcomes := s.run(t); outcomes[0] != nil {
		t.Errorf("outcome is %v", outcomes[0])
	}
	if got := strings.Join(s.seen, " "); got != "INIT NOTIFICATION NOTIFICATION STATS STOP DONE" {
		t.Errorf("events are %s", got)
	}
	// The session is over.
	s.command(t, 0, management.Field{Name: "Type", Value: "RATE"})
}

// TestCommandsReachAllSessions: the command is sent once both have begun.
func TestCommandsReachAllSessions(t *testing.T) {
	begun := 0
	s := newSteered(t, strings.Replace(upload, `"ssh_port"`, `"multi_session":2,"ssh_port"`, 1), func(s *steered, event management.Message) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if event.Type() == management.Init {
			if begun++; begun == 2 {
				s.command(t, 2, management.Field{Name: "Type", Value: "DONE"})
			}
		}
	})
	if outcomes := s.run(t); len(outcomes) != 2 || errors.Join(outcomes...) != nil {
		t.Errorf("outcomes are %v", outcomes)
	}
}

// TestCancelCommand: what the user cancels is not tried again.
func TestCancelCommand(t *testing.T) {
	s := newSteered(t, upload, func(s *steered, event management.Message) {
		if event.Type() == management.Init {
			s.command(t, 1, management.Field{Name: "Type", Value: management.Cancel})
		}
	})
	var failed *transfer.Error
	if outcomes := s.run(t); !errors.As(outcomes[0], &failed) || failed.Code != transfer.CodeCancelled {
		t.Errorf("outcome is %v", outcomes[0])
	}
	if calls := invocations(t, s.state); len(calls) != 1 {
		t.Errorf("%d attempts", len(calls))
	}
}
