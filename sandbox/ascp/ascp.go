// Package ascp is the sandbox's stand-in for the program ascp. It takes ascp's
// arguments and environment, speaks its management protocol and really moves
// the files, but over SSH and SFTP, to and from the sandbox on this computer
// only. It is not FASP and says so.
//
// A file "ascp-faults.json" beside the program makes it fail on demand: see
// package faults.
package ascp

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp/faults"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

const (
	// standInVersion follows " version ", where `ascli config ascp info` finds
	// it (spec transfer.md section 15).
	standInVersion = "4.4.0-sandbox"
	description    = "The ascli sandbox's stand-in for IBM Aspera ascp. It is not FASP: it moves files over SSH, " +
		"with the sandbox on this computer only. Arguments of ascp that are not shown are taken without effect, or refused."
)

// Main runs the program and gives its exit status, 0 or 1. When ctx ends, the
// transfer stops in order: partial files stay, to be resumed.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if err := run(ctx, args, getenv, stdout); err != nil {
		_, _ = fmt.Fprintf(stderr, "ascp: %v\n", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	arguments, parser, usageErr := parse(args)
	switch {
	case usageErr == nil && arguments.Version:
		_, err := fmt.Fprintf(stdout, "%s\nascp (ascli sandbox stand-in, not FASP) version %s\n", description, standInVersion)
		return err
	case usageErr == nil && arguments.Help:
		return printHelp(parser, stdout)
	}
	if arguments.Quiet {
		stdout = io.Discard
	}
	job, err := &job{}, usageErr
	if err == nil {
		job, err = newJob(arguments, getenv, time.Now())
	}
	fault, faultErr := takeFault(ctx, getenv)
	if fault.Kind == faults.Mute {
		return hang(ctx)
	}
	if err == nil {
		err = faultErr
	}
	var port *management.Port
	if arguments.Management != "" {
		var portErr error
		if port, portErr = management.Connect(ctx, arguments.Management); portErr != nil {
			return portErr
		}
		defer port.Close()
	}
	if err != nil {
		refuse(port, err)
		return err
	}
	s := newSession(job, port, stdout)
	s.fault = fault
	return s.run(ctx)
}

// refuse tells the supervisor of a session that cannot start.
func refuse(port *management.Port, err error) {
	if port == nil {
		return
	}
	s := newSession(&job{}, port, io.Discard)
	s.cancel = func(error) {}
	s.sendInit()
	s.sendEnd(err)
}
