// Command async is the sandbox's stand-in for IBM Aspera async, installed as
// ascli-sandbox-async; under the name asyncadmin it is the one for that: see
// package async.
package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/async"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	program := async.Main
	if strings.Contains(filepath.Base(os.Args[0]), "asyncadmin") {
		program = async.AdminMain
	}
	status := program(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
