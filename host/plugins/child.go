package plugins

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

// child is the process of a plugin as go-plugin's runner. It differs from the
// usual one in that the plugin gets no standard input, which is the user's, that
// it is started from the launcher's thread, and that it has a process group of
// its own: Ctrl-C in a terminal, or a signal to the host's group, reaches the
// host alone, which then stops the command in order.
type child struct {
	name    string
	starter chan func()
	log     *slog.Logger
	cmd     *exec.Cmd
	stdout  io.ReadCloser
	stderr  io.ReadCloser

	exited  chan struct{}
	exitErr error

	mu   sync.Mutex
	line []byte
	// words are the last lines of stderr that are no log records, cause the first
	// ones of a Go panic: the trace after them may be longer than what is kept.
	words, cause []string
}

func (c *child) prepare(path string, env []string) (err error) {
	c.cmd = exec.Command(path)
	c.cmd.Env = env
	c.cmd.SysProcAttr = childAttributes()
	if c.stdout, err = c.cmd.StdoutPipe(); err != nil {
		return err
	}
	c.stderr, err = c.cmd.StderrPipe()
	return err
}

func (c *child) Start(context.Context) error {
	started := make(chan error, 1)
	c.starter <- func() { started <- c.cmd.Start() }
	if err := <-started; err != nil {
		return fmt.Errorf("%w: %w", errNoStart, err)
	}
	return nil
}

// Wait is called once, when both pipes are at their end.
func (c *child) Wait(context.Context) error {
	c.exitErr = c.cmd.Wait()
	close(c.exited)
	return c.exitErr
}

// Kill ends the process by force; it may be called at any time.
func (c *child) Kill(context.Context) error {
	if c.cmd.Process != nil {
		// An error means that it has ended already.
		_ = c.cmd.Process.Kill()
	}
	return nil
}

func (c *child) Stdout() io.ReadCloser           { return c.stdout }
func (c *child) Stderr() io.ReadCloser           { return c.stderr }
func (c *child) Name() string                    { return c.cmd.Path }
func (c *child) Diagnose(context.Context) string { return "" }

func (c *child) ID() string {
	if c.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(c.cmd.Process.Pid)
}

func (c *child) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

func (c *child) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// Write takes the plugin's standard error: log records go to the log, other
// lines are kept for the case of a crash.
func (c *child) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.line = append(c.line, p...)
	for {
		line, rest, ok := bytes.Cut(c.line, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		c.takeLine(string(line))
		c.line = rest
	}
}

func (c *child) takeLine(line string) {
	fields := map[string]any{}
	if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &fields) == nil && fields["@message"] != nil {
		c.logRecord(fields)
		return
	}
	if line = strings.TrimSpace(line); line == "" {
		return
	}
	if len(c.cause) < panicLines && (len(c.cause) > 0 || isPanic(line)) {
		c.cause = append(c.cause, line)
	}
	c.words = append(c.words, line)
	c.words = c.words[max(0, len(c.words)-stderrLines):]
}

// isPanic tells whether a line begins the report of a Go program that crashed.
func isPanic(line string) bool {
	return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
}

func (c *child) logRecord(fields map[string]any) {
	level, _ := fields["@level"].(string)
	var attrs []slog.Attr
	for k, v := range fields {
		if !strings.HasPrefix(k, "@") {
			attrs = append(attrs, slog.Any(k, v))
		}
	}
	c.log.LogAttrs(context.Background(), sdk.ParseLevel(level), fmt.Sprint(fields["@message"]), attrs...)
}

// lastWords are the lines to show of a crashed plugin: of a Go panic its first
// lines, which name it, else the last ones.
func (c *child) lastWords() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	words := c.words
	if len(c.cause) > 0 {
		words = c.cause
	}
	if len(words) == 0 {
		return ""
	}
	return "\n" + strings.Join(words, "\n")
}

func (c *child) crash() error {
	how := "ended"
	if c.exitErr != nil {
		how = "ended with " + c.exitErr.Error()
	}
	return failure.Toolf("plugin %s %s before the command was done%s", c.name, how, c.lastWords())
}
