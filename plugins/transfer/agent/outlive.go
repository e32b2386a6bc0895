package agent

import (
	"context"
	"time"
)

// Outlive returns a context that ends the time of grace after ctx, or when it is
// released. A request that starts a transfer needs it: without the answer nobody
// could stop what it started.
func Outlive(ctx context.Context, grace time.Duration) (longer context.Context, release func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() { unwatch(); cancel() }
}
