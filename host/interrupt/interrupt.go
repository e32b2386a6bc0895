// Package interrupt lets a user end a program in order: Ctrl-C, kill, a terminal
// that closes.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Status is the exit status of a program that was interrupted: 128 + SIGINT, as
// shells have it.
const Status = 130

// Await lets the first signal end the program in order. Signals are released
// before that, so that a second one ends it at once.
func Await(cancel context.CancelFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// nohup makes a program live longer than its terminal.
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	<-signals
	signal.Stop(signals)
	cancel()
}
