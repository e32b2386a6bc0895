package transferd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sandbox/initiator"
)

// peerTimeout bounds the look for a peer.
const peerTimeout = 5 * time.Second

// spec is a transfer spec of version 1 as the daemon takes it.
type spec struct{ initiator.Spec }

// parseSpec reads a transfer spec, with the daemon's names.
func parseSpec(text string) (spec, error) {
	var s spec
	if !json.Valid([]byte(text)) {
		// The error of the parser would repeat parts of the spec, which has secrets.
		return s, errors.New("the transfer spec is no JSON")
	}
	if err := json.Unmarshal([]byte(text), &s.Spec); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return s, fmt.Errorf("transfer spec: field %s is %s, expecting %s", wrong.Field, wrong.Value, wrong.Type)
		}
		return s, fmt.Errorf("transfer spec: %w", err)
	}
	if s.Resume != "" {
		name, known := initiator.ShortResumePolicy(s.Resume)
		if !known {
			return s, fmt.Errorf("transfer spec: resume_policy is %q, not none, attributes, sparse_checksum or full_checksum", s.Resume)
		}
		s.Resume = name
	}
	return s, nil
}

// Validate tells what is wrong with a transfer spec, and which fields are unknown.
func (d *daemon) Validate(_ context.Context, request *protocol.ValidationRequest) (*protocol.ValidationResponse, error) {
	s, err := parseSpec(request.GetTransferSpec())
	if err == nil {
		s.Keepalive = request.GetTransferType() == protocol.TransferType_FILE_PERSISTENT
		err = s.Check()
	}
	unknown := unknownFields(request.GetTransferSpec())
	return &protocol.ValidationResponse{
		ApiVersion: apiVersion, Valid: err == nil && len(unknown) == 0, ValidatorVersion: apiVersion, UnknownField: unknown, Error: problem(err),
	}, nil
}

// unknownFields lists the fields that the protocol's own description of a transfer
// spec does not have.
func unknownFields(text string) []string {
	var given map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &given) != nil {
		return nil
	}
	known := (&protocol.TransferSpecV1{}).ProtoReflect().Descriptor().Fields()
	var unknown []string
	for name := range given {
		found := false
		for i := range known.Len() {
			found = found || string(known.Get(i).Name()) == name
		}
		if !found {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// IsPeerReachable tries the SSH port of the server of a transfer spec.
func (d *daemon) IsPeerReachable(ctx context.Context, request *protocol.PeerCheckRequest) (*protocol.PeerCheckResponse, error) {
	answer := &protocol.PeerCheckResponse{ApiVersion: apiVersion}
	s, err := parseSpec(request.GetTransferSpec())
	if err == nil {
		err = s.Check()
	}
	if err == nil {
		err = reach(ctx, net.JoinHostPort(s.RemoteHost, strconv.Itoa(*s.SSHPort)))
	}
	answer.Reachable, answer.Error = err == nil, problem(err)
	return answer, nil
}

func reach(ctx context.Context, address string) error {
	dialer := net.Dialer{Timeout: peerTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
