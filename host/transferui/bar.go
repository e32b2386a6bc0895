package transferui

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// refresh is the shortest time between two drawings.
	refresh = 50 * time.Millisecond
	// fallbackWidth is used when the terminal tells none, or less than minWidth.
	fallbackWidth = 80
	minWidth      = 20
	// plainWidth is the length of the bar when the output is no terminal.
	plainWidth = 76
)

// Bar draws the progress of one job. Its methods may be called from any goroutine.
type Bar struct {
	w        io.Writer
	terminal bool
	width    func() int
	now      func() time.Time

	mu    sync.Mutex
	model *progress
	drawn time.Time
	// marks are the '=' written so far without terminal.
	marks int
	open  bool
}

// NewBar returns a bar that writes to w. width tells the columns of the
// terminal and is not called without one.
func NewBar(w io.Writer, terminal bool, width func() int) *Bar {
	b := &Bar{w: w, terminal: terminal, width: width, now: time.Now}
	b.model = newProgress(b.now())
	return b
}

// Take shows an event.
func (b *Bar) Take(e transfer.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.model.take(e)
	if b.terminal {
		if now := b.now(); now.Sub(b.drawn) >= refresh || b.model.finished {
			b.drawn = now
			b.open = true
			fmt.Fprint(b.w, "\r", b.line(now))
		}
		return
	}
	b.mark()
}

// Close ends the line; what follows starts on a new one. It may be called twice.
func (b *Bar) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return
	}
	b.open = false
	if !b.terminal {
		fmt.Fprint(b.w, "|")
	}
	fmt.Fprintln(b.w)
}

// line is one drawing, as wide as the terminal.
func (b *Bar) line(now time.Time) string {
	width := b.width()
	if width < minWidth {
		width = fallbackWidth
	}
	left := fmt.Sprintf("%s Time: %s ", b.model.label(), clock(now.Sub(b.model.started)))
	right := fmt.Sprintf(" %d%% %d Mbps %s", b.model.percent(), b.model.rate(now), b.model.remaining(now))
	room := width - runewidth.StringWidth(left) - len(right)
	return runewidth.Truncate(left+b.fill(room)+right, width, "")
}

// fill is the bar itself; while the total is unknown, a pattern that moves.
func (b *Bar) fill(room int) string {
	if room <= 0 {
		return ""
	}
	if b.model.total() == 0 && !b.model.finished {
		pattern := strings.Repeat("=---", room/4+2)
		at := (4 - b.model.steps%4) % 4
		return pattern[at : at+room]
	}
	done := int(int64(room) * b.model.percent() / 100)
	return strings.Repeat("=", done) + strings.Repeat(" ", room-done)
}

// mark adds to a bar that only grows.
func (b *Bar) mark() {
	if !b.open {
		b.open = true
		fmt.Fprint(b.w, "\n: |")
	}
	want := int(plainWidth * b.model.percent() / 100)
	if want > b.marks {
		fmt.Fprint(b.w, strings.Repeat("=", want-b.marks))
		b.marks = want
	}
}
