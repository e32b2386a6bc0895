package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/ascli-go/ascli/host/atomicfile"
	"github.com/ascli-go/ascli/sdk/failure"
)

// hold takes what a command holds while it runs: the local port that keeps others
// out, and the file with the process id. release gives both back. Without error
// and release another command holds the port (spec/cli.md 10.1, 10.2).
func (s *session) hold(ctx context.Context) (release func(), err error) {
	unlock, err := s.lockPort(ctx)
	if err != nil || unlock == nil {
		return nil, err
	}
	forget, err := s.writePID(ctx)
	if err != nil {
		unlock()
		return nil, err
	}
	return func() {
		forget()
		unlock()
	}, nil
}

func (s *session) lockPort(ctx context.Context) (unlock func(), err error) {
	v, err := s.options.Value(ctx, "lock_port")
	if err != nil || v == nil {
		return func() {}, err
	}
	port, err := strconv.Atoi(v.(json.Number).String())
	if err != nil || port < 1 || port > 65535 {
		return nil, failure.Argumentf("lock_port: %v is no port: expecting 1 to 65535", v)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		s.log.Warn(fmt.Sprintf("Another instance is already running (Address already in use - bind(2) for \"127.0.0.1\" port %d).", port))
		return nil, nil
	}
	return func() { listener.Close() }, nil
}

func (s *session) writePID(ctx context.Context) (forget func(), err error) {
	path, err := s.options.Text(ctx, "pid_file")
	if err != nil || path == "" {
		return func() {}, err
	}
	if err := atomicfile.Write(path, []byte(strconv.Itoa(os.Getpid()))); err != nil {
		return nil, failure.Argumentf("cannot write option pid_file: %w", err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			s.log.Warn("cannot remove the file of option pid_file: " + err.Error())
		}
	}, nil
}
