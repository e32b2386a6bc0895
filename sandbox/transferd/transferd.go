// Package transferd is the sandbox's stand-in for the IBM Aspera Transfer Daemon: it
// serves the daemon's protocol and runs transfers with the stand-in for ascp (spec
// transfer.md section 9). One session runs a transfer. Streams are not offered.
package transferd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/alecthomas/kong"
	"google.golang.org/grpc"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/initiator"
)

const (
	// standInVersion follows " version ", where `ascli config ascp info` finds it.
	standInVersion = "1.1.5"
	// owner of all transfers: the daemon asks nobody who they are.
	owner = "transferd"
	// maxRequest bounds a request, bytes: a transfer spec lists files.
	maxRequest = 64 << 20
)

// flags are the command line.
type flags struct {
	Config  string   `help:"Configuration file (JSON)." placeholder:"FILE" type:"path"`
	Former  bool     `help:"Serve the protocol under the name of the older package only, transfersdk."`
	Command []string `arg:"" optional:"" help:"version: show the version."`
}

// Main runs the program until ctx ends, and gives its exit status.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if err := run(ctx, args, stdout, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "transferd: %v\n", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var f flags
	exited := false
	parser, err := kong.New(&f,
		kong.Name("asperatransferd"),
		kong.Description("The ascli sandbox's stand-in for the IBM Aspera Transfer Daemon. It is not FASP."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { exited = true }),
	)
	if err != nil {
		return err
	}
	_, err = parser.Parse(args)
	switch {
	case exited: // --help was asked and given
		return nil
	case err != nil:
		return err
	case len(f.Command) == 1 && f.Command[0] == "version":
		_, err := fmt.Fprintf(stdout, "asperatransferd (ascli sandbox stand-in, not FASP) version %s\n", standInVersion)
		return err
	case len(f.Command) > 0:
		return fmt.Errorf("unknown command %q", f.Command)
	}
	config, err := readConfig(f.Config)
	if err != nil {
		return err
	}
	return config.serve(ctx, f.Former, stdout)
}

// serve runs transfers until ctx ends, then stops them in order.
func (c config) serve(ctx context.Context, former bool, stdout io.Writer) (err error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(c.Address, strconv.Itoa(c.Port)))
	if err != nil {
		return err
	}
	defer listener.Close()
	folder, err := os.MkdirTemp("", "ascli-sandbox-transferd-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	daemon := newDaemon(c)
	if daemon.journal, err = activity.Open(folder, owner, daemon.ended); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, daemon.journal.Close()) }()
	program, _ := ascp.Installed(c.bin())
	_, key := ascp.Installed(c.etc())
	daemon.initiator = initiator.New(initiator.Config{
		Ascp: program, BypassKey: key, Temporary: folder, Transfers: daemon.journal, Observe: daemon.observe,
	})
	defer daemon.initiator.Close()

	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxRequest))
	service := &protocol.TransferService_ServiceDesc
	if former {
		service = protocol.FormerService()
	}
	server.RegisterService(service, daemon)
	// Those who listen to transfers do not go by themselves.
	defer context.AfterFunc(ctx, server.Stop)()
	// The daemon's own line has a space after the port (spec transfer.md section 9.2).
	if _, err := fmt.Fprintf(stdout, "Info: API Server: Listening on %s (ascli sandbox stand-in)\n", listener.Addr()); err != nil {
		return err
	}
	return server.Serve(listener)
}
