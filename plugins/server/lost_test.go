package server_test

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// after leads to a server until that has sent a number of bytes; then end decides
// about the connection.
func after(t *testing.T, s *sshdtest.Server, bytes int64, end func(net.Conn)) string {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		defer conn.Close()
		far, err := net.Dial("tcp", s.Address())
		if err != nil {
			return
		}
		defer far.Close()
		go func() { _, _ = io.Copy(far, conn) }()
		if _, err := io.CopyN(conn, far, bytes); err != nil {
			return
		}
		end(conn)
	})
}

// What came of a folder before the connection broke is shown, and the end is an
// error: neither a short list nor a hang.
func TestLostInTheMiddleOfAListing(t *testing.T) {
	folder := t.TempDir()
	for i := range 2000 {
		write(t, filepath.Join(folder, fmt.Sprintf("file %d", i)), "")
	}
	program := buildASCMD(t)
	plain := sshdtest.Start(t, sshdtest.Options{})
	withASCMD := sshdtest.Start(t, sshdtest.Options{Config: []string{"SetEnv PATH=" + program + ":/usr/bin:/bin"}})
	reset := func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }
	closed := func(net.Conn) {}
	for _, tt := range []struct {
		name   string
		server *sshdtest.Server
		bytes  int64
		end    func(net.Conn)
		err    string
	}{
		{"ascmd, closed", withASCMD, 60_000, closed, "connection to 127.0.0.1 lost"},
		{"ascmd, reset", withASCMD, 60_000, reset, "connection to 127.0.0.1 lost"},
		{"SFTP, closed", plain, 60_000, closed, "connection to 127.0.0.1 lost"},
		{"SFTP, reset", plain, 60_000, reset, "connection to 127.0.0.1 lost"},
		{"while logging in", plain, 1_500, closed, "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{folder}}, at(tt.server, values{"url": after(t, tt.server, tt.bytes, tt.end)}), sdktest.Host{})
			e := failure.As(got.Err)
			if e == nil || !strings.Contains(e.Message, tt.err) {
				t.Errorf("error is %v", got.Err)
			}
			if len(got.Records) >= 2000 {
				t.Errorf("%d entries came by a connection that broke", len(got.Records))
			}
			if tt.server == withASCMD && len(got.Records) == 0 {
				t.Error("no entry was shown")
			}
		})
	}
}

// A server that does not answer any more is given up, before and after the login.
func TestSilentServer(t *testing.T) {
	folder := t.TempDir()
	for i := range 2000 {
		write(t, filepath.Join(folder, fmt.Sprintf("file %d", i)), "")
	}
	s := sshdtest.Start(t, sshdtest.Options{})
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	silent := func(net.Conn) { <-done }
	for _, tt := range []struct {
		name    string
		bytes   int64
		options *record.Object
		label   failure.Label
		err     string
	}{
		{"at the begin", 0, sshOptions("timeout", 0.5), failure.Network, "no SSH connection to 127.0.0.1:"},
		{"in a listing", 60_000, sshOptions("keepalive_interval", 0.2, "keepalive_maxcount", 2), failure.SSH, "connection to 127.0.0.1 lost: the server has been silent for"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{folder}},
				at(s, values{"url": after(t, s, tt.bytes, silent), "ssh_options": tt.options}), sdktest.Host{})
			if e := failure.As(got.Err); e == nil || e.Label != tt.label || !strings.Contains(e.Message, tt.err) {
				t.Errorf("error is %v", got.Err)
			}
		})
	}
}

// Nobody there, and no such host: the label tells that it is the network.
func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "ssh://" + listener.Addr().String()
	_ = listener.Close()
	for _, url := range []string{refused, "ssh://no-such-host.invalid"} {
		got := sdktest.Run(t, server.Plugin(), "ls", nil, values{"url": url, "password": "p", "ssh_options": sshOptions("timeout", 5)}, sdktest.Host{})
		if e := failure.As(got.Err); e == nil || e.Label != failure.Network {
			t.Errorf("%s: error is %#v", url, got.Err)
		}
	}
}
