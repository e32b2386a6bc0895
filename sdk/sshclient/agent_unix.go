//go:build !windows

package sshclient

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
)

// dialAgent connects to the user's ssh-agent.
func dialAgent(ctx context.Context) (io.ReadWriteCloser, error) {
	path := os.Getenv("SSH_AUTH_SOCK")
	if path == "" {
		return nil, errors.New("SSH_AUTH_SOCK is not set")
	}
	return new(net.Dialer).DialContext(ctx, "unix", path)
}
