package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// maxAnswer bounds an answer that is kept in memory, bytes.
const maxAnswer = 256 << 20

// exchange is a request and, in the end, its answer. It is the retry policy of
// its own request (spec/cli.md 9.3).
type exchange struct {
	client   *Client
	request  *http.Request
	response *http.Response
	// cancel gives up; after a success the caller calls it once it has read
	// the answer.
	cancel context.CancelCauseFunc
	// stream leaves a good answer that is no JSON unread, for a download, and
	// keeps the body of one that is.
	stream bool
	body   []byte
	value  any
	// refusal is the error composed from the answer, or met in reading it.
	refusal error

	resent, repeated int
	pause            time.Duration
}

// exchange sends a request. The answer is read and decoded, except in a stream.
// Credentials that expired are renewed once.
func (c *Client) exchange(ctx context.Context, request Request, stream bool) (*exchange, error) {
	x, err := c.attempt(ctx, request, stream)
	renewer, renews := c.auth.(Renewer)
	var refusal *Error
	if !renews || !errors.As(err, &refusal) || refusal.Status != http.StatusUnauthorized {
		return x, err
	}
	// The context of the first attempt is over.
	if err := renewer.Renew(x.request.WithContext(ctx)); err != nil {
		return nil, err
	}
	return c.attempt(ctx, request, stream)
}

func (c *Client) attempt(ctx context.Context, request Request, stream bool) (x *exchange, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer func() {
		if err != nil {
			cancel(nil)
		}
	}()
	r, err := c.newRequest(ctx, request)
	if err != nil {
		return nil, err
	}
	if err := c.auth.Authorize(r); err != nil {
		return nil, err
	}
	x = &exchange{client: c, request: r, stream: stream, cancel: cancel}
	c.session.traceRequest(r, request)
	x.response, err = x.send()
	if err != nil {
		return x, c.session.networkError(r, err)
	}
	return x, x.refusal
}

func (x *exchange) send() (*http.Response, error) {
	retryable, err := retryablehttp.FromRequest(x.request)
	if err != nil {
		return nil, err
	}
	session := x.client.session
	sender := &retryablehttp.Client{
		HTTPClient:   session.http,
		RetryMax:     session.settings.connectionRetries + session.settings.retryMax,
		CheckRetry:   x.checkRetry,
		Backoff:      func(time.Duration, time.Duration, int, *http.Response) time.Duration { return x.pause },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return sender.Do(retryable)
}

// checkRetry decides about sending again: after a broken connection when the
// request changes nothing by being repeated, after an answer when it tells that
// another try may succeed.
func (x *exchange) checkRetry(ctx context.Context, r *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		if r != nil {
			r.Body.Close()
		}
		return false, ctx.Err()
	}
	if err == nil {
		err = x.receive(r)
	}
	set := x.client.session.settings
	if err != nil {
		again := isBroken(err) && isIdempotent(x.request.Method) && x.resent < set.connectionRetries
		x.resent++
		x.pause = 0
		if r != nil && !again {
			return false, err
		}
		return again, nil
	}
	again := x.mayRepeat(r) && x.repeated < set.retryMax
	if again {
		x.client.session.log.Warn("trying again", "request", x.name(), "status", r.StatusCode, "after", set.retrySleep)
	}
	x.repeated++
	x.pause = set.retrySleep
	return again, nil
}

func (x *exchange) mayRepeat(r *http.Response) bool {
	if x.refusal == nil {
		return false
	}
	set := x.client.session.settings
	return set.retryOnError ||
		set.retryOnUnavail && r.StatusCode == http.StatusServiceUnavailable ||
		set.retryOnTimeout && strings.Contains(x.refusal.Error(), "failed: connect timed out")
}

func isIdempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

// receive reads and judges an answer. The error is one of the connection; a
// refusal by the server is left in x.
func (x *exchange) receive(r *http.Response) error {
	x.value, x.refusal = nil, nil
	r.Body = &watchedBody{ReadCloser: r.Body, pause: x.client.session.settings.readTimeout, cancel: x.cancel}
	if x.stream && isSuccess(r.StatusCode) && !isJSON(r.Header) {
		return nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(body) > maxAnswer {
		x.refusal = failure.Otherf("RuntimeError", "%s: the answer is larger than %d bytes", x.name(), maxAnswer)
		return nil
	}
	x.client.session.traceAnswer(r, body)
	if x.stream {
		x.body = body
	}
	x.judge(r, body)
	return nil
}

func (x *exchange) judge(r *http.Response, body []byte) {
	var err error
	x.value, err = decode(r.Header, body)
	if err != nil && isSuccess(r.StatusCode) {
		x.refusal = failure.Otherf("JSON::ParserError", "%s: the answer is not valid JSON: %w", x.name(), err)
		return
	}
	x.refusal = newError(r, x.value)
}

// decode makes a value of a body: JSON by its content type, else text.
func decode(header http.Header, body []byte) (any, error) {
	if len(body) == 0 {
		return nil, nil
	}
	if !isJSON(header) {
		return string(body), nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	// A defect of some servers: the head of a second answer glued to the body
	// (spec/plugins/node.md 19).
	if i := bytes.Index(body, []byte("}HTTP/1.1 400 Bad Request")); i >= 0 {
		body = body[:i+1]
	}
	return record.Parse(body)
}

// isJSON follows spec/cli.md 9.1: parameters such as charset are ignored.
func isJSON(header http.Header) bool {
	switch mediaType(header) {
	case "application/json", "application/vnd.api+json", "application/x-javascript":
		return true
	}
	return false
}

// mediaType is the content type without parameters; none is text/plain.
func mediaType(header http.Header) string {
	value := header.Get("Content-Type")
	if value == "" {
		return "text/plain"
	}
	kind, _, err := mime.ParseMediaType(value)
	if err != nil {
		kind, _, _ = strings.Cut(value, ";")
	}
	return strings.ToLower(strings.TrimSpace(kind))
}

// name is the request in messages, without the query, which may hold secrets.
func (x *exchange) name() string {
	u := *x.request.URL
	u.RawQuery, u.User = "", nil
	return x.request.Method + " " + u.String()
}

func (x *exchange) answer() *Response {
	return &Response{Status: x.response.StatusCode, Header: x.response.Header, Value: x.value, request: x.name()}
}
