package sdk

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"

	"github.com/ascli-go/ascli/sdk/wire"
)

const (
	// connectWait is how long a plugin waits for the host that started it.
	connectWait = 10 * time.Second
	// farewell is how long running calls may clean up once the host is gone.
	farewell = 2 * time.Second
)

// guard ends the process when the host's connection closes. That is the one
// sign of a host's death (kill -9 included) that every operating system gives.
type guard struct {
	connections atomic.Int32
	calls       sync.WaitGroup
	start       *time.Timer
	// stdout and stderr are the streams that the process started with.
	stdout, stderr *os.File
}

func newGuard() *guard {
	return &guard{
		start:  time.AfterFunc(connectWait, func() { os.Exit(1) }),
		stdout: os.Stdout, stderr: os.Stderr,
	}
}

func (g *guard) serverOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.StatsHandler(g),
		// A stopping server lets cancelled calls clean up: ascp must end first.
		grpc.WaitForHandlers(true),
		grpc.MaxRecvMsgSize(wire.MaxMessage),
		grpc.MaxSendMsgSize(wire.MaxMessage),
	}
}

func (g *guard) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (g *guard) HandleConn(_ context.Context, s stats.ConnStats) {
	switch s.(type) {
	case *stats.ConnBegin:
		g.start.Stop()
		// go-plugin sends both over the connection, where the last words of a
		// crash would be lost. The host reads the streams themselves.
		os.Stdout, os.Stderr = g.stdout, g.stderr
		g.connections.Add(1)
	case *stats.ConnEnd:
		if g.connections.Add(-1) == 0 {
			go g.leave()
		}
	}
}

// leave waits for running calls, whose contexts are cancelled by now, to stop
// their own children.
func (g *guard) leave() {
	done := make(chan struct{})
	go func() { g.calls.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(farewell):
	}
	os.Exit(0)
}

func (g *guard) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	// Only ascli's own calls: those of go-plugin last as long as the connection.
	return context.WithValue(ctx, ownCall{}, isOwn(info.FullMethodName))
}

type ownCall struct{}

func isOwn(method string) bool { return strings.HasPrefix(method, "/ascli.v1.") }

func (g *guard) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if own, _ := ctx.Value(ownCall{}).(bool); !own {
		return
	}
	switch s.(type) {
	case *stats.Begin:
		g.calls.Add(1)
	case *stats.End:
		g.calls.Done()
	}
}
