package transferd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// startTimeout bounds the start of a daemon, startCheck is the time between two
	// looks at it.
	startTimeout = 15 * time.Second
	startCheck   = 20 * time.Millisecond
)

// daemon is a transfer daemon, and the connection to it.
type daemon struct {
	client *client
	// service is nil for one that this process has not started.
	service *process.Service
	files   files
	// users are the jobs that need it, guarded by the agent's lock.
	users int
}

// reach returns a daemon: one that this process has started before, one that is
// there, or a new one. It is to be released.
func (a *Agent) reach(ctx context.Context, params parameters, env agent.Env) (_ *daemon, release func(), err error) {
	key := params.address() + "\n" + env.SDKFolder
	// While one job starts a daemon, others wait for it.
	a.mu.Lock()
	defer a.mu.Unlock()
	if d := a.started[key]; d != nil && !d.hasEnded() {
		d.users++
		return d, func() { a.release(key, d, params, env) }, nil
	}
	if params.port != 0 {
		d, err := join(ctx, params, env)
		if err == nil {
			return d, d.client.close, nil
		}
		if !errors.Is(err, errNotRunning) {
			return nil, nil, err
		}
		if !params.start {
			return nil, nil, transfer.Errorf("%w", err)
		}
	}
	d, err := launch(ctx, params, env)
	if err != nil {
		return nil, nil, err
	}
	d.users++
	a.started[key] = d
	return d, func() { a.release(key, d, params, env) }, nil
}

// join connects to a daemon that is there.
func join(ctx context.Context, params parameters, env agent.Env) (*daemon, error) {
	c, err := connect(ctx, params.address())
	if err != nil {
		return nil, err
	}
	if params.start && params.stop {
		env.Logger().Warn("Attached to existing daemon")
	}
	return &daemon{client: c}, nil
}

// release ends a daemon that no job needs, unless it is to be kept.
func (a *Agent) release(key string, d *daemon, params parameters, env agent.Env) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if d.users--; d.users > 0 {
		return
	}
	d.client.close()
	delete(a.started, key)
	if !params.stop {
		return
	}
	// The files of one that ended by itself tell why.
	if crashed := d.hasEnded(); !crashed {
		d.service.Stop(a.grace)
		d.files.discard(env)
	}
}

// launch starts a daemon and connects to it (spec/transfer.md 9.2).
func launch(ctx context.Context, params parameters, env agent.Env) (*daemon, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, errors.New("it did not start in time"))
	defer cancel()
	program, err := product.Search{System: product.Here(), SDKFolder: env.SDKFolder}.LocateDaemon()
	if err != nil {
		return nil, err
	}
	conf, err := configuration(params, program)
	if err != nil {
		return nil, err
	}
	written, err := writeFiles(env.TempFolder, conf)
	if err != nil {
		return nil, err
	}
	defer written.close()
	d := &daemon{files: written}
	d.service, err = process.Background{
		Path: program.Path, Args: []string{"--config", written.conf},
		Stdout: written.stdout, Stderr: written.stderr, Kept: !params.stop,
	}.Start()
	if err != nil {
		d.files.discard(env)
		return nil, transfer.Errorf("cannot start the transfer daemon %s: %w", program.Path, err)
	}
	if err := d.connect(ctx, params, env.Logger()); err != nil {
		d.service.Stop(process.StopGrace)
		if errors.Is(ctx.Err(), context.Canceled) {
			d.files.discard(env)
		}
		return nil, err
	}
	return d, nil
}

// connect waits until the daemon tells its port, and connects.
func (d *daemon) connect(ctx context.Context, params parameters, log *slog.Logger) error {
	port, err := d.awaitPort(ctx, params)
	if err != nil {
		return err
	}
	address := net.JoinHostPort(params.host, strconv.Itoa(port))
	log.Info("transfer daemon started", "pid", d.service.PID(), "address", address)
	if d.client, err = connect(ctx, address); err != nil {
		return transfer.Errorf("Daemon started with PID %d, but connection failed to %s: %w", d.service.PID(), address, err)
	}
	return nil
}

// awaitPort waits until the daemon serves: it says so, or can be reached at the
// port that was asked for.
func (d *daemon) awaitPort(ctx context.Context, params parameters) (int, error) {
	look := time.NewTicker(startCheck)
	defer look.Stop()
	for {
		if port, found := d.files.port(); found {
			return port, nil
		}
		if params.port != 0 && probe(ctx, params.address()) == nil {
			return params.port, nil
		}
		select {
		case <-look.C:
		case <-d.service.Ended():
			return 0, transfer.Errorf("%s. Check files: %s and %s", d.obituary(), d.files.out, d.files.err)
		case <-ctx.Done():
			return 0, transfer.Errorf("Port not found in daemon logs: %w. Check files: %s and %s", context.Cause(ctx), d.files.out, d.files.err)
		}
	}
}

// hasEnded tells of one that this process has started.
func (d *daemon) hasEnded() bool {
	if d.service == nil {
		return false
	}
	select {
	case <-d.service.Ended():
		return true
	default:
		return false
	}
}

// obituary says how a daemon has ended.
func (d *daemon) obituary() string {
	return "Transfer daemon exited with status " + strings.TrimPrefix(d.service.Exit(), "exit ")
}
