package transferui

import (
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

func testBar(terminal bool) (*Bar, *strings.Builder, *time.Time) {
	var out strings.Builder
	now := time.Unix(0, 0)
	b := NewBar(&out, terminal, func() int { return 80 })
	b.now = func() time.Time { return now }
	b.model = newProgress(now)
	return b, &out, &now
}

func TestTerminalLine(t *testing.T) {
	b, out, now := testBar(true)
	b.Take(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	*now = now.Add(time.Second)
	b.Take(transfer.Event{Kind: transfer.SessionStart, Session: "a"})
	*now = now.Add(time.Second)
	b.Take(transfer.Event{Kind: transfer.SessionSize, Session: "a", Bytes: 100 << 20})
	*now = now.Add(2 * time.Second)
	b.Take(transfer.Event{Kind: transfer.Transfer, Session: "a", Bytes: 50 << 20})
	*now = now.Add(4 * time.Second)
	b.Take(transfer.Event{Kind: transfer.Transfer, Session: "a", Bytes: 100 << 20})
	b.Take(transfer.Event{Kind: transfer.End})
	b.Close()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\r")
	want := []string{
		"starting Time: 00:00:00 -=---=---=---=---=---=---=---=- 0% 0 Mbps  ETA: ??:??:??",
		" Time: 00:00:01 --=---=---=---=---=---=---=---=---=---= 0% 0 Mbps  ETA: ??:??:??",
		" Time: 00:00:02                                         0% 0 Mbps  ETA: ??:??:??",
		" Time: 00:00:04 ==================                   50% 100 Mbps  ETA: 00:00:04",
		" Time: 00:00:08 =================================== 100% 100 Mbps  ETA: 00:00:00",
		" Time: 00:00:08 =================================== 100% 100 Mbps Time: 00:00:08",
	}
	for i, line := range lines[1:] {
		if len(line) != 80 {
			t.Errorf("line %d is %d wide: %q", i, len(line), line)
		}
		if line != want[i] {
			t.Errorf("line %d:\n got %q\nwant %q", i, line, want[i])
		}
	}
	if !strings.HasSuffix(out.String(), "\n") {
		t.Error("the line is not ended")
	}
}

func TestSumsSessions(t *testing.T) {
	p := newProgress(time.Unix(0, 0))
	for _, e := range []transfer.Event{
		{Kind: transfer.SessionStart, Session: "a"}, {Kind: transfer.SessionStart, Session: "b"},
		{Kind: transfer.SessionSize, Session: "a", Bytes: 100}, {Kind: transfer.SessionSize, Session: "b", Bytes: 300},
		{Kind: transfer.Transfer, Session: "a", Bytes: 100}, {Kind: transfer.Transfer, Session: "b", Bytes: 100},
	} {
		p.take(e)
	}
	if p.percent() != 50 || p.label() != "[2] " {
		t.Errorf("%d%% %q", p.percent(), p.label())
	}
	p.take(transfer.Event{Kind: transfer.SessionEnd, Session: "a"})
	if p.label() != "" {
		t.Errorf("one session left: %q", p.label())
	}
}

func TestPlainBar(t *testing.T) {
	b, out, _ := testBar(false)
	b.Take(transfer.Event{Kind: transfer.SessionSize, Session: "a", Bytes: 4})
	for i := range 5 {
		b.Take(transfer.Event{Kind: transfer.Transfer, Session: "a", Bytes: int64(i)})
	}
	b.Close()
	b.Close()
	if want := "\n: |" + strings.Repeat("=", 76) + "|\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
}
