// Command transferd is the sandbox's stand-in for the IBM Aspera Transfer Daemon,
// installed as ascli-sandbox-transferd: see package transferd.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/transferd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := transferd.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
