package transferd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/initiator"
)

const (
	apiVersion = "v1"
	// askTimeout bounds the question to ascp for its version.
	askTimeout = 10 * time.Second
)

// daemon implements the service.
type daemon struct {
	protocol.UnimplementedTransferServiceServer
	config    config
	journal   *activity.Journal
	initiator *initiator.Initiator
	version   func() (string, error)
	board     *board
}

func newDaemon(c config) *daemon {
	return &daemon{config: c, board: newBoard(), version: sync.OnceValues(func() (string, error) { return askVersion(c) })}
}

// askVersion asks ascp for its version.
func askVersion(c config) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	program, _ := ascp.Installed(c.bin())
	said, err := exec.CommandContext(ctx, program, "-A").Output()
	if err != nil {
		return "", err
	}
	_, version, _ := strings.Cut(string(said), " version ")
	return strings.TrimSpace(version), nil
}

// StartTransfer starts a transfer and answers at once.
func (d *daemon) StartTransfer(_ context.Context, request *protocol.TransferRequest) (*protocol.StartTransferResponse, error) {
	answer := &protocol.StartTransferResponse{ApiVersion: apiVersion, TransferType: request.GetTransferType(), Status: protocol.TransferStatus_QUEUED}
	id, err := d.start(request)
	if err != nil {
		answer.Status, answer.Error = protocol.TransferStatus_FAILED, problem(err)
	}
	answer.TransferId = id
	return answer, nil
}

func (d *daemon) start(request *protocol.TransferRequest) (id string, err error) {
	if config := request.GetConfig(); config.GetRetry() != nil {
		return "", errors.New("config.retry is not offered by the sandbox's stand-in for the daemon")
	}
	kind := request.GetTransferType()
	if kind != protocol.TransferType_FILE_REGULAR && kind != protocol.TransferType_FILE_PERSISTENT {
		return "", fmt.Errorf("transfer type %s is not offered by the sandbox's stand-in for the daemon", kind)
	}
	spec, err := parseSpec(request.GetTransferSpec())
	if err != nil {
		return "", err
	}
	spec.Keepalive = kind == protocol.TransferType_FILE_PERSISTENT
	// Nobody is told of it before its first state is on the board.
	return d.board.open(kind, func() (string, error) { return d.initiator.Start(owner, "", spec.Spec) }, spec)
}

// StartTransferWithMonitor starts a transfer and tells its states to the end.
func (d *daemon) StartTransferWithMonitor(request *protocol.TransferRequest, stream grpc.ServerStreamingServer[protocol.TransferResponse]) error {
	id, err := d.start(request)
	if err != nil {
		return stream.Send(&protocol.TransferResponse{
			ApiVersion: apiVersion, TransferType: request.GetTransferType(), Status: protocol.TransferStatus_FAILED, Error: problem(err),
		})
	}
	return d.board.tell(stream, &protocol.RegistrationRequest{TransferId: []string{id}}, true)
}

// MonitorTransfers tells the states of transfers until the client goes: first those
// of now.
func (d *daemon) MonitorTransfers(request *protocol.RegistrationRequest, stream grpc.ServerStreamingServer[protocol.TransferResponse]) error {
	return d.board.tell(stream, request, false)
}

// QueryTransfer tells the present state of a transfer.
func (d *daemon) QueryTransfer(_ context.Context, request *protocol.TransferInfoRequest) (*protocol.QueryTransferResponse, error) {
	state, err := d.board.state(request.GetTransferId())
	if err != nil {
		return nil, err
	}
	return &protocol.QueryTransferResponse{
		ApiVersion: apiVersion, TransferId: state.GetTransferId(), Title: state.GetTitle(), TransferType: state.GetTransferType(),
		Status: state.GetStatus(), Error: state.GetError(), TransferInfo: state.GetTransferInfo(), Message: state.GetMessage(),
	}, nil
}

// ModifyTransfer changes the rates of a running transfer.
func (d *daemon) ModifyTransfer(_ context.Context, request *protocol.TransferModificationRequest) (*protocol.TransferModificationResponse, error) {
	state, err := d.board.state(request.GetTransferId())
	if err != nil {
		return nil, err
	}
	answer := &protocol.TransferModificationResponse{ApiVersion: apiVersion, TransferId: request.GetTransferId(), Status: state.GetStatus()}
	var change activity.Change
	err = json.Unmarshal([]byte(request.GetTransferSpec()), &change)
	if err == nil {
		change.Status = nil
		err = d.journal.Modify(request.GetTransferId(), change)
	}
	answer.Error = problem(err)
	return answer, nil
}

