package nodeapi

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/world"
)

const (
	// transferHost is where transfers go: the sandbox is on loopback only.
	transferHost = "127.0.0.1"
	// transferUser is the SSH user of transfers authorized by a token.
	transferUser = "xfer"
	// tokenLife of a transfer token, if the request does not say.
	tokenLife = 24 * time.Hour
	// maxTokenLife keeps the arithmetic of dates far from overflow.
	maxTokenLife = 365 * 24 * time.Hour
)

// transferRequest is what a client asks to be authorized (OpenAPI,
// token-transfer-request-body).
type transferRequest struct {
	Paths            []transferPath  `json:"paths"`
	SourceRoot       string          `json:"source_root"`
	DestinationRoot  string          `json:"destination_root"`
	TokenLifeSeconds *int64          `json:"token_life_seconds"`
	Tags             json.RawMessage `json:"tags"`
	Cookie           string          `json:"cookie"`
	// Type of a synchronization: one of the sync types below.
	Type string `json:"type"`
	// PublicKeys is an SSH key, a line of OpenSSH, which the client will log in
	// with (node.md 9, dynamic key).
	PublicKeys string `json:"public_keys"`
}

type transferPath struct {
	Source      string `json:"source,omitempty"`
	Destination string `json:"destination,omitempty"`
}

// transferSpec is what a client needs to start a transfer (node.md S3.2).
type transferSpec struct {
	Paths             []transferPath  `json:"paths"`
	SourceRoot        string          `json:"source_root"`
	DestinationRoot   string          `json:"destination_root"`
	Token             string          `json:"token"`
	Direction         grant.Direction `json:"direction,omitempty"` // absent for a synchronization both ways
	Type              string          `json:"type,omitempty"`      // of a synchronization
	Cipher            string          `json:"cipher"`
	Tags              json.RawMessage `json:"tags,omitempty"`
	Cookie            string          `json:"cookie,omitempty"`
	RatePolicyAllowed string          `json:"rate_policy_allowed"`
	RatePolicy        string          `json:"rate_policy"`
	TargetRateKbps    int             `json:"target_rate_kbps"`
	MinRateKbps       int             `json:"min_rate_kbps"`
	RemoteHost        string          `json:"remote_host"`
	RemoteUser        string          `json:"remote_user"`
	SSHPort           int             `json:"ssh_port"`
	FASPPort          int             `json:"fasp_port"`
	HTTPFallback      bool            `json:"http_fallback"`
	WSSEnabled        bool            `json:"wss_enabled"`
	WSSPort           int             `json:"wss_port"`
}

// transferAnswer is the answer to one transfer request: one of both.
type transferAnswer struct {
	TransferSpec *transferSpec `json:"transfer_spec,omitempty"`
	Error        *errorBody    `json:"error,omitempty"`
}

func uploadSetup(x *exchange) error   { return x.setup(x.authorizeUpload) }
func downloadSetup(x *exchange) error { return x.setup(x.authorizeDownload) }
func syncSetup(x *exchange) error     { return x.setup(x.authorizeSync) }

// setup answers 200 in any case; a refused request is told in its own element
// (node.md S2).
func (x *exchange) setup(authorize func(transferRequest) (*transferSpec, error)) error {
	var request struct {
		TransferRequests []struct {
			TransferRequest transferRequest `json:"transfer_request"`
		} `json:"transfer_requests"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	if request.TransferRequests == nil {
		return refuse(http.StatusBadRequest, "transfer_requests is missing")
	}
	answers := make([]transferAnswer, len(request.TransferRequests))
	for i, asked := range request.TransferRequests {
		spec, err := authorize(asked.TransferRequest)
		if err == nil {
			err = x.keepDynamicKey(asked.TransferRequest)
		}
		if err != nil {
			answers[i].Error = x.explain(err)
			continue
		}
		answers[i].TransferSpec = spec
	}
	return x.json(http.StatusOK, map[string]any{"transfer_specs": answers})
}

// authorizeUpload allows to write below one folder, which need not exist: the
// transfer can create it. Without a destination root it is the destination of
// the first path.
func (x *exchange) authorizeUpload(asked transferRequest) (*transferSpec, error) {
	destination := asked.DestinationRoot
	if destination == "" && len(asked.Paths) > 0 {
		destination = asked.Paths[0].Destination
	}
	if destination == "" {
		return nil, refuse(http.StatusBadRequest, "An upload needs destination_root, or a destination in its first path")
	}
	if err := x.mayBeMissing(destination); err != nil {
		return nil, err
	}
	life, err := asked.tokenLife()
	if err != nil {
		return nil, err
	}
	token, err := x.files.UploadToken(destination, life)
	if err != nil {
		return nil, err
	}
	spec := x.transferSpec(asked, grant.Send, token)
	spec.DestinationRoot = destination
	return spec, nil
}

// authorizeDownload allows to read the given paths, which must exist.
func (x *exchange) authorizeDownload(asked transferRequest) (*transferSpec, error) {
	if len(asked.Paths) == 0 {
		return nil, refuse(http.StatusBadRequest, "A download needs paths")
	}
	sources := make([]string, len(asked.Paths))
	for i, p := range asked.Paths {
		if p.Source == "" {
			return nil, refuse(http.StatusBadRequest, "The source of a path is missing")
		}
		sources[i] = p.Source
		if asked.SourceRoot != "" {
			sources[i] = path.Join(asked.SourceRoot, p.Source)
		}
		source, err := x.files.Stat(world.Path(sources[i]))
		if err != nil {
			return nil, err
		}
		if err := x.files.Permit(source.ID, world.MayRead); err != nil {
			return nil, err
		}
	}
	life, err := asked.tokenLife()
	if err != nil {
		return nil, err
	}
	token, err := x.files.DownloadToken(sources, life)
	if err != nil {
		return nil, err
	}
	return x.transferSpec(asked, grant.Receive, token), nil
}

// mayBeMissing refuses a path that cannot become a file here.
func (x *exchange) mayBeMissing(name string) error {
	_, err := x.files.Stat(world.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// keepDynamicKey lets the SSH key of a request log in as long as its token lives.
func (x *exchange) keepDynamicKey(asked transferRequest) error {
	if asked.PublicKeys == "" {
		return nil
	}
	life, err := asked.tokenLife()
	if err != nil {
		return err
	}
	_, err = x.node.World.RegisterPublicKey(x.caller, asked.PublicKeys, life)
	return err
}

func (x *exchange) transferSpec(asked transferRequest, direction grant.Direction, token string) *transferSpec {
	return &transferSpec{
		Paths: asked.Paths, SourceRoot: asked.SourceRoot, DestinationRoot: asked.DestinationRoot,
		Token: token, Direction: direction, Cipher: "aes-128", Tags: asked.Tags, Cookie: asked.Cookie,
		RatePolicyAllowed: "fixed", RatePolicy: "fair", TargetRateKbps: 10_000_000,
		RemoteHost: transferHost, RemoteUser: transferUser, SSHPort: x.node.SSHPort, FASPPort: x.node.SSHPort,
		WSSEnabled: x.node.WSSPort > 0, WSSPort: x.node.wssPort(),
	}
}

func (t transferRequest) tokenLife() (time.Duration, error) {
	switch {
	case t.TokenLifeSeconds == nil:
		return tokenLife, nil
	case *t.TokenLifeSeconds <= 0:
		return 0, refuse(http.StatusBadRequest, "token_life_seconds must be above zero")
	case *t.TokenLifeSeconds > int64(maxTokenLife/time.Second):
		return maxTokenLife, nil
	}
	return time.Duration(*t.TokenLifeSeconds) * time.Second, nil
}
