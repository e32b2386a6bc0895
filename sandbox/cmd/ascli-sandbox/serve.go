package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sync/errgroup"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/faults"
	"github.com/ascli-go/ascli/sandbox/async"
	"github.com/ascli-go/ascli/sandbox/fault"
	"github.com/ascli-go/ascli/sandbox/gateway"
	"github.com/ascli-go/ascli/sandbox/nodeapi"
	"github.com/ascli-go/ascli/sandbox/smtpsink"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/tlsca"
	"github.com/ascli-go/ascli/sandbox/world"
)

const (
	loopback = "127.0.0.1"
	// gatewayPath is where gateways of IBM are mounted (transfer.md 12).
	gatewayPath = "/aspera/http-gwy"
	// stopDeadline is how long answers in progress may take at the end.
	stopDeadline = 5 * time.Second
)

// listeners are the open ports.
type listeners struct {
	node, ssh, gateway, mail, connect, desktop net.Listener
	wss                                        net.Listener // nil: there is none
}

// serve opens the world and serves it until ctx ends.
func serve(ctx context.Context, f flags, stdout io.Writer, log *slog.Logger) (err error) {
	if f.DiskQuota < 0 {
		return fmt.Errorf("--disk-quota=%d: expect a number of bytes", f.DiskQuota)
	}
	w, err := world.Open(f.Folder, world.WithDiskQuota(f.DiskQuota))
	if err != nil {
		return err
	}
	defer w.Close()
	ca, err := tlsca.Open(filepath.Join(f.Folder, "tls"))
	if err != nil {
		return err
	}
	ports, err := listen(f)
	if err != nil {
		return err
	}
	defer ports.close()
	ops, err := openOperations(f.Folder, f.Async, w, log.With("server", "node"))
	if err != nil {
		return err
	}
	defer func() {
		w.EndJobs() // they note events
		err = errors.Join(err, ops.close())
	}()
	remote, err := sshServer(f, w, ops.Transfers, log)
	if err != nil {
		return err
	}
	mail, err := mailServer(f.Folder, w, ca, log)
	if err != nil {
		return err
	}
	apps, err := openClients(f.Folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, apps.close()) }()
	api, err := f.nodeAPI(w, ops, ports, log)
	if err != nil {
		return err
	}
	site := newSite(f.Folder, ca.File(), ports)
	gw, err := f.httpGateway(w, ops, site.gatewayURL, log)
	if err != nil {
		return err
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return remote.Serve(ctx, ports.ssh) })
	if ports.wss != nil {
		group.Go(func() error { return remote.ServeWebSocket(ctx, ports.wss, ca.ServerConfig()) })
	}
	group.Go(func() error { return mail.Serve(ctx, ports.mail) })
	for listener, handler := range map[net.Listener]http.Handler{
		ports.node:    api,
		ports.gateway: gw,
	} {
		group.Go(func() error { return serveHTTP(ctx, handler, listener, ca.ServerConfig(), log) })
	}
	for listener, handler := range apps.handlers(f.Folder, ports, log) {
		group.Go(func() error { return serveHTTP(ctx, handler, listener, nil, log) })
	}
	group.Go(func() error {
		if err := errors.Join(site.writeConfig(w), announceClients(f.Folder, ports)); err != nil {
			return err
		}
		return site.announce(stdout)
	})
	return group.Wait()
}

// nodeAPI makes the Node API, with what the flags ask to fail.
func (f flags) nodeAPI(w *world.World, ops *operations, ports *listeners, log *slog.Logger) (http.Handler, error) {
	faults, err := injector("--fault", f.Fault)
	if err != nil {
		return nil, err
	}
	api := nodeapi.New(nodeapi.Config{
		World: w, SSHPort: port(ports.ssh), WSSPort: port(ports.wss), BareLinks: f.BareLinks, Operations: &ops.Operations, Log: log.With("server", "node"),
	})
	return faults.Serve(api, isNodeUser(w)), nil
}

// httpGateway makes the HTTP gateway, with what the flags ask to fail.
func (f flags) httpGateway(w *world.World, ops *operations, url string, log *slog.Logger) (http.Handler, error) {
	faults, err := injector("--gateway-fault", f.GatewayFault)
	if err != nil {
		return nil, err
	}
	gw := gateway.New(gateway.Config{
		Authority: w, BaseURL: url, OnlyV1: f.GatewayAPI == "v1", Transfers: ops.Transfers, Log: log.With("server", "gateway"),
	})
	return faults.Serve(gw, isNodeUser(w)), nil
}

