package nodeapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/world"
)

// maxBody is the most bytes of a request body. File contents given to creation
// calls are the largest thing that a body holds.
const maxBody = 16 << 20

// endpoint answers one request. It either writes an answer or returns an error.
type endpoint func(*exchange) error

// exchange is one request and its answer.
type exchange struct {
	*http.Request
	w      http.ResponseWriter
	node   *node
	caller world.Principal
	files  *world.View // nil unless the endpoint is registered withFiles
}

// decode reads the JSON body of the request.
func (x *exchange) decode(into any) error {
	in := json.NewDecoder(x.Body)
	err := in.Decode(into)
	if err == nil {
		if _, more := in.Token(); more != io.EOF {
			err = errors.New("there is more than one JSON value")
		}
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "The request body is larger than %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "The request body is not the JSON expected here: %v", err)
	}
	return nil
}

// json answers with a JSON value.
func (x *exchange) json(status int, value any) error {
	var body bytes.Buffer
	out := json.NewEncoder(&body)
	out.SetEscapeHTML(false)
	if err := out.Encode(value); err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/json")
	// Go would send a long body in chunks; a node always tells the length.
	x.w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	x.w.WriteHeader(status)
	// A client that went away is no error of the server.
	_, _ = body.WriteTo(x.w)
	return nil
}

// noContent answers success without a body.
func (x *exchange) noContent() error {
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// refusal is an error that tells the client its HTTP status.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// errorBody is the value of "error" in an answer (node.md S2).
type errorBody struct {
	Code        int    `json:"code"`
	Reason      string `json:"reason"`
	UserMessage string `json:"user_message"`
}

// fail answers with an error.
func (x *exchange) fail(err error) {
	body := x.explain(err)
	if body.Code == http.StatusUnauthorized {
		x.w.Header().Set("WWW-Authenticate", `Basic realm="Aspera Node API"`)
	}
	if err := x.json(body.Code, map[string]*errorBody{"error": body}); err != nil {
		x.node.Log.Error("error answer not written", "error", err)
	}
}

// explain turns an error into what the client is told.
func (x *exchange) explain(err error) *errorBody {
	status, message := http.StatusInternalServerError, err.Error()
	var r *refusal
	switch {
	case errors.As(err, &r):
		status = r.status
	case errors.Is(err, world.ErrKeyInvalid), errors.Is(err, world.ErrPermissionInvalid), errors.Is(err, world.ErrPublicKey):
		status = http.StatusBadRequest
	case errors.Is(err, world.ErrForbidden):
		status = http.StatusForbidden
	case errors.Is(err, world.ErrKeyUnknown), errors.Is(err, world.ErrPermissionUnknown), errors.Is(err, world.ErrJobUnknown):
		status = http.StatusNotFound
	case errors.Is(err, world.ErrKeyExists), errors.Is(err, world.ErrPermissionExists):
		status = http.StatusConflict
	case errors.Is(err, grant.ErrDenied):
		status = http.StatusUnauthorized
	// Texts of node.md S3 from here.
	case errors.Is(err, fs.ErrNotExist):
		status, message = http.StatusNotFound, "No such file or directory"
	case errors.Is(err, fs.ErrExist):
		status, message = http.StatusConflict, "Path already exists"
	case errors.Is(err, world.ErrNotEmpty):
		status, message = http.StatusConflict, "Directory not empty"
	case errors.Is(err, world.ErrOutside), errors.Is(err, world.ErrRoot):
		status = http.StatusForbidden
	case errors.Is(err, world.ErrBadPath), errors.Is(err, world.ErrNotFile),
		errors.Is(err, world.ErrNotFolder), errors.Is(err, world.ErrIntoItself):
		status = http.StatusBadRequest
	default:
		x.node.Log.Error("request failed", "method", x.Method, "path", x.URL.Path, "error", err)
	}
	return &errorBody{Code: status, Reason: http.StatusText(status), UserMessage: message}
}

// wireTime formats a time as the Node API does.
func wireTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// parseTime reads a time of a filter: "T" or a space in the middle, "Z"
// optional at the end (OpenAPI, filesBrowseFilters).
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z", time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, refuse(http.StatusBadRequest, "%q is not a time such as 2011-01-31T12:59:59Z", text)
}
