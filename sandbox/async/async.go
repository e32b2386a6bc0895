// Package async is the sandbox's stand-in for the programs async and
// asyncadmin. It takes async's arguments, environment and description of a
// session, speaks the management protocol and really synchronises two folders,
// but over SSH and SFTP, with the sandbox on this computer only. It is not FASP
// and says so.
package async

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

const (
	standInVersion = "4.4.0-sandbox"
	description    = "The ascli sandbox's stand-in for IBM Aspera async. It is not FASP: it synchronises folders over SSH, " +
		"with the sandbox on this computer only. Arguments of async that are not shown are taken without effect."
)

// Variables of the environment (spec/sync.md 6).
const (
	envPassword = "ASPERA_SCP_PASS"
	envToken    = "ASPERA_SCP_TOKEN"
	envCookie   = "ASPERA_SCP_COOKIE"
)

// Main runs the program and gives its exit status, 0 or 1. When ctx ends, the
// sessions stop in order.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if err := run(ctx, args, getenv, stdout); err != nil {
		_, _ = fmt.Fprintf(stderr, "async: %v\n", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	program, parsed, usageErr := parse(args)
	switch {
	case usageErr == nil && program.Version:
		_, err := fmt.Fprintf(stdout, "%s\nasync (ascli sandbox stand-in, not FASP) version %s\n", description, standInVersion)
		return err
	case usageErr == nil && program.Help:
		return printHelp(stdout)
	}
	configs, err := describe(program, parsed, getenv)
	if usageErr != nil {
		err = usageErr
	}
	var port *management.Port
	if program.Management != "" {
		var portErr error
		if port, portErr = management.Connect(ctx, program.Management); portErr != nil {
			return portErr
		}
		defer port.Close()
	}
	out := &sharedWriter{out: stdout}
	sessions, err := newSessions(configs, err, port, out)
	if err != nil {
		refuse(port, err)
		return err
	}
	errs := make([]error, len(sessions))
	var running sync.WaitGroup
	for i, s := range sessions {
		running.Go(func() { errs[i] = s.run(ctx) })
	}
	running.Wait()
	return errors.Join(errs...)
}

// describe gives the sessions of a command line, in one of its two forms.
func describe(program arguments, parsed []arguments, getenv func(string) string) ([]config, error) {
	if program.Conf64 != "" {
		if len(parsed) > 0 {
			return nil, ascp.Failf(ascp.CodeUsage, "--conf64 and --name exclude each other")
		}
		c, err := parseConf(program.Conf64)
		return []config{c}, err
	}
	if len(parsed) == 0 {
		return nil, ascp.Failf(ascp.CodeUsage, "no session: give --conf64, or --name with its options (run async --help)")
	}
	if program.Management != "" && len(parsed) > 1 {
		return nil, ascp.Failf(ascp.CodeUsage, "an exclusive management port is for one session")
	}
	var configs []config
	for _, p := range parsed {
		if p.Management != "" || p.Conf64 != "" {
			return nil, ascp.Failf(ascp.CodeUsage, "--exclusive-mgmt-port and --conf64 come before the sessions")
		}
		c, err := p.config(program, getenv)
		if err != nil {
			return nil, err
		}
		configs = append(configs, c)
	}
	return configs, nil
}

// newSessions checks all before one starts. err is what is wrong already.
func newSessions(configs []config, err error, port *management.Port, out io.Writer) ([]*session, error) {
	if err != nil {
		return nil, err
	}
	var sessions []*session
	for _, c := range configs {
		s, err := newSession(c, port, out)
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, s)
	}
	return sessions, nil
}

// refuse tells the supervisor of a session that cannot start.
func refuse(port *management.Port, err error) {
	if port == nil {
		return
	}
	s := &session{config: &config{}, port: port, out: io.Discard, meter: ascp.NewMeter(0), cancel: func(error) {}}
	s.sendInit()
	s.sendEnd(err)
}

// sharedWriter takes the lines of several sessions.
type sharedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *sharedWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(line)
}
