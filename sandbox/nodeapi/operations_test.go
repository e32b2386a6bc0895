package nodeapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/eventlog"
	"github.com/ascli-go/ascli/sandbox/initiator"
	"github.com/ascli-go/ascli/sandbox/nodeapi"
	"github.com/ascli-go/ascli/sandbox/service"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/syncjob"
	"github.com/ascli-go/ascli/sandbox/world"
)

// TestMain makes this test program the stand-in for ascp when it is started as
// such: its first argument is then the management port.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-M" {
		os.Exit(ascp.Main(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// operatedNode is a node with all that it does beside files.
type operatedNode struct {
	*testNode
	ops  nodeapi.Operations
	port int // of its SSH server
}

func newOperatedNode(t testing.TB) *operatedNode {
	t.Helper()
	return openOperatedNode(t, t.TempDir())
}

// openOperatedNode opens a node over a data folder; it is closed at the end of
// the test.
func openOperatedNode(t testing.TB, folder string) *operatedNode {
	t.Helper()
	w, err := world.Open(folder)
	must(t, err)
	n := &operatedNode{testNode: &testNode{TB: t, world: w, folder: folder}}
	log := slog.New(slog.DiscardHandler)
	n.ops.Events, err = eventlog.Open(folder, log)
	must(t, err)
	w.Watch(n.ops.Events.FileChanged)
	n.ops.Transfers, err = activity.Open(folder, w.NodeID(), n.ops.Events.TransferChanged)
	must(t, err)
	n.ops.Services, err = service.Open(folder)
	must(t, err)
	n.ops.Syncs, err = syncjob.Open(folder, "")
	must(t, err)
	self, err := os.Executable()
	must(t, err)
	n.ops.Initiator = initiator.New(initiator.Config{Ascp: self, Temporary: t.TempDir(), Transfers: n.ops.Transfers})
	stop := n.serveSSH(log)
	n.handler = nodeapi.New(nodeapi.Config{World: w, SSHPort: n.port, Operations: &n.ops, Log: log})
	t.Cleanup(func() {
		n.ops.Initiator.Close()
		stop()
		must(t, errors.Join(n.ops.Transfers.Close(), n.ops.Events.Close(), n.ops.Services.Close(), n.ops.Syncs.Close(), w.Close()))
	})
	return n
}

// serveSSH starts the SSH server, for logins by password.
func (n *operatedNode) serveSSH(log *slog.Logger) (stop func()) {
	host, err := sshd.HostKey(filepath.Join(n.TempDir(), "host"))
	must(n, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(n, err)
	n.port = listener.Addr().(*net.TCPAddr).Port
	server := sshd.New(sshd.Config{Authority: n.world, HostKey: host, Transfers: n.ops.Transfers, Log: log})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	return func() {
		cancel()
		must(n, <-served)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// record enters a transfer of an owner, as a server would.
func (n *operatedNode) record(owner, direction string) *activity.Session {
	n.Helper()
	s, err := n.ops.Transfers.Start(activity.Opening{Owner: owner, Spec: activity.StartSpec{
		Direction: direction, SourcePaths: []string{"/a"}, Tags: json.RawMessage(`{"aspera":{"node":{"access_key":"` + owner + `"}}}`),
	}})
	must(n, err)
	return s
}
