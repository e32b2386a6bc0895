package transferui

import (
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestSummary(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events []transfer.Event
		want   string
	}{
		{"two sessions, a retry", []transfer.Event{
			{Kind: transfer.SessionStart, Session: "a"}, {Kind: transfer.Transfer, Session: "a", Bytes: 400_000},
			{Kind: transfer.Transfer, Session: "b", Bytes: 200_000}, {Kind: transfer.SessionEnd, Session: "b"},
			{Kind: transfer.Retry, Session: "b"}, {Kind: transfer.Transfer, Session: "c", Bytes: 600_000},
			{Kind: transfer.FileDone, File: "x"}, {Kind: transfer.FileDone, File: "y"}, {Kind: transfer.End},
		}, "Transferred 2 files, 1000000 bytes in 2s, 4.0 Mbps, 1 retry"},
		{"an agent that tells no files", []transfer.Event{{Kind: transfer.Transfer, Session: "a", Bytes: 1}}, "Transferred 1 byte in 2s, 0.0 Mbps"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Unix(0, 0)
			s := newSummary(func() time.Time { return now })
			for _, e := range tt.events {
				s.Take(e)
			}
			now = now.Add(2 * time.Second)
			if got := s.String(); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}