// injector makes the faults that a flag gives.
func injector(flag string, rules []string) (*fault.Injector, error) {
	faults := &fault.Injector{}
	for _, text := range rules {
		rule, err := fault.Parse([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("%s=%s: %w", flag, text, err)
		}
		faults.Add(rule)
	}
	return faults, nil
}

// isNodeUser makes the check of who may make faults.
func isNodeUser(w *world.World) func(name, password string) bool {
	return func(name, password string) bool {
		p, err := w.Authenticate(name, password)
		return err == nil && !p.IsAccessKey()
	}
}

// listen opens the ports, all on loopback.
func listen(f flags) (_ *listeners, err error) {
	l := &listeners{}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	for _, open := range []struct {
		flag     string
		port     *int
		listener *net.Listener
	}{
		{"--node-port", &f.NodePort, &l.node},
		{"--ssh-port", &f.SSHPort, &l.ssh},
		{"--wss-port", f.WSSPort, &l.wss},
		{"--gateway-port", &f.GatewayPort, &l.gateway},
		{"--smtp-port", &f.SMTPPort, &l.mail},
		{"--connect-port", &f.ConnectPort, &l.connect},
		{"--desktop-port", &f.DesktopPort, &l.desktop},
	} {
		if open.port == nil {
			continue
		}
		*open.listener, err = net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(*open.port)))
		if err != nil {
			return nil, fmt.Errorf("%w; choose another port with %s", err, open.flag)
		}
	}
	return l, nil
}

// close releases the ports. Those that a server has closed are no error.
func (l *listeners) close() {
	for _, listener := range []net.Listener{l.node, l.ssh, l.wss, l.gateway, l.mail, l.connect, l.desktop} {
		if listener != nil {
			listener.Close()
		}
	}
}

// port is that of a listener, 0 if there is none.
func port(l net.Listener) int {
	if l == nil {
		return 0
	}
	return l.Addr().(*net.TCPAddr).Port
}

// sshServer makes the SSH server, and the SDK folder with what its clients need.
func sshServer(f flags, w *world.World, transfers *activity.Journal, log *slog.Logger) (*sshd.Server, error) {
	hostKey, err := sshd.HostKey(filepath.Join(f.Folder, "ssh_host_key.pem"))
	if err != nil {
		return nil, err
	}
	bypassPEM, err := bypassKey()
	if err != nil {
		return nil, err
	}
	bypass, err := ssh.ParsePrivateKey(bypassPEM)
	if err != nil {
		return nil, fmt.Errorf("bypass key: %w", err)
	}
	if err := ascp.Install(sdkFolder(f.Folder), f.Ascp, bypassPEM); err != nil {
		return nil, err
	}
	if err := f.writeAscpFaults(); err != nil {
		return nil, err
	}
	if f.Async != "" {
		if err := async.Install(sdkFolder(f.Folder), f.Async); err != nil {
			return nil, err
		}
	}
	if f.Transferd != "" {
		if err := ascp.InstallDaemon(sdkFolder(f.Folder), f.Transferd); err != nil {
			return nil, err
		}
	}
	return sshd.New(sshd.Config{
		Authority:  w,
		HostKey:    hostKey,
		BypassKey:  bypass.PublicKey(),
		DynamicKey: w.AcceptsPublicKey,
		CutFirst:   f.CutFirstTransfer,
		Transfers:  transfers,
		Log:        log.With("server", "ssh"),
	}), nil
}

// writeAscpFaults makes the faults of the stand-in ascp those of the flags.
func (f flags) writeAscpFaults() error {
	var rules []faults.Rule
	for _, text := range f.AscpFault {
		rule, err := faults.Parse([]byte(text))
		if err != nil {
			return fmt.Errorf("--ascp-fault=%s: %w", text, err)
		}
		rules = append(rules, rule)
	}
	return faults.Write(sdkFolder(f.Folder), rules)
}

// mailServer makes the mail server, where the user of the Node API has an
// account with the same password.
func mailServer(folder string, w *world.World, ca *tlsca.CA, log *slog.Logger) (*smtpsink.Sink, error) {
	user, password := w.NodeUser()
	return smtpsink.New(smtpsink.Config{
		Folder:   mailFolder(folder),
		TLS:      ca.ServerConfig(),
		Accounts: map[string]string{user: password},
		Log:      log.With("server", "mail"),
	})
}

// serveHTTP serves until ctx ends, then lets answers in progress finish. It is by
// TLS with a configuration for that.
func serveHTTP(ctx context.Context, handler http.Handler, l net.Listener, secure *tls.Config, log *slog.Logger) error {
	// Aspera's servers know no HTTP/2.
	var http1 http.Protocols
	http1.SetHTTP1(true)
	server := &http.Server{
		Handler:           handler,
		TLSConfig:         secure,
		Protocols:         &http1,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// Bodies have no deadline: files of any size go through them.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopDeadline)
		defer cancel()
		err := server.Shutdown(deadline)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		stopped <- err
	})
	var err error
	if secure != nil {
		err = server.ServeTLS(l, "", "")
	} else {
		err = server.Serve(l)
	}
	if stop() {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return <-stopped
}
