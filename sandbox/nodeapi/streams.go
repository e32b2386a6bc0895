package nodeapi

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// streamSpec is what a stream is started with (node.md 12.1). Nothing flows:
// see activity.CreateStream for what is real.
type streamSpec struct {
	Direction   grant.Direction `json:"direction"`
	Source      string          `json:"source"`
	Destination string          `json:"destination"`
	RemoteHost  string          `json:"remote_host"`
	RemoteUser  string          `json:"remote_user"`
	SSHPort     int             `json:"ssh_port"`
	RatePolicy  string          `json:"rate_policy"`
	TargetRate  int64           `json:"target_rate_kbps"`
	MinRate     int64           `json:"min_rate_kbps"`
	Token       string          `json:"token"`
	Tags        json.RawMessage `json:"tags"`
	Cookie      string          `json:"cookie"`
}

func (s streamSpec) check() error {
	switch {
	case s.Direction != grant.Send && s.Direction != grant.Receive:
		return refuse(http.StatusBadRequest, "direction is %q, not send or receive", s.Direction)
	case s.Source == "" || s.Destination == "":
		return refuse(http.StatusBadRequest, "source or destination is missing")
	case s.RemoteHost == "":
		return refuse(http.StatusBadRequest, "remote_host is missing")
	case s.TargetRate < 0 || s.MinRate < 0:
		return refuse(http.StatusBadRequest, "A rate is below zero")
	case s.RatePolicy != "" && !activity.RatePolicies[s.RatePolicy]:
		return refuse(http.StatusBadRequest, "rate_policy is %q, not fixed, high, fair or low", s.RatePolicy)
	}
	return nil
}

func createStream(x *exchange) error {
	var s streamSpec
	if err := x.decode(&s); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	id := uuid.NewString()
	err := x.node.Operations.Transfers.CreateStream(activity.Opening{
		Owner: x.caller.Account(), ID: id, Local: true, Spec: activity.StartSpec{
			SourcePaths: []string{s.Source}, DestinationPath: s.Destination, Direction: string(s.Direction), RemoteHost: s.RemoteHost,
			RemoteUser: s.RemoteUser, SSHPort: s.SSHPort, RatePolicy: s.RatePolicy, TargetRateKbps: s.TargetRate, MinRateKbps: s.MinRate,
			TokenType: activity.TokenType(s.Token), Tags: s.Tags, Cookie: s.Cookie,
		},
	})
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, struct {
		ID          string          `json:"id"`
		Direction   grant.Direction `json:"direction"`
		Source      string          `json:"source"`
		Destination string          `json:"destination"`
		RemoteHost  string          `json:"remote_host"`
		RemoteUser  string          `json:"remote_user"`
	}{id, s.Direction, s.Source, s.Destination, s.RemoteHost, s.RemoteUser})
}

// stream returns the id in the path of the request, if it is that of a stream.
func (x *exchange) stream() (string, error) {
	r, err := x.transfer()
	if err == nil && !r.Stream {
		err = activity.ErrUnknown
	}
	return r.Transfer.ID, err
}

func modifyStream(x *exchange) error {
	id, err := x.stream()
	if err != nil {
		return err
	}
	return x.modify(id)
}

func cancelStream(x *exchange) error {
	if _, err := x.stream(); err != nil {
		return err
	}
	return cancelTransfer(x)
}
