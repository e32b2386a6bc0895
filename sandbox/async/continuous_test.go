package async_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// TestContinuous: each change of a source follows, in the order of this list,
// until the session is stopped.
func TestContinuous(t *testing.T) {
	for _, tt := range []struct {
		direction string
		here      func(*world) string
	}{
		{"push", func(w *world) string { return w.local }},
		{"pull", func(w *world) string { return w.remote }},
		{"bidi", func(w *world) string { return w.local }},
		{"bidi", func(w *world) string { return w.remote }},
	} {
		t.Run(tt.direction, func(t *testing.T) {
			w := newWorld(t, 0)
			here := tt.here(w)
			tree{"a": "1"}.write(t, here)
			changes := []func(){
				func() { tree{"b": "2"}.write(t, here) },
				func() { tree{"new/deep/c": "3"}.write(t, here) },
				func() { tree{"a": "changed"}.write(t, here) },
			}
			conf := w.conf(tt.direction, object{"mode": "continuous", "cooloff_seconds": 0, "remote_scan_interval_milliseconds": 50})
			w.watched(context.Background(), conf, func(event *management.Message) string {
				if event.Type != management.Stop {
					return ""
				}
				if len(changes) == 0 {
					return "FASPMGR 2\nType: CANCEL\n\n"
				}
				changes[0]()
				changes = changes[1:]
				return ""
			})
			if len(changes) != 0 {
				t.Errorf("%d changes were not followed", len(changes))
			}
			w.both(tree{"a": "changed", "b": "2", "new/deep/c": "3"})
		})
	}
}

// onText calls a function when a program prints a text.
type onText struct {
	text string
	call func()
}

func (o onText) Write(p []byte) (int, error) {
	if strings.Contains(string(p), o.text) {
		o.call()
	}
	return len(p), nil
}

// TestContinuousEndsWithoutErrorWhenAllIsDone: an interruption between two passes
// is the usual end.
func TestContinuousEndsWithoutErrorWhenAllIsDone(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "1"}.write(t, w.local)
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	w.out = onText{"Waiting for changes", interrupt}
	w.watched(ctx, w.conf("push", object{"mode": "continuous", "quiet": false}), nil).passes(1)
	w.both(tree{"a": "1"})
	if got := w.query("SELECT condition, sync_point FROM sync_snapmeta_table"); !slices.Equal(got, []string{"stopped|1"}) {
		t.Errorf("the session is %q", got)
	}
}
