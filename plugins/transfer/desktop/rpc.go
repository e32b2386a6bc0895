package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync/atomic"

	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// rpcVersion is that of JSON-RPC, in each message.
const rpcVersion = "2.0"

// caller calls the methods of a JSON-RPC server.
type caller struct {
	api *rest.Client
	// last is the id of the last request.
	last atomic.Int64
}

// object calls a method whose result is an object.
func (c *caller) object(ctx context.Context, method string, params *record.Object) (*record.Object, error) {
	result, err := c.call(ctx, method, params)
	if err != nil {
		return nil, err
	}
	o, ok := result.(*record.Object)
	if !ok {
		return nil, failure.Otherf("RuntimeError", "%s: expecting an object as result, got %s", method, record.TypeName(result))
	}
	return o, nil
}

// call calls a method. params nil means that it has none. What the server refuses
// is a [*localapp.Refusal].
func (c *caller) call(ctx context.Context, method string, params *record.Object) (any, error) {
	id := c.last.Add(1)
	request := record.New("jsonrpc", rpcVersion, "method", method, "params", []any{}, "id", id)
	if params != nil {
		request.Set("params", params)
	}
	answer, err := c.api.Post(ctx, "/", request)
	value := any(nil)
	var refused *rest.Error
	switch {
	case err == nil:
		value = answer.Value
	case errors.As(err, &refused) && isResponse(refused.Answer):
		// Some servers give errors of methods an HTTP status of their own.
		value = refused.Answer
	default:
		return nil, err
	}
	result, err := readResponse(value, id)
	if err != nil {
		var refusal *localapp.Refusal
		if errors.As(err, &refusal) {
			return nil, failure.Otherf("RuntimeError", "%w", err)
		}
		return nil, failure.Otherf("RuntimeError", "%s: not a response of JSON-RPC: %w", method, err)
	}
	return result, nil
}

func isResponse(value any) bool {
	o, _ := value.(*record.Object)
	return o.Text("jsonrpc") != ""
}

// readResponse checks a response (spec/transfer.md 10.2) and returns its result.
func readResponse(value any, id int64) (any, error) {
	o, ok := value.(*record.Object)
	if !ok {
		return nil, errors.New("it is no JSON object")
	}
	result, good := o.Get("result")
	wrong, bad := o.Get("error")
	answered, _ := o.Get("id")
	switch {
	case o.Text("jsonrpc") != rpcVersion:
		return nil, errors.New("jsonrpc is not " + rpcVersion)
	case !o.Has("id"):
		return nil, errors.New("it has no id")
	case good && bad:
		return nil, errors.New("it has both result and error")
	case bad:
		return nil, readError(wrong)
	case !good:
		return nil, errors.New("it has neither result nor error")
	case answered != json.Number(strconv.FormatInt(id, 10)):
		return nil, errors.New("its id is not that of the request")
	}
	return result, nil
}

// readError returns the refusal that a response tells.
func readError(value any) error {
	o, _ := value.(*record.Object)
	code, whole := o.Int("code")
	message, exists := o.Get("message")
	text, isText := message.(string)
	if !whole || !exists || !isText {
		return errors.New("its error has no code that is a number or no message that is a text")
	}
	return &localapp.Refusal{Code: code, Message: text}
}
