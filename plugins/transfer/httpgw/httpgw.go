// Package httpgw is the agent that transfers through an Aspera HTTP Gateway,
// over HTTPS only (spec/transfer.md 12).
package httpgw

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// idleTimeout bounds each wait for the gateway: for an answer, an
	// acknowledgement, room to send, bytes to receive; unless http_options has
	// read_timeout.
	idleTimeout = 60 * time.Second
	// maxChunk bounds the memory that a user can ask for with upload_chunk_size.
	maxChunk = 64 << 20
)

// Versions of the upload protocol.
const (
	versionV1 = "v1"
	versionV2 = "v2"
)

// Agent transfers through a gateway.
type Agent struct {
	idle time.Duration
}

// New returns the agent.
func New() *Agent { return &Agent{idle: idleTimeout} }

// parameters is transfer_info (spec/transfer.md 12.1).
type parameters struct {
	url         string
	version     string
	chunk       int64
	synchronous bool
}

// job is a transfer with one gateway.
type job struct {
	root     string
	spec     *record.Object
	params   parameters
	idle     time.Duration
	client   *http.Client
	progress *agent.Progress
	log      *slog.Logger
}

// Run implements [agent.Agent]. A job is one session.
func (a *Agent) Run(ctx context.Context, order agent.Job, emit func(transfer.Event)) ([]error, error) {
	params, err := parseParameters(order.Info)
	if err != nil {
		return nil, err
	}
	root, err := transfer.GatewayRoot(params.url)
	if err != nil {
		return nil, err
	}
	spec, err := checkSpec(order.Spec)
	if err != nil {
		return nil, err
	}
	transport, idle := order.Env.HTTPTransport(), a.idle
	if read := transport.ResponseHeaderTimeout; read > 0 {
		idle = read // the user's read_timeout
	}
	j := &job{
		root: root, spec: spec, params: params, idle: idle,
		client:   newClient(transport, idle),
		progress: agent.NewProgress(uuid.NewString(), emit),
		log:      order.Env.Logger(),
	}
	defer j.client.CloseIdleConnections()
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})
	err = j.run(ctx)
	j.progress.End()
	if err != nil && ctx.Err() != nil {
		err = agent.Interrupted(ctx)
	}
	return []error{err}, nil
}

func (j *job) run(ctx context.Context) error {
	if j.spec.Text(transfer.FieldDirection) == string(transfer.Receive) {
		return j.download(ctx)
	}
	version, err := j.chooseVersion(ctx)
	if err != nil {
		return err
	}
	return j.upload(ctx, version)
}

func parseParameters(info *record.Object) (parameters, error) {
	p := parameters{version: versionV2, chunk: 64000}
	err := agent.Parameters{
		"url":               agent.Text(&p.url),
		"api_version":       agent.Text(&p.version, versionV1, versionV2),
		"upload_chunk_size": agent.Count(&p.chunk),
		"synchronous":       agent.Bool(&p.synchronous),
	}.Decode(info)
	switch {
	case err != nil:
		return p, err
	case p.url == "":
		return p, failure.Argumentf("missing mandatory parameter of agent httpgw: url").
			Hint(`Give it with --transfer-info=@json:'{"url":"https://<address of the gateway>"}'`)
	case p.chunk < 1 || p.chunk > maxChunk:
		return p, failure.Argumentf("upload_chunk_size shall be from 1 to %d bytes", maxChunk)
	}
	return p, nil
}

// checkSpec returns a copy of the spec that has all that a gateway needs.
func checkSpec(spec *record.Object) (*record.Object, error) {
	spec = record.DropNulls(spec.Clone())
	direction := spec.Text(transfer.FieldDirection)
	sources, err := transfer.SourcesOf(spec)
	switch {
	case err != nil:
		return nil, err
	case direction != string(transfer.Send) && direction != string(transfer.Receive):
		return nil, failure.Argumentf("Enum value %s is not allowed for direction", direction)
	case len(sources) == 0:
		return nil, failure.Argumentf("Missing mandatory parameter: paths")
	case spec.Text(transfer.FieldToken) == "":
		return nil, failure.Argumentf("only token based transfer is supported in GW")
	}
	if !spec.Has(transfer.FieldAuthentication) {
		spec.Set(transfer.FieldAuthentication, "token")
	}
	return spec, nil
}

// chooseVersion asks the gateway which upload protocols it has, and returns the one
// to speak. Each gateway has v1.
func (j *job) chooseVersion(ctx context.Context) (string, error) {
	info, err := j.call(ctx, http.MethodGet, "v1/info", nil)
	if err != nil {
		return "", err
	}
	value, ok := info.Get("endpoints")
	endpoints, isList := value.([]any)
	if !ok || !isList {
		return "", transfer.Errorf("%s/v1/info does not list the endpoints of the gateway: is it the address of a gateway?", j.root)
	}
	if j.params.version == versionV1 {
		return versionV1, nil
	}
	for _, e := range endpoints {
		if s, _ := e.(string); strings.Contains(s, j.params.version) {
			return j.params.version, nil
		}
	}
	j.log.Warn("API version " + j.params.version + " not supported, reverting to " + versionV1)
	return versionV1, nil
}
