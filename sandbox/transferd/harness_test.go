package transferd

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/world"
)

// TestMain makes this test program the stand-in for ascp when it is started as
// such.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "-M" || os.Args[1] == "-A") {
		os.Exit(ascp.Main(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is a server with files, and a daemon beside it.
type site struct {
	protocol.TransferServiceClient
	t testing.TB
	// files are those of the server, local is a folder of the client.
	files, local string
	port         int
	token        string
}

func newSite(t testing.TB, former bool) *site {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	w, err := world.Open(folder)
	check(t, err)
	s := &site{t: t, files: filepath.Join(folder, "files"), local: t.TempDir()}
	id, secret, _ := w.DefaultAccessKey()
	s.token = "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))

	_, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	check(t, err)
	bypass := pem.EncodeToMemory(block)
	signer, err := ssh.ParsePrivateKey(bypass)
	check(t, err)
	self, err := os.Executable()
	check(t, err)
	sdk := filepath.Join(folder, "sdk")
	check(t, ascp.Install(sdk, self, bypass))

	transfers, err := activity.Open(folder, w.NodeID(), nil)
	check(t, err)
	host, err := sshd.HostKey(filepath.Join(folder, "host"))
	check(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s.port = listener.Addr().(*net.TCPAddr).Port
	server := sshd.New(sshd.Config{
		Authority: w, HostKey: host, BypassKey: signer.PublicKey(), Transfers: transfers, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 2)
	go func() { served <- server.Serve(ctx, listener) }()
	said, stdout := io.Pipe()
	go func() { served <- configOf(sdk).serve(ctx, former, stdout) }()
	line, err := bufio.NewReader(said).ReadString('\n')
	check(t, err)
	address := regexp.MustCompile(`Info: API Server: Listening on (\S+) `).FindStringSubmatch(line)
	if address == nil {
		t.Fatalf("the daemon said %q", line)
	}
	conn, err := grpc.NewClient("passthrough:///"+address[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(t, err)
	s.TransferServiceClient = protocol.NewTransferServiceClient(conn)
	if former {
		s.TransferServiceClient = protocol.NewTransferServiceClient(protocol.Former(conn))
	}
	t.Cleanup(func() {
		check(t, conn.Close())
		cancel()
		check(t, <-served)
		check(t, <-served)
		check(t, transfers.Close())
		check(t, w.Close())
	})
	return s
}

func configOf(sdk string) config {
	c := config{Address: "127.0.0.1"}
	c.Runtime.UserDefined.Bin, c.Runtime.UserDefined.Etc = sdk, sdk
	return c
}

// spec is the JSON of a transfer spec to the server, with more fields.
func (s *site) spec(more map[string]any) string {
	s.t.Helper()
	fields := map[string]any{
		"direction": "send", "remote_host": "127.0.0.1", "ssh_port": s.port, "token": s.token, "destination_root": "/in", "create_dir": true,
	}
	for name, value := range more {
		fields[name] = value
	}
	text, err := json.Marshal(fields)
	check(s.t, err)
	return string(text)
}

func sources(paths ...string) []map[string]string {
	var list []map[string]string
	for _, p := range paths {
		list = append(list, map[string]string{"source": p})
	}
	return list
}

// file makes a local file.
func (s *site) file(name string, size int) string {
	s.t.Helper()
	path := filepath.Join(s.local, name)
	check(s.t, os.WriteFile(path, make([]byte, size), 0o600))
	return path
}

func (s *site) holds(name string, size int64) {
	s.t.Helper()
	info, err := os.Stat(filepath.Join(s.files, filepath.FromSlash(name)))
	if err != nil || info.Size() != size {
		s.t.Errorf("%s: %v, %v", name, info, err)
	}
}

// start starts a transfer and returns its id.
func (s *site) start(kind protocol.TransferType, spec string) string {
	s.t.Helper()
	answer, err := s.StartTransfer(s.context(), &protocol.TransferRequest{TransferType: kind, Config: &protocol.TransferConfig{}, TransferSpec: spec})
	check(s.t, err)
	if answer.GetStatus() != protocol.TransferStatus_QUEUED || answer.GetTransferId() == "" || answer.GetError() != nil {
		s.t.Fatalf("started: %v", answer)
	}
	return answer.GetTransferId()
}

// monitor tells the states of one transfer.
func (s *site) monitor(id string) grpc.ServerStreamingClient[protocol.TransferResponse] {
	s.t.Helper()
	stream, err := s.MonitorTransfers(s.context(), &protocol.RegistrationRequest{TransferId: []string{id}})
	check(s.t, err)
	return stream
}

// await reads states until one is as wanted.
func (s *site) await(stream grpc.ServerStreamingClient[protocol.TransferResponse], wanted func(*protocol.TransferResponse) bool) *protocol.TransferResponse {
	s.t.Helper()
	for {
		state, err := stream.Recv()
		check(s.t, err)
		if wanted(state) {
			return state
		}
		if isFinal(state.GetStatus()) {
			s.t.Fatalf("ended with %v", state)
		}
	}
}

func has(status protocol.TransferStatus) func(*protocol.TransferResponse) bool {
	return func(r *protocol.TransferResponse) bool { return r.GetStatus() == status }
}

// context bounds calls.
func (s *site) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	s.t.Cleanup(cancel)
	return ctx
}
