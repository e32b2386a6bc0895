package initiator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

const (
	// connectTimeout is how long ascp may take to reach its management port.
	connectTimeout = 15 * time.Second
	// stopTimeout is how long ascp may take to stop in order.
	stopTimeout = 5 * time.Second
	// writeTimeout is how long ascp may leave a command unread.
	writeTimeout = 5 * time.Second
	// maxWords bounds what is kept of ascp's standard error.
	maxWords = 4 << 10
	// codeASCP is the failure without a code of its own (spec management.md
	// section 7).
	codeASCP = 2
)

// run is one transfer. It is the control that the journal acts through.
type run struct {
	initiator *Initiator
	id        string
	owner     string
	root      string
	spec      Spec
	tags      json.RawMessage

	resuming sync.Mutex // held while a paused transfer is started again

	mu      sync.Mutex
	rate    *int64 // changed since the start
	current *process
}

// process is one running ascp.
type process struct {
	kill  context.CancelFunc
	entry *activity.Session
	done  chan struct{} // closed when ascp is gone

	mu      sync.Mutex
	conn    net.Conn // nil until ascp has connected
	stopped bool
}

// begin starts a session.
func (r *run) begin(again bool) error {
	ctx, kill := context.WithCancel(r.initiator.ctx)
	p := &process{kill: kill, done: make(chan struct{})}
	entry, err := r.initiator.config.Transfers.Start(r.opening(p.stop))
	if err != nil {
		kill()
		return err
	}
	p.entry = entry
	r.mu.Lock()
	r.current = p
	r.mu.Unlock()
	r.initiator.list(r, true)
	r.initiator.sessions.Go(func() {
		defer r.initiator.leave()
		defer r.initiator.list(r, false)
		defer close(p.done)
		defer kill()
		err := r.execute(ctx, p, again)
		switch {
		case r.initiator.ctx.Err() != nil:
			err = errors.New("the node was stopped during the transfer")
		case err == nil:
			// Of no effect if ascp has told its end.
			err = errors.New("ascp ended without a result")
		}
		entry.End(&activity.Failure{Code: codeASCP, Description: err.Error()})
	})
	return nil
}

// opening says in the journal what a session is for.
func (r *run) opening(stop func()) activity.Opening {
	return activity.Opening{
		Owner: r.owner, ID: r.id, Local: true, Spec: r.spec.record(r.tags), Transport: "ssh", ServerIP: r.spec.RemoteHost,
		ClientIP: "127.0.0.1", Stop: stop,
	}
}

// execute runs ascp and passes its events on.
func (r *run) execute(ctx context.Context, p *process, again bool) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("management port: %w", err)
	}
	defer listener.Close()
	list, err := r.writeList()
	if list != "" {
		defer os.Remove(list)
	}
	if err != nil {
		return err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	command := exec.CommandContext(ctx, r.initiator.config.Ascp, r.arguments(port, list, again)...)
	command.Env = r.environment()
	command.WaitDelay = stopTimeout
	words := &lastWords{}
	command.Stderr = words
	if err := command.Start(); err != nil {
		return fmt.Errorf("start ascp: %w", err)
	}
	exited := make(chan error, 1)
	go func() {
		err := command.Wait()
		listener.Close() // ascp may have ended before it connected
		exited <- err
	}()
	followErr := p.follow(listener, r.observe)
	err = <-exited
	if text := words.String(); err != nil && text != "" {
		return errors.New(text)
	}
	return errors.Join(err, followErr)
}

// observe tells of an event that the journal has taken.
func (r *run) observe(event *management.Message) {
	if r.initiator.config.Observe != nil {
		r.initiator.config.Observe(r.id, event)
	}
}

// follow passes the events of ascp on until it closes the connection.
func (p *process) follow(listener net.Listener, observe func(*management.Message)) error {
	if err := listener.(*net.TCPListener).SetDeadline(time.Now().Add(connectTimeout)); err != nil {
		p.kill()
		return err
	}
	conn, err := listener.Accept()
	if err != nil {
		p.kill()
		return fmt.Errorf("ascp did not connect to its management port: %w", err)
	}
	defer conn.Close()
	p.mu.Lock()
	p.conn = conn
	stopped := p.stopped
	p.mu.Unlock()
	if stopped {
		p.stop()
	}
	events := management.NewReader(conn)
	for {
		event, err := events.Read()
		if errors.Is(err, management.ErrSyntax) {
			p.kill()
			return err
		}
		if err != nil {
			return nil // the end of the session
		}
		p.entry.Observe(event)
		observe(event)
	}
}

// stop ends ascp: in order if it can, else at once.
func (p *process) stop() {
	p.mu.Lock()
	p.stopped = true
	connected := p.conn != nil
	p.mu.Unlock()
	if connected && p.send(management.New(management.Cancel)) == nil {
		time.AfterFunc(stopTimeout, p.kill)
		return
	}
	if connected {
		p.kill()
	}
}

// send gives ascp a command.
func (p *process) send(command *management.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == nil {
		return fmt.Errorf("%w: it is just being started", activity.ErrRefused)
	}
	if err := p.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := p.conn.Write(command.Encode())
	return err
}

// adaptive are the values of field Adaptive (spec management.md section 5).
var adaptive = map[string]string{"fixed": "Fixed", "high": "Adaptive", "fair": "Adaptive", "low": "Trickle"}

// SetRate implements [activity.Control].
func (r *run) SetRate(target, min *int64, policy *string) error {
	command := management.New(management.Rate)
	if target != nil {
		command.Int("Rate", *target)
	}
	if min != nil {
		command.Int("MinRate", *min)
	}
	if policy != nil {
		command.Text("Adaptive", adaptive[*policy])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.current.send(command); err != nil {
		return err
	}
	if target != nil {
		r.rate = target
	}
	return nil
}

// targetRate is the one that holds now: a resumed transfer keeps it.
func (r *run) targetRate() kbps {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rate != nil {
		return kbps(*r.rate)
	}
	return r.spec.TargetRate
}

// Resume implements [activity.Control].
func (r *run) Resume() error {
	r.resuming.Lock()
	defer r.resuming.Unlock()
	record, err := r.initiator.config.Transfers.Get(r.id)
	if err != nil || record.Transfer.Status != activity.Paused {
		return err
	}
	r.mu.Lock()
	last := r.current
	r.mu.Unlock()
	select {
	case <-last.done:
	case <-time.After(stopTimeout):
		return fmt.Errorf("%w: it is just being paused", activity.ErrRefused)
	}
	if err := r.initiator.admit(); err != nil {
		return err
	}
	if err := r.begin(true); err != nil {
		r.initiator.leave()
		return err
	}
	return nil
}

// lastWords keeps the end of what a program says.
type lastWords struct{ text bytes.Buffer }

func (l *lastWords) Write(words []byte) (int, error) {
	l.text.Write(words)
	if over := l.text.Len() - maxWords; over > 0 {
		l.text.Next(over)
	}
	return len(words), nil
}

func (l *lastWords) String() string { return strings.TrimSpace(l.text.String()) }
