package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/clientapp"
	"github.com/ascli-go/ascli/sandbox/connect"
	"github.com/ascli-go/ascli/sandbox/desktop"
	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// Files by which other programs find the clients (transfer.md section 10).
const (
	connectAddressFile = "http.uri"
	desktopLogFile     = "ibm-aspera-desktop.log"
)

// connectFolder is the main folder of Connect, desktopFolder that of the logs of
// Aspera for Desktop.
func connectFolder(folder string) string { return filepath.Join(folder, "connect") }
func desktopFolder(folder string) string { return filepath.Join(folder, "desktop") }

// clients are the two that run on the user's desktop. They must be closed after
// their servers have stopped.
type clients struct{ connect, desktop *clientapp.Client }

func openClients(folder string) (*clients, error) {
	program, key := ascp.Installed(sdkFolder(folder))
	opened := &clients{}
	for _, one := range []struct {
		folder string
		client **clientapp.Client
	}{{connectFolder(folder), &opened.connect}, {desktopFolder(folder), &opened.desktop}} {
		client, err := clientapp.Open(clientapp.Config{Folder: one.folder, Ascp: program, BypassKey: key})
		if err != nil {
			return nil, errors.Join(err, opened.close())
		}
		*one.client = client
	}
	return opened, nil
}

func (c *clients) close() error {
	var errs []error
	for _, client := range []*clientapp.Client{c.connect, c.desktop} {
		if client != nil {
			errs = append(errs, client.Close())
		}
	}
	return errors.Join(errs...)
}

// handlers are the APIs of the clients, by where they listen.
func (c *clients) handlers(folder string, ports *listeners, log *slog.Logger) map[net.Listener]http.Handler {
	return map[net.Listener]http.Handler{
		ports.connect: connect.New(connect.Config{
			Client: c.connect, Folder: connectFolder(folder), Log: log.With("server", "connect"),
		}),
		ports.desktop: desktop.New(desktop.Config{Client: c.desktop, Log: log.With("server", "desktop")}),
	}
}

// announceClients writes where the clients listen, as they do themselves.
func announceClients(folder string, ports *listeners) error {
	run := filepath.Join(connectFolder(folder), "var", "run")
	if err := os.MkdirAll(run, 0o700); err != nil {
		return err
	}
	return errors.Join(
		atomicfile.Write(filepath.Join(run, connectAddressFile), fmt.Appendf(nil, "http://%s\n", ports.connect.Addr())),
		atomicfile.Write(filepath.Join(desktopFolder(folder), desktopLogFile),
			fmt.Appendf(nil, "JSON-RPC server listening on %s\n", ports.desktop.Addr())),
	)
}
