// Command ascp is the sandbox's stand-in for IBM Aspera ascp, installed as
// ascli-sandbox-ascp: see package ascp.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/ascp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := ascp.Main(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
