package sdk

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestSteering(t *testing.T) {
	var s steering
	command := record.New("type", "RATE")
	takes := func(sessions int, err error) CommandTaker {
		return func(got *record.Object) (int, error) {
			if got != command {
				t.Errorf("got %s", record.JSON(got))
			}
			return sessions, err
		}
	}
	expect := func(when string, sessions int, message string) {
		t.Helper()
		got, err := s.send(command)
		if got != sessions || message == "" != (err == nil) || err != nil && err.Error() != message {
			t.Errorf("%s: sent to %d, %v", when, got, err)
		}
	}
	expect("nothing runs", 0, "")
	accept, leave := s.enter("direct")
	accept(takes(2, nil))
	expect("one job", 2, "")
	other, leaveOther := s.enter("direct")
	other(takes(1, errors.New("one session is lost")))
	expect("two jobs, one session lost", 3, "one session is lost")
	leave()
	leaveOther()
	expect("nothing runs any more", 0, "")
	_, leave = s.enter("httpgw")
	defer leave()
	expect("an agent that takes none", 0, "agent httpgw takes no commands: agent direct does, which runs ascp")
}

// before is a transfer plugin that does not know commands, as gRPC makes it answer.
type before struct {
	ascliv1.TransferAgentClient
	server ascliv1.UnimplementedTransferAgentServer
}

func (b before) Command(ctx context.Context, r *ascliv1.CommandRequest, _ ...grpc.CallOption) (*ascliv1.CommandResponse, error) {
	return b.server.Command(ctx, r)
}

func TestPluginWithoutCommands(t *testing.T) {
	_, err := SendCommand(t.Context(), before{}, record.New("type", "RATE"))
	if err == nil || err.Error() != "the transfer plugin takes no commands: it is older than this program" {
		t.Errorf("error is %v", err)
	}
}
