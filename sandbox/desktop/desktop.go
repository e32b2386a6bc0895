// Package desktop is the local API of IBM Aspera for Desktop: JSON-RPC 2.0 over
// HTTP, with transfers that are made by a [clientapp.Client] (transfer.md section
// 10.2; methods of IBM's @ibm-aspera/sdk).
package desktop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/clientapp"
)

const (
	// version is the one that the API says to be of.
	version = "1.0.20"
	// rpcVersion is that of JSON-RPC, in each message.
	rpcVersion = "2.0"
	// maxBody bounds a request, bytes.
	maxBody = 32 << 20
)

// Codes of errors (JSON-RPC 2.0, section 5.1). codeServer is of the range for
// servers.
const (
	codeParse   = -32700
	codeRequest = -32600
	codeMethod  = -32601
	codeParams  = -32602
	codeServer  = -32000
)

// Config is what an API needs.
type Config struct {
	Client *clientapp.Client
	Log    *slog.Logger
}

// request is one call.
type request struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// response is the answer to a call: Result or Error.
type response struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result,omitempty"`
	Error   *failure        `json:"error,omitempty"`
}

// failure is the error of a call.
type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (f *failure) Error() string { return f.Message }

// api serves one Aspera for Desktop.
type api struct {
	config  Config
	methods map[string]method
}

// method makes the result of a call.
type method func(ctx context.Context, params parameters) (any, error)

// New returns the API.
func New(config Config) http.Handler {
	a := &api{config: config}
	a.methods = a.table()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", a.serve)
	return clientapp.Guard(mux)
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	answer := response{Version: rpcVersion, ID: json.RawMessage("null")}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var asked request
	if err == nil {
		asked, err = readRequest(body)
	}
	if len(asked.ID) > 0 {
		answer.ID = asked.ID
	}
	var result any
	if err == nil {
		result, err = a.call(r.Context(), asked)
	}
	if err == nil {
		answer.Result = result
	} else {
		answer.Error = failureOf(err)
		a.config.Log.Info("refused", "method", asked.Method, "error", err)
	}
	w.Header().Set("Content-Type", "application/json")
	// Whoever is gone needs no answer.
	_ = json.NewEncoder(w).Encode(answer)
}

func readRequest(body []byte) (request, error) {
	var asked request
	if err := json.Unmarshal(body, &asked); err != nil {
		return request{}, &failure{codeParse, "Parse error: " + err.Error()}
	}
	switch {
	case asked.Version != rpcVersion:
		return asked, &failure{codeRequest, "Invalid Request: jsonrpc is not " + rpcVersion}
	case asked.Method == "":
		return asked, &failure{codeRequest, "Invalid Request: method is missing"}
	case len(asked.ID) == 0:
		return asked, &failure{codeRequest, "Invalid Request: id is missing"}
	}
	return asked, nil
}

func (a *api) call(ctx context.Context, asked request) (any, error) {
	do, known := a.methods[asked.Method]
	if !known {
		return nil, &failure{codeMethod, "Method not found: " + asked.Method}
	}
	params, err := readParameters(asked.Params)
	if err != nil {
		return nil, err
	}
	return do(ctx, params)
}

// parameters are those of all methods.
type parameters struct {
	AppID string `json:"app_id"`
	ID    string `json:"transfer_id"`
	How   struct {
		WholePath bool `json:"use_absolute_destination_path"`
	} `json:"desktop_spec"`
	Spec json.RawMessage `json:"transfer_spec"`
}

// readParameters reads an object, or what stands for none: nothing, null or an
// empty array.
func readParameters(text json.RawMessage) (parameters, error) {
	var p parameters
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '[' {
		var list []any
		if err := json.Unmarshal(trimmed, &list); err != nil || len(list) > 0 {
			return p, &failure{codeParams, "Invalid params: give them by name"}
		}
		return p, nil
	}
	if len(text) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, &failure{codeParams, "Invalid params: " + err.Error()}
	}
	return p, nil
}

// failureOf gives an error its code.
func failureOf(err error) *failure {
	if known, ok := errors.AsType[*failure](err); ok {
		return known
	}
	if errors.Is(err, clientapp.ErrRequest) || errors.Is(err, activity.ErrUnknown) || errors.Is(err, activity.ErrRefused) {
		return &failure{codeParams, fmt.Sprintf("Invalid params: %v", err)}
	}
	return &failure{codeServer, err.Error()}
}
