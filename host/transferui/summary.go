package transferui

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// Summary tells in one line what a job has moved. Its methods may be called from
// any goroutine.
type Summary struct {
	now func() time.Time

	mu             sync.Mutex
	model          *progress
	files, retries int
}

// NewSummary returns a summary of a job that starts now.
func NewSummary() *Summary { return newSummary(time.Now) }

func newSummary(now func() time.Time) *Summary {
	return &Summary{now: now, model: newProgress(now())}
}

// Take counts an event.
func (s *Summary) Take(e transfer.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.model.take(e)
	switch e.Kind {
	case transfer.FileDone:
		s.files++
	case transfer.Retry:
		s.retries++
	}
}

// String is the line. Files are left out when the agent tells of none.
func (s *Summary) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	elapsed := s.now().Sub(s.model.started)
	parts := []string{counted(s.model.done(), "byte") + " in " + elapsed.Round(10*time.Millisecond).String()}
	if s.files > 0 {
		parts = append([]string{counted(int64(s.files), "file")}, parts...)
	}
	if elapsed > 0 {
		parts = append(parts, fmt.Sprintf("%.1f Mbps", float64(s.model.done())*8/1e6/elapsed.Seconds()))
	}
	if s.retries > 0 {
		parts = append(parts, counted(int64(s.retries), "retry"))
	}
	return "Transferred " + strings.Join(parts, ", ")
}

func counted(n int64, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
