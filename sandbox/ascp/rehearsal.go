package ascp

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ascli-go/ascli/sandbox/ascp/faults"
)

// EnvFaults names the file of faults to use instead of the one beside the
// program.
const EnvFaults = "ASCLI_SANDBOX_ASCP_FAULTS"

// takeFault gives the fault of this run. A file that cannot be read is an error
// of the configuration.
func takeFault(ctx context.Context, getenv func(string) string) (faults.Rule, error) {
	name := getenv(EnvFaults)
	if name == "" {
		// The path by which the program was called, not that of a link's target:
		// folders with links to one program have each their own faults.
		program, err := exec.LookPath(os.Args[0])
		if err != nil {
			program = os.Args[0]
		}
		name = filepath.Join(filepath.Dir(program), faults.FileName)
	}
	fault, err := faults.Take(ctx, name)
	if err != nil {
		return fault, failf(codeBadSetup, "Invalid configuration: %v", err)
	}
	return fault, nil
}

// hang waits until the program is told to stop.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return cancellation(ctx)
}

// strikeFirst makes a fault happen that waits for no data. An error ends the
// session.
func (s *session) strikeFirst(ctx context.Context) error {
	if s.fault.AtSomeData() {
		return nil
	}
	s.strike()
	if s.fault.Kind == faults.Hang {
		return hang(ctx)
	}
	return context.Cause(ctx)
}

// armFault makes a fault wait for its data, of size bytes that the session is
// about to move.
func (s *session) armFault(size int64) {
	if s.armed || !s.fault.AtSomeData() {
		return
	}
	s.armed = true
	s.meter.stopAt(s.fault.Threshold(size), func() {
		s.strike()
		if s.fault.Kind == faults.Garbage {
			s.meter.goOn()
		}
	})
}

// strike makes the fault happen.
func (s *session) strike() {
	switch s.fault.Kind {
	case faults.Error:
		s.cancel(&Error{Code: Code(s.fault.Code), Description: s.fault.Description})
	case faults.Kill:
		die()
	case faults.SilentClose:
		s.cancel(failf(codeCancelled, "The management connection was closed, as asked"))
		if s.port != nil {
			s.port.Close()
		}
	case faults.Garbage:
		if s.port != nil {
			_ = s.port.SendGarbage() // a supervisor that is gone is found by the next event
		}
	}
}

// die ends this process as a kill from outside does.
func die() {
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Kill() == nil {
		select {}
	}
	os.Exit(137) // what a shell tells of a killed program
}
