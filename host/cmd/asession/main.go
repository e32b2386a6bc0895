// Command asession runs one transfer for another program, which reads its events
// and writes commands as lines of JSON.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/ascli-go/ascli/host/asession"
	"github.com/ascli-go/ascli/host/interrupt"
)

// version is stamped by the build: 0.1.0+c03a7e3.
var version = "0.0.0+unstamped"

func main() { os.Exit(run()) }

func run() int {
	// What go-plugin writes there is no better than the error that follows.
	log.SetOutput(io.Discard)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go interrupt.Await(cancel)

	executable, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		return asession.Failed
	}
	return asession.Run(ctx, os.Args[1:], asession.Surroundings{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Environ: os.Environ(), Executable: executable, Version: version,
	})
}
