// Command ascmd is the sandbox's stand-in for IBM Aspera ascmd, installed as
// ascli-sandbox-ascmd: see package ascmd. With the name ascmd in the PATH of an SSH
// server, or as its forced command, it makes any SSH server one for `ascli server`.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ascli-go/ascli/sandbox/ascmd"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// flags are the command line.
type flags struct {
	Root string `help:"Folder that clients see as /." default:"/" env:"ASCMD_ROOT" type:"path"`
}

func main() {
	var f flags
	kong.Parse(&f, kong.Name(ascmd.Name), kong.Description("Commands on files for `ascli server`: lines on standard input, binary answers. A stand-in, not IBM's."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := f.serve(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "ascmd:", err)
		os.Exit(1)
	}
}

func (f flags) serve(ctx context.Context) error {
	folder, err := docroot.Open(grant.Grant{Root: f.Root, Destination: "/"}, docroot.Both)
	if err != nil {
		return err
	}
	defer folder.Close()
	return ascmd.Serve(ctx, folder, os.Stdin, os.Stdout)
}
