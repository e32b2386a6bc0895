package plugins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/wire"
)

const (
	startTimeout = 10 * time.Second
	// stopTimeout is how long a plugin may take to end by itself; a transfer
	// plugin stops its ascp in that time.
	stopTimeout = 5 * time.Second
	// A running plugin is asked this often whether it is alive, and has this long to answer.
	aliveInterval = 2 * time.Second
	aliveTimeout  = 5 * time.Second
	// stderrLines of a crashed plugin are shown, of a Go panic panicLines.
	stderrLines = 10
	panicLines  = 3
)

// Launcher starts plugins. Close ends all of them.
type Launcher struct {
	log   *slog.Logger
	start chan func()

	mu        sync.Mutex
	processes []*Process
}

// NewLauncher returns a launcher that sends the logs of plugins to log.
func NewLauncher(log *slog.Logger) *Launcher {
	l := &Launcher{log: log, start: make(chan func())}
	go l.starter()
	return l
}

// starter starts every child from one OS thread that lives as long as the
// launcher: Linux sends a child its parent-death signal when the thread ends.
func (l *Launcher) starter() {
	runtime.LockOSThread()
	for f := range l.start {
		f()
	}
}

// Process is a running plugin.
type Process struct {
	Name   string
	Plugin ascliv1.PluginClient
	Agents ascliv1.TransferAgentClient

	broker *plugin.GRPCBroker
	client *plugin.Client
	health plugin.ClientProtocol
	child  *child
}

// Launch starts a program and connects to it.
func (l *Launcher) Launch(p Program) (*Process, error) {
	c := &child{name: p.Name, starter: l.start, log: l.log.With("plugin", p.Name), exited: make(chan struct{})}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: wire.Sets(nil),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         autoMTLS,
		StartTimeout:     startTimeout,
		Logger:           hclog.NewNullLogger(),
		Stderr:           c,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: socketFolder(os.TempDir())},
		GRPCDialOptions: []grpc.DialOption{grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(wire.MaxMessage), grpc.MaxCallSendMsgSize(wire.MaxMessage))},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			return c, c.prepare(p.Path, cmd.Env)
		},
	})
	process, err := connect(p, client, c)
	if err != nil {
		client.Kill()
		return nil, c.startError(p, err)
	}
	l.mu.Lock()
	l.processes = append(l.processes, process)
	l.mu.Unlock()
	return process, nil
}

func connect(p Program, client *plugin.Client, c *child) (*Process, error) {
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	dispensed, err := protocol.Dispense(wire.Service)
	if err != nil {
		return nil, err
	}
	connection := dispensed.(*wire.Connection)
	return &Process{
		Name: p.Name, client: client, health: protocol, child: c, broker: connection.Broker,
		Plugin: ascliv1.NewPluginClient(connection.Conn),
		Agents: ascliv1.NewTransferAgentClient(connection.Conn),
	}, nil
}

// Close ends the plugin: in order when it can, by force when it takes too long.
func (p *Process) Close() {
	force := time.AfterFunc(stopTimeout, func() { p.child.Kill(context.Background()) })
	defer force.Stop()
	p.client.Kill()
}

// Close ends every plugin that was launched.
func (l *Launcher) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range l.processes {
		all.Go(p.Close)
	}
	all.Wait()
	close(l.start)
}

// watch cancels ctx with a cause when the plugin stops answering, until done.
func (p *Process) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(aliveInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		answer := make(chan error, 1)
		go func() { answer <- p.health.Ping() }()
		select {
		case <-answer:
			// Any answer is a sign of life; a dead connection ends the call itself.
		case <-ctx.Done():
			return
		case <-time.After(aliveTimeout):
			cancel(failure.Toolf("plugin %s does not answer: it was stopped", p.Name))
			p.child.Kill(context.Background())
			return
		}
	}
}

// Explain turns the error of a call into what the user should read: a crash
// with its last words, a silence, or the error as it is.
func (p *Process) Explain(ctx context.Context, err error) error {
	if err == nil || failure.As(err) != nil {
		return err
	}
	if cause := failure.As(context.Cause(ctx)); cause != nil {
		return cause
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-p.child.exited:
		return p.child.crash()
	case <-time.After(time.Second):
		return fmt.Errorf("plugin %s: %w", p.Name, err)
	}
}

// startError explains why a plugin could not be used.
func (c *child) startError(p Program, err error) error {
	var theirs uint32
	if _, after, ok := strings.Cut(err.Error(), "Plugin version: "); ok {
		if n, _ := fmt.Sscanf(after, "%d", &theirs); n == 1 {
			return mismatch(p.Name, []uint32{theirs})
		}
	}
	if errors.Is(err, errNoStart) {
		return failure.Toolf("plugin %s cannot be started: %w", p.Name, err)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return failure.Toolf("plugin %s (%s) did not connect: %s%s", p.Name, p.Path, strings.TrimSpace(first), c.lastWords())
}

var errNoStart = errors.New("no start")

var _ runner.Runner = (*child)(nil)
var _ io.Writer = (*child)(nil)
