package oauth

import (
	"runtime"
	"testing"
	"time"
)

// AwaitWaiting returns once n callers wait for the replacement of a token.
func AwaitWaiting(t *testing.T, s *Source, refused string, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		s.mu.Lock()
		f := s.flights[refused]
		done := f != nil && f.waiting == n
		s.mu.Unlock()
		if done {
			return
		}
	}
	t.Fatalf("%d callers never came", n)
}

// FileName and LaterFileName are the names of the file of an id.
func FileName(id ...string) string      { return fileName(id) }
func LaterFileName(id ...string) string { return laterFileName(id) }

// LockName is the name of the file that guards an id.
func LockName(id ...string) string { return lockName(id) }
