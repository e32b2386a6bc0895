// Package fault makes a server fail on demand: late, cut or wrong answers, so
// that clients can rehearse what they do then. Rules say which requests fail;
// they are given at the start, or by requests to [ControlPath].
package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Rule is a fault: which requests it hits, and what happens to them.
type Rule struct {
	// Method of the requests; "" is any.
	Method string `json:"method,omitempty"`
	// Path of the requests: a pattern of path.Match, in which "/**" at the end
	// stands for everything below; "" is any path.
	Path string `json:"path,omitempty"`
	// After is how many requests that match pass unhurt first.
	After int `json:"after,omitempty"`
	// Times is how many requests are hit then; 0 is all.
	Times int `json:"times,omitempty"`

	// DelayMS holds a request back for that many milliseconds. Alone, it is all
	// that happens.
	DelayMS int `json:"delay_ms,omitempty"`
	// Status is answered instead of what the server would do, with Body. An
	// empty Body is an error body of the Node API.
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	// ContentType of Body; "" is application/json.
	ContentType string `json:"content_type,omitempty"`
	// Cut closes the connection without an answer. The server did nothing.
	Cut bool `json:"cut,omitempty"`
	// Truncate closes the connection after that many bytes of the answer's body.
	// The server did what it was asked.
	Truncate *int64 `json:"truncate,omitempty"`
	// Stall sends that many bytes of the answer's body, then nothing until the
	// client goes away.
	Stall *int64 `json:"stall,omitempty"`
	// WebSocket goes wrong in the conversation that the request begins.
	WebSocket *WebSocket `json:"websocket,omitempty"`
}

// Parse reads a rule written in JSON and checks it.
func Parse(text []byte) (Rule, error) {
	var r Rule
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&r); err != nil {
		return r, fmt.Errorf("the fault is not the JSON expected: %w", err)
	}
	if _, more := in.Token(); more != io.EOF {
		return r, errors.New("the fault is more than one JSON value")
	}
	return r, r.check()
}

func (r Rule) check() error {
	if _, err := path.Match(r.Path, ""); err != nil {
		return fmt.Errorf("path %q of the fault is not a valid pattern", r.Path)
	}
	actions := 0
	for _, chosen := range []bool{r.Status != 0, r.Cut, r.Truncate != nil, r.Stall != nil, r.WebSocket != nil} {
		if chosen {
			actions++
		}
	}
	switch {
	case r.After < 0 || r.Times < 0 || r.DelayMS < 0 || isNegative(r.Truncate) || isNegative(r.Stall):
		return errors.New("after, times, delay_ms, truncate and stall of a fault cannot be negative")
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return fmt.Errorf("status %d of the fault is not from 200 to 599", r.Status)
	case r.Status == 0 && (r.Body != "" || r.ContentType != ""):
		return errors.New("body and content_type of a fault need a status")
	case actions > 1:
		return errors.New("a fault has one of status, cut, truncate, stall and websocket")
	case actions == 0 && r.DelayMS == 0:
		return errors.New("the fault does nothing: give it delay_ms, status, cut, truncate, stall or websocket")
	case r.WebSocket != nil:
		return r.WebSocket.check()
	}
	return nil
}

func isNegative(number *int64) bool { return number != nil && *number < 0 }

func (r Rule) matches(request *http.Request) bool {
	if r.Method != "" && !strings.EqualFold(r.Method, request.Method) {
		return false
	}
	if top, whole := strings.CutSuffix(r.Path, "/**"); whole {
		return matchBelow(top, request.URL.Path)
	}
	matched, _ := path.Match(r.Path, request.URL.Path)
	return r.Path == "" || matched
}

// matchBelow tells whether a path lies below a folder that matches a pattern.
func matchBelow(pattern, name string) bool {
	for i, c := range name {
		if c != '/' {
			continue
		}
		if matched, _ := path.Match(pattern, name[:i]); matched {
			return true
		}
	}
	return false
}

// Injector applies rules to requests. It may be used from any goroutine.
type Injector struct {
	mu    sync.Mutex
	rules []*counted
}

// counted is a rule, and what became of it.
type counted struct {
	Rule
	Seen int `json:"seen"` // requests that matched
	Hit  int `json:"hit"`
}

// Add begins to apply a rule, which was checked.
func (i *Injector) Add(r Rule) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = append(i.rules, &counted{Rule: r})
}

// Clear ends all rules.
func (i *Injector) Clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = nil
}

// state returns the rules with their counts.
func (i *Injector) state() []counted {
	i.mu.Lock()
	defer i.mu.Unlock()
	state := make([]counted, len(i.rules))
	for at, r := range i.rules {
		state[at] = *r
	}
	return state
}

// choose counts a request and returns the rule that hits it: the first one that
// is due.
func (i *Injector) choose(request *http.Request) (Rule, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var chosen *counted
	for _, r := range i.rules {
		if !r.matches(request) {
			continue
		}
		r.Seen++
		if chosen == nil && r.Seen > r.After && (r.Times == 0 || r.Hit < r.Times) {
			chosen = r
		}
	}
	if chosen == nil {
		return Rule{}, false
	}
	chosen.Hit++
	return chosen.Rule, true
}

// Wrap returns next with the faults.
func (i *Injector) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r, hit := i.choose(request)
		switch {
		case !hit:
			next.ServeHTTP(w, request)
			return
		case !wait(request.Context(), time.Duration(r.DelayMS)*time.Millisecond):
			return
		}
		switch {
		case r.Cut:
			abort()
		case r.Status != 0:
			r.answer(w)
		case r.Truncate != nil:
			next.ServeHTTP(&truncated{w, *r.Truncate, abort}, request)
		case r.Stall != nil:
			next.ServeHTTP(&truncated{w, *r.Stall, func() { <-request.Context().Done(); abort() }}, request)
		case r.WebSocket != nil:
			next.ServeHTTP(w, request.WithContext(r.WebSocket.within(request.Context())))
		default:
			next.ServeHTTP(w, request)
		}
	})
}

// wait reports false if ctx ends first.
func wait(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r Rule) answer(w http.ResponseWriter) {
	body, contentType := []byte(r.Body), r.ContentType
	if len(body) == 0 {
		body = errorBody(r.Status, "Fault asked for by a rule of the sandbox")
	}
	if contentType == "" {
		contentType = "application/json"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(r.Status)
	_, _ = w.Write(body) // a client that went away is no error of the server
}

// abort closes the connection. net/http knows this value and logs nothing.
func abort() { panic(http.ErrAbortHandler) }

// truncated passes the beginning of an answer on.
type truncated struct {
	http.ResponseWriter
	left int64 // bytes
	end  func()
}

// Write ends the request once its bytes are used up.
func (t *truncated) Write(p []byte) (int, error) {
	if int64(len(p)) <= t.left {
		t.left -= int64(len(p))
		return t.ResponseWriter.Write(p)
	}
	_, _ = t.ResponseWriter.Write(p[:t.left])
	t.left = 0
	_ = http.NewResponseController(t.ResponseWriter).Flush()
	t.end()
	return 0, nil
}

// errorBody is an error of the Node API (node.md S2).
func errorBody(status int, message string) []byte {
	var body struct {
		Error struct {
			Code        int    `json:"code"`
			Reason      string `json:"reason"`
			UserMessage string `json:"user_message"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Reason, body.Error.UserMessage = status, http.StatusText(status), message
	text, _ := json.Marshal(body) // numbers and strings can always be written
	return text
}