// AddTransferPaths adds sources to a persistent transfer.
func (d *daemon) AddTransferPaths(_ context.Context, request *protocol.TransferPathRequest) (*protocol.TransferPathResponse, error) {
	answer := &protocol.TransferPathResponse{ApiVersion: apiVersion, TransferId: request.GetTransferId()}
	for _, path := range request.GetTransferPath() {
		command := management.New(management.Start).Text("Source", path.GetSource())
		if path.GetDestination() != "" {
			command.Text("Destination", path.GetDestination())
		}
		if r := path.GetRange(); r.GetLength() > 0 {
			command.Text("FileBytes", fmt.Sprintf("%d:%d", r.GetOffset(), r.GetOffset()+r.GetLength()))
		}
		if err := d.tellPersistent(request.GetTransferId(), command); err != nil {
			answer.Error = problem(err)
			return answer, nil
		}
	}
	return answer, nil
}

// LockPersistentTransfer ends a persistent transfer after what was added.
func (d *daemon) LockPersistentTransfer(_ context.Context, request *protocol.LockPersistentTransferRequest) (*protocol.LockPersistentTransferResponse, error) {
	err := d.tellPersistent(request.GetTransferId(), management.New(management.Done).Text("Operation", "Linger"))
	return &protocol.LockPersistentTransferResponse{ApiVersion: apiVersion, TransferId: request.GetTransferId(), Error: problem(err)}, nil
}

func (d *daemon) tellPersistent(id string, command *management.Message) error {
	state, err := d.board.state(id)
	if err != nil {
		return err
	}
	if state.GetTransferType() != protocol.TransferType_FILE_PERSISTENT {
		return fmt.Errorf("transfer %s is not persistent", id)
	}
	return d.initiator.Tell(id, command)
}

// StopTransfer stops transfers, after a delay if there is one.
func (d *daemon) StopTransfer(_ context.Context, request *protocol.StopTransferRequest) (*protocol.StopTransferResponse, error) {
	answer := &protocol.StopTransferResponse{ApiVersion: apiVersion}
	for _, id := range request.GetTransferId() {
		_, err := d.journal.Get(id)
		if err == nil {
			err = d.stop(id, request.GetDelay())
		}
		answer.StopResult = append(answer.StopResult, &protocol.StopInfo{TransferId: id, Stopped: err == nil, Error: problem(err)})
	}
	return answer, nil
}

func (d *daemon) stop(id string, delay int64) error {
	if delay < 0 || delay > math.MaxInt32 {
		return fmt.Errorf("delay %d is no number of seconds", delay)
	}
	if delay == 0 {
		return d.journal.Cancel(id)
	}
	// One that ends before needs no stop.
	time.AfterFunc(time.Duration(delay)*time.Second, func() { _ = d.journal.Cancel(id) })
	return nil
}

// GetAPIVersion tells the versions of the protocol.
func (d *daemon) GetAPIVersion(context.Context, *protocol.APIVersionRequest) (*protocol.APIVersionResponse, error) {
	return &protocol.APIVersionResponse{SupportedVersions: []string{apiVersion}}, nil
}

// GetInfo tells which ascp is used.
func (d *daemon) GetInfo(context.Context, *protocol.InstanceInfoRequest) (*protocol.InstanceInfoResponse, error) {
	program, _ := ascp.Installed(d.config.bin())
	version, err := d.version()
	return &protocol.InstanceInfoResponse{ApiVersion: apiVersion, Info: &protocol.InstanceInfo{
		AsperaInfo: []*protocol.AsperaInfo{{
			AsperaBinary: filepath.ToSlash(program), AsperaVersion: version, OperatingSystem: runtime.GOOS, Error: problem(err),
		}},
		LicenseInfo: &protocol.LicenseInfo{License: "none: the sandbox's stand-in"},
	}}, nil
}

// problem is an error as answers tell it, nil for none.
func problem(err error) *protocol.Error {
	if err == nil {
		return nil
	}
	const codeASCP = 2 // spec management.md section 7
	return &protocol.Error{Code: codeASCP, Description: err.Error()}
}

// errUnknown is the status of calls about a transfer that is not there.
func errUnknown(id string) error {
	return status.Errorf(codes.NotFound, "no transfer %s", id)
}
