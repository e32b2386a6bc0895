package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// maxAnswer bounds an answer that is kept in memory, bytes.
const maxAnswer = 256 << 20

// maxExpected bounds the memory that is taken on the word of a server, bytes.
const maxExpected = 4 << 20

// exchange is a request and, in the end, its answer. It is the retry policy of
// its own request (spec/cli.md 9.3).
type exchange struct {
	client   *Client
	request  *http.Request
	response *http.Response
	route    *atomic.Pointer[route]
	// cancel gives up; after a success the caller calls it once it has read
	// the answer.
	cancel context.CancelCauseFunc
	// stream leaves a good answer that is no JSON unread, for a download, and
	// keeps the body of one that is.
	stream bool
	body   []byte
	value  any
	// invalid tells why an answer that says to be JSON is none.
	invalid error
	// refusal is the error composed from the answer, or met in reading it.
	refusal error

	// patient asks a busy server again (see [Request]).
	patient bool
	// wanted and listAsText say how a list is decoded, or left in text.
	wanted     func(key string) bool
	listAsText bool
	text       string

	resent, repeated int
	pause            time.Duration
}

// exchange sends a request, and again where the server redirects, as often as
// the request allows. The answer is read and decoded, except in a stream.
// Credentials that expired are renewed once.
func (c *Client) exchange(ctx context.Context, request Request, stream bool) (*exchange, error) {
	send := func() (*exchange, error) { return c.follow(ctx, request, stream) }
	x, err := send()
	renewer, renews := c.auth.(Renewer)
	var refusal *Error
	if !renews || !errors.As(err, &refusal) || refusal.Status != http.StatusUnauthorized {
		return x, err
	}
	// The context of the first attempt is over.
	if err := renewer.Renew(x.request.WithContext(ctx)); err != nil {
		return nil, err
	}
	return send()
}

func (c *Client) follow(ctx context.Context, request Request, stream bool) (*exchange, error) {
	r, err := c.newRequest(ctx, request)
	if err != nil {
		return nil, err
	}
	if err := c.auth.Authorize(r); err != nil {
		return nil, err
	}
	for redirects := request.Redirects; ; redirects-- {
		x, err := c.attempt(r, request, stream)
		if err == nil || redirects <= 0 || x.redirection() == "" {
			return x, err
		}
		if r, err = redirected(ctx, x.request, x.redirection()); err != nil {
			return nil, err
		}
	}
}

// attempt sends a request once, not counting retries. The exchange is not nil,
// with or without error.
func (c *Client) attempt(r *http.Request, request Request, stream bool) (x *exchange, err error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer func() {
		if err != nil {
			cancel(nil)
		}
	}()
	ctx, taken := withRoute(ctx)
	ctx = c.session.watchConnection(ctx, r, cancel)
	x = &exchange{
		client: c, request: r.WithContext(ctx), stream: stream, route: taken, cancel: cancel,
		patient: request.Patient, wanted: request.Wanted, listAsText: request.ListAsText,
	}
	c.session.traceRequest(x.request, request)
	x.response, err = x.send()
	if err != nil {
		return x, c.session.networkError(x.request, err)
	}
	return x, x.refusal
}

func (x *exchange) send() (*http.Response, error) {
	retryable, err := retryablehttp.FromRequest(x.request)
	if err != nil {
		return nil, err
	}
	sender := &retryablehttp.Client{
		HTTPClient: x.client.session.http,
		// checkRetry knows when it is enough.
		RetryMax:     math.MaxInt,
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
	set := &x.client.session.settings.retries
	if err != nil {
		again := isBroken(err) && isIdempotent(x.request.Method) && x.resent < set.resends
		x.resent++
		x.pause = 0
		if r != nil && !again {
			return false, err
		}
		return again, nil
	}
	if x.refusal == nil {
		return false, nil
	}
	times, pause := set.repeats(r.StatusCode, x.refusal.Error())
	if x.patient && isBusy(r.StatusCode) {
		times, pause = max(times, busyRepeats), set.busyPause(x.repeated, r)
	}
	if x.repeated >= times {
		return false, nil
	}
	x.client.session.log.Warn("trying again", "request", x.name(), "status", r.StatusCode, "after", pause)
	x.repeated++
	x.pause = pause
	return true, nil
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
	x.value, x.text, x.invalid, x.refusal = nil, "", nil, nil
	r.Body = &watchedBody{ReadCloser: r.Body, pause: x.client.session.settings.readTimeout, cancel: x.cancel}
	decompress(r)
	x.client.session.traceStatus(r)
	if x.stream && isSuccess(r.StatusCode) && !isJSON(r.Header) {
		return nil
	}
	defer r.Body.Close()
	if x.listAsText && isSuccess(r.StatusCode) && isJSON(r.Header) {
		return x.receiveText(r)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	return x.received(r, body)
}

// received takes a whole answer.
func (x *exchange) received(r *http.Response, body []byte) error {
	if len(body) > maxAnswer {
		x.refusal = failure.Otherf("RuntimeError", "%s: the answer is larger than %d bytes", x.name(), maxAnswer)
		return nil
	}
	x.client.session.traceBody(r, body)
	if x.stream {
		x.body = body
	}
	x.judge(r, body)
	return nil
}

// receiveText reads an answer that is left as text when it is a list: no product
// reports an error as a list. Long lists come one after the other, so that a copy
// would cost.
func (x *exchange) receiveText(r *http.Response) error {
	var text strings.Builder
	if r.ContentLength > 0 {
		text.Grow(int(min(r.ContentLength, maxExpected)))
	}
	if _, err := io.Copy(&text, io.LimitReader(r.Body, maxAnswer+1)); err != nil {
		return err
	}
	if list := text.String(); text.Len() <= maxAnswer && strings.HasPrefix(strings.TrimLeft(list, " \t\r\n"), "[") {
		if x.client.session.tracesBodies(r.Request.Context()) {
			x.client.session.traceBody(r, []byte(list))
		}
		x.text = list
		return nil
	}
	return x.received(r, []byte(text.String()))
}

// judge decodes an answer and finds out whether it is a refusal. What says to
// be JSON but is none counts as text, as in 4.21.0; whoever wants JSON of it is
// told (see [Response.Object]).
func (x *exchange) judge(r *http.Response, body []byte) {
	x.value, x.invalid = decode(r.Header, body, x.wanted)
	if x.invalid != nil {
		x.value = string(body)
	}
	way := x.route.Load()
	if way.viaProxy() && r.StatusCode == http.StatusProxyAuthRequired {
		x.refusal = way.refusal(r)
		return
	}
	x.refusal = x.client.session.newError(r, x.value)
	if e := failure.As(x.refusal); e != nil && x.request.URL.Scheme == "http" {
		way.suspect(e, r.StatusCode)
	}
}

// decode makes a value of a body: JSON by its content type, else text. wanted,
// which may be nil, chooses the members of objects in a list.
func decode(header http.Header, body []byte, wanted func(key string) bool) (any, error) {
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
	return record.ParseOnly(body, wanted)
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
	return &Response{
		Status: x.response.StatusCode, Header: x.response.Header, Value: x.value, Text: x.text,
		URL: x.request.URL, request: x.name(), invalid: x.invalid,
	}
}
