package initiator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

const (
	// connectTimeout is how long ascp may take to reach its management port.
	connectTimeout = 15 * time.Second
	// lateTimeout is how long the connection of an ascp that has ended may take.
	lateTimeout = 500 * time.Millisecond
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

// process is one running ascp.
type process struct {
	share *share
	kill  context.CancelFunc
	entry *activity.Session

	// completed and again are what the last event says: that its share is done, or
	// that it is worth another attempt.
	completed, again bool

	mu      sync.Mutex
	conn    net.Conn // nil until ascp has connected
	stopped bool
}

// execute runs ascp and passes its events on. again: partial files of an earlier
// attempt go on.
func (p *process) execute(ctx context.Context, again bool) error {
	r := p.share.run
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err == nil {
		err = listener.SetDeadline(time.Now().Add(connectTimeout))
	}
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
	command := exec.CommandContext(ctx, r.initiator.config.Ascp, r.arguments(port, list, p.share.cluster, again)...)
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
		// It may have ended before it connected, or just after: then its connection
		// waits to be accepted.
		_ = listener.SetDeadline(time.Now().Add(lateTimeout))
		exited <- err
	}()
	followErr := p.follow(listener)
	err = <-exited
	if text := words.String(); err != nil && text != "" {
		return errors.New(text)
	}
	return errors.Join(err, followErr)
}

// follow passes the events of ascp on until it closes the connection.
func (p *process) follow(listener net.Listener) error {
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
		p.take(event)
	}
}

// take notes an event.
func (p *process) take(event *management.Message) {
	switch event.Type {
	case management.Done:
		p.completed = true
	case management.Error:
		text, _ := event.Get("Code")
		if code, err := strconv.Atoi(text); err == nil && !p.isStopped() && p.share.mayRetry(activity.Failure{Code: code}) {
			p.again = true
			p.entry.WillRetry()
		}
	}
	p.entry.Observe(event)
	if r := p.share.run; r.initiator.config.Observe != nil {
		r.initiator.config.Observe(r.id, event)
	}
}

func (p *process) isStopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
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
