package command

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/briandowns/spinner"
)

const (
	// spinInterval is how often the sign of life of a long operation moves.
	spinInterval = 100 * time.Millisecond
	// patience is how long a list may take before a sign of life appears.
	patience = time.Second
)

// screen is standard error on a terminal. What takes its time shows a sign of
// life there, which gives way to all that is written.
type screen struct {
	file *os.File

	mu sync.Mutex
	// sign is nil while nothing takes its time.
	sign *spinner.Spinner
}

// newScreen returns nil when standard error is no terminal.
func newScreen(around Surroundings) *screen {
	file, isFile := around.Err.(*os.File)
	if !isFile || !around.ErrTerminal {
		return nil
	}
	return &screen{file: file}
}

// Write writes in the place of the sign.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sign != nil {
		s.sign.Stop()
		defer s.sign.Start()
	}
	return s.file.Write(p)
}

// show shows a sign, or changes its text. It does nothing without terminal.
func (s *screen) show(text string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sign != nil {
		s.sign.Lock()
		s.sign.Suffix = " " + text
		s.sign.Unlock()
		return
	}
	s.sign = spinner.New(spinner.CharSets[14], spinInterval, spinner.WithWriterFile(s.file), spinner.WithSuffix(" "+text))
	s.sign.Start()
}

func (s *screen) hide() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sign != nil {
		s.sign.Stop()
		s.sign = nil
	}
}

// busy shows on a terminal that something takes its time, until stop is called.
func (s *session) busy(text string) (stop func()) {
	s.screen.show(text)
	return s.screen.hide
}

// wait is that for the last row of a list, which a table has to see first. Its
// methods may be called on nil.
type wait struct {
	screen *screen
	rows   atomic.Int64

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// startWait shows nothing while the list is quick, and then how many rows there
// are, anew every second.
func startWait(s *screen) *wait {
	w := &wait{screen: s}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(patience, w.tell)
	return w
}

func (w *wait) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.screen.show(fmt.Sprintf("%d so far", w.rows.Load()))
		w.timer.Reset(patience)
	}
}

func (w *wait) count() {
	if w != nil {
		w.rows.Add(1)
	}
}

// end hides what was shown.
func (w *wait) end() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
	w.screen.hide()
}
