// Command ascli is the command line for IBM Aspera products.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"golang.org/x/term"

	"github.com/ascli-go/ascli/host/command"
	"github.com/ascli-go/ascli/host/interrupt"
)

// version is stamped by the build: 0.1.0+c03a7e3.
var version = "0.0.0+unstamped"

// released is stamped as well: the day of the commit, 2026-11-22.
var released = "1970-01-01"

func main() { os.Exit(run()) }

func run() int {
	// A library that writes there (go-plugin, when a plugin ends at once) says
	// nothing that an error of ours does not say better.
	log.SetOutput(io.Discard)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go interrupt.Await(cancel)

	executable, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR: Tool:", err)
		return command.Failed
	}
	return command.Run(ctx, os.Args[1:], command.Surroundings{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Size:        terminalSize, Attributes: deviceAttributes,
		ReadHidden: readHidden,
		Environ:    os.Environ(), Executable: executable, Version: version, Released: released,
	})
}

// readHidden asks for a line when it can be typed without being seen: what a quick
// hand types right after the question is hidden, too.
func readHidden(ask func()) (string, error) {
	terminal := int(os.Stdin.Fd())
	restore, err := withoutEcho(terminal)
	if err != nil {
		return "", err
	}
	defer restore()
	ask()
	text, err := term.ReadPassword(terminal)
	return string(text), err
}
