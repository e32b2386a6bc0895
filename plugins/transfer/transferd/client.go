package transferd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// callTimeout bounds each call but the monitoring of a transfer.
	callTimeout = 15 * time.Second
	// dialTimeout bounds the look for a daemon.
	dialTimeout = 5 * time.Second
	// maxAnswer bounds an answer, bytes.
	maxAnswer = 64 << 20
)

// errNotRunning: nothing listens at the address.
var errNotRunning = errors.New("no transfer daemon listens")

// client speaks to a daemon (spec/transfer.md 9.3).
type client struct {
	address string
	conn    *grpc.ClientConn
	service protocol.TransferServiceClient
}

// connect opens the connection to the daemon at an address. The error wraps
// errNotRunning when nobody listens there. Who gets a client closes it.
func connect(ctx context.Context, address string) (*client, error) {
	if err := probe(ctx, address); err != nil {
		return nil, fmt.Errorf("%w at %s: %w", errNotRunning, address, err)
	}
	conn, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithNoProxy(), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)))
	if err != nil {
		return nil, transfer.Errorf("transfer daemon at %s: %w", address, err)
	}
	c := &client{address: address, conn: conn, service: protocol.NewTransferServiceClient(conn)}
	if err := c.greet(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// probe tries whether somebody listens at an address.
func probe(ctx context.Context, address string) error {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (c *client) close() { _ = c.conn.Close() }

// greet finds out by which name the service goes.
func (c *client) greet(ctx context.Context) error {
	err := c.info(ctx)
	if status.Code(err) == codes.Unimplemented {
		c.service = protocol.NewTransferServiceClient(protocol.Former(c.conn))
		err = c.info(ctx)
	}
	if err != nil {
		return c.failed("GetInfo", err)
	}
	return nil
}

func (c *client) info(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := c.service.GetInfo(ctx, &protocol.InstanceInfoRequest{})
	return err
}

// failed is the error of a call that the daemon did not answer.
func (c *client) failed(method string, err error) *transfer.Error {
	said := status.Convert(err)
	failure := transfer.Errorf("transfer daemon at %s: %s: %s", c.address, method, said.Message())
	switch said.Code() {
	case codes.Unimplemented:
		failure.Message = fmt.Sprintf("what listens at %s is no transfer daemon: %s", c.address, said.Message())
	case codes.Unavailable, codes.DeadlineExceeded:
		failure.Retryable = true
	}
	failure.Cause = err
	return failure
}

// start starts a transfer and returns its id.
func (c *client) start(ctx context.Context, spec *record.Object) (id string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	text := string(record.JSON(spec))
	answer, err := c.service.StartTransfer(ctx, &protocol.TransferRequest{
		TransferType: protocol.TransferType_FILE_REGULAR, Config: &protocol.TransferConfig{}, TransferSpec: text,
	})
	if err != nil {
		return "", c.failed("StartTransfer", err)
	}
	if answer.GetStatus() == protocol.TransferStatus_FAILED || answer.GetTransferId() == "" {
		said := answer.GetError()
		failed := transfer.FromCode(int(said.GetCode()), said.GetDescription())
		if unknown := c.unknownFields(ctx, text); len(unknown) > 0 {
			failed.Message += fmt.Sprintf(" (fields that the transfer daemon does not know: %q)", unknown)
		}
		return "", failed
	}
	return answer.GetTransferId(), nil
}

// unknownFields asks the daemon which fields of a spec it does not know. The
// answer only adds to an error: there may be none.
func (c *client) unknownFields(ctx context.Context, spec string) []string {
	answer, err := c.service.Validate(ctx, &protocol.ValidationRequest{TransferSpec: spec, TransferType: protocol.TransferType_FILE_REGULAR})
	if err != nil {
		return nil
	}
	return answer.GetUnknownField()
}

// query asks for the present state of a transfer, as monitoring tells it.
func (c *client) query(ctx context.Context, id string) (*protocol.TransferResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	answer, err := c.service.QueryTransfer(ctx, &protocol.TransferInfoRequest{TransferId: id})
	if err != nil {
		return nil, err
	}
	return &protocol.TransferResponse{
		TransferId: answer.GetTransferId(), Status: answer.GetStatus(), Error: answer.GetError(),
		TransferInfo: answer.GetTransferInfo(), Message: answer.GetMessage(),
	}, nil
}

// stop asks the daemon to stop a transfer.
func (c *client) stop(ctx context.Context, id string) error {
	answer, err := c.service.StopTransfer(ctx, &protocol.StopTransferRequest{TransferId: []string{id}})
	if err != nil {
		return err
	}
	for _, result := range answer.GetStopResult() {
		if result.GetTransferId() == id && !result.GetStopped() {
			return errors.New(result.GetError().GetDescription())
		}
	}
	return nil
}

// monitor tells the states of a transfer until ctx ends.
func (c *client) monitor(ctx context.Context, id string) (grpc.ServerStreamingClient[protocol.TransferResponse], error) {
	return c.service.MonitorTransfers(ctx, &protocol.RegistrationRequest{TransferId: []string{id}})
}
