package transferd

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// fake is a daemon with one transfer, t1. Each monitoring of it plays the next of
// streams; the last one stays.
type fake struct {
	protocol.UnimplementedTransferServiceServer
	// refusal is the answer to StartTransfer, nil for success.
	refusal *protocol.StartTransferResponse
	unknown []string
	streams []stream
	// query is the answer to QueryTransfer; nil: the daemon does not know t1.
	query *protocol.QueryTransferResponse

	port  int
	mutex sync.Mutex
	spec  string
	calls []string
}

// stream is what one monitoring tells: states, then an error; with hold it stays
// open until the client goes, or the transfer is stopped.
type stream struct {
	states []*protocol.TransferResponse
	err    error
	hold   bool
}

func state(s protocol.TransferStatus, more ...func(*protocol.TransferResponse)) *protocol.TransferResponse {
	r := &protocol.TransferResponse{TransferId: "t1", Status: s}
	for _, change := range more {
		change(r)
	}
	return r
}

func moved(bytes int64) func(*protocol.TransferResponse) {
	return func(r *protocol.TransferResponse) { r.TransferInfo = &protocol.TransferInfo{BytesTransferred: bytes} }
}

func sized(bytes int64) func(*protocol.TransferResponse) {
	return func(r *protocol.TransferResponse) {
		r.SessionInfo = &protocol.SessionTransferInformation{PreTransferBytes: bytes}
	}
}

func says(message string) func(*protocol.TransferResponse) {
	return func(r *protocol.TransferResponse) { r.Message = message }
}

// serve serves the fake; former: by the name of the older package.
func (f *fake) serve(t *testing.T, former bool) *fake {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.port = listener.Addr().(*net.TCPAddr).Port
	server := grpc.NewServer()
	service := &protocol.TransferService_ServiceDesc
	if former {
		service = protocol.FormerService()
	}
	server.RegisterService(service, f)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *fake) called(name string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.calls = append(f.calls, name)
}

func (f *fake) count(name string) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	n := 0
	for _, call := range f.calls {
		if call == name {
			n++
		}
	}
	return n
}

func (f *fake) GetInfo(context.Context, *protocol.InstanceInfoRequest) (*protocol.InstanceInfoResponse, error) {
	return &protocol.InstanceInfoResponse{}, nil
}

func (f *fake) Validate(context.Context, *protocol.ValidationRequest) (*protocol.ValidationResponse, error) {
	return &protocol.ValidationResponse{UnknownField: f.unknown}, nil
}

func (f *fake) StartTransfer(_ context.Context, request *protocol.TransferRequest) (*protocol.StartTransferResponse, error) {
	f.called("start")
	f.mutex.Lock()
	f.spec = request.GetTransferSpec()
	f.mutex.Unlock()
	if f.refusal != nil {
		return f.refusal, nil
	}
	return &protocol.StartTransferResponse{TransferId: "t1", Status: protocol.TransferStatus_QUEUED}, nil
}

func (f *fake) MonitorTransfers(_ *protocol.RegistrationRequest, out grpc.ServerStreamingServer[protocol.TransferResponse]) error {
	f.called("monitor")
	f.mutex.Lock()
	s := f.streams[0]
	if len(f.streams) > 1 {
		f.streams = f.streams[1:]
	}
	f.mutex.Unlock()
	for _, state := range s.states {
		if err := out.Send(state); err != nil {
			return err
		}
	}
	if s.hold {
		<-out.Context().Done()
	}
	return s.err
}

func (f *fake) QueryTransfer(context.Context, *protocol.TransferInfoRequest) (*protocol.QueryTransferResponse, error) {
	f.called("query")
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.query == nil {
		return nil, status.Error(codes.NotFound, "no transfer t1")
	}
	return f.query, nil
}

func (f *fake) StopTransfer(_ context.Context, request *protocol.StopTransferRequest) (*protocol.StopTransferResponse, error) {
	f.called("stop")
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.query = &protocol.QueryTransferResponse{TransferId: "t1", Status: protocol.TransferStatus_CANCELED}
	return &protocol.StopTransferResponse{StopResult: []*protocol.StopInfo{{TransferId: request.GetTransferId()[0], Stopped: true}}}, nil
}

// trial is a job with a fake, and what came of it.
type trial struct {
	agent *Agent
	// during is called for each event.
	during func(transfer.Event)

	log    bytes.Buffer
	mutex  sync.Mutex
	events []transfer.Event
}

func newTrial() *trial {
	a := New()
	a.silence, a.misses = 5*time.Millisecond, 3
	a.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return &trial{agent: a}
}

const upload = `{"direction":"send","remote_host":"h","paths":[{"source":"/data/a"}],"resume_policy":"sparse_csum"}`

func (tr *trial) run(ctx context.Context, t *testing.T, f *fake, spec string) ([]error, error) {
	t.Helper()
	parsed, err := record.ParseObject([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	return tr.agent.Run(ctx, agent.Job{
		Spec: parsed, Info: record.New("url", ":"+strconv.Itoa(f.port), "start", false),
		Env: agent.Env{Log: slog.New(slog.NewTextHandler(&tr.log, &slog.HandlerOptions{Level: slog.LevelDebug}))},
	}, func(e transfer.Event) {
		tr.mutex.Lock()
		tr.events = append(tr.events, e)
		tr.mutex.Unlock()
		if tr.during != nil {
			tr.during(e)
		}
	})
}
