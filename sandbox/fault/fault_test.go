package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/fault"
)

// faulty is a server that answers "hello world" but for its faults.
type faulty struct {
	*testing.T
	url string
}

func newFaulty(t *testing.T, rules ...string) faulty {
	t.Helper()
	injector := &fault.Injector{}
	for _, text := range rules {
		rule, err := fault.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		injector.Add(rule)
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello world") })
	server := httptest.NewServer(injector.Serve(hello, func(name, password string) bool { return name == "u" && password == "p" }))
	t.Cleanup(server.Close)
	return faulty{t, server.URL}
}

// do returns the status and body of an answer. Each request has a connection
// of its own: on a used one net/http would try again by itself.
func (f faulty) do(method, path, body string, credentials ...string) (int, string, error) {
	f.Helper()
	r, err := http.NewRequestWithContext(f.Context(), method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	r.Close = true
	if len(credentials) == 2 {
		r.SetBasicAuth(credentials[0], credentials[1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

func TestActions(t *testing.T) {
	tests := map[string]struct {
		rule   string
		status int
		body   string
	}{
		"none":            {`{"method":"PUT","status":500}`, 200, "hello world"},
		"status":          {`{"status":503}`, 503, `{"error":{"code":503,"reason":"Service Unavailable","user_message":"Fault asked for by a rule of the sandbox"}}`},
		"page of a proxy": {`{"status":502,"content_type":"text/html","body":"<html>"}`, 502, "<html>"},
		"delay":           {`{"delay_ms":1}`, 200, "hello world"},
		"long truncation": {`{"truncate":11}`, 200, "hello world"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, body, err := newFaulty(t, test.rule).do("GET", "/x", "")
			if status != test.status || body != test.body || err != nil {
				t.Errorf("answer = %d %q, %v", status, body, err)
			}
		})
	}
}

func TestCut(t *testing.T) {
	if status, body, err := newFaulty(t, `{"cut":true}`).do("GET", "/x", ""); !errors.Is(err, io.EOF) {
		t.Errorf("answer = %d %q, %v; want a lost connection", status, body, err)
	}
}

func TestTruncate(t *testing.T) {
	status, body, err := newFaulty(t, `{"truncate":5}`).do("GET", "/x", "")
	if status != 200 || body != "hello" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("answer = %d %q, %v; want 5 bytes and a lost connection", status, body, err)
	}
}

func TestStall(t *testing.T) {
	f := newFaulty(t, `{"stall":5}`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", f.url+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text := make([]byte, 5)
	if _, err := io.ReadFull(answer.Body, text); string(text) != "hello" || err != nil {
		t.Fatalf("got %q, %v", text, err)
	}
	more := make(chan error)
	go func() {
		_, err := answer.Body.Read(text)
		more <- err
	}()
	select {
	case err := <-more:
		t.Errorf("the answer goes on or ends: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	cancel()
	if err := <-more; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWebSocket(t *testing.T) {
	rule, err := fault.Parse([]byte(`{"path":"/up","websocket":{"do":"error","after_bytes":5,"message":"full"}}`))
	if err != nil {
		t.Fatal(err)
	}
	injector := &fault.Injector{}
	injector.Add(rule)
	for path, want := range map[string]string{"/up": "{error 5 false full} true", "/down": "{ 0 false } false"} {
		got := ""
		injector.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			w, found := fault.WebSocketOf(r.Context())
			got = fmt.Sprint(w, found)
		})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestDelay(t *testing.T) {
	f := newFaulty(t, `{"delay_ms":50}`)
	begin := time.Now()
	if _, _, err := f.do("GET", "/x", ""); err != nil || time.Since(begin) < 50*time.Millisecond {
		t.Errorf("it took %v, %v", time.Since(begin), err)
	}
}

func TestAfterAndTimes(t *testing.T) {
	f := newFaulty(t, `{"after":2,"times":1,"status":401}`, `{"after":3,"status":500}`)
	for at, want := range []int{200, 200, 401, 500, 500} {
		if status, _, err := f.do("GET", "/x", ""); status != want || err != nil {
			t.Errorf("request %d: status = %d, %v; want %d", at, status, err, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"", "/a/b", true}, {"/a", "/a", true}, {"/a", "/a/b", false}, {"/*/b", "/a/b", true}, {"/files/*/files", "/files/12/files", true},
		{"/files/*", "/files/12/files", false}, {"/files/**", "/files/12/files", true}, {"/files/**", "/files", false},
		{"/*/12/**", "/files/12/files", true}, {"/**", "/a", true}, {"/files/**", "/filesystem/a", false},
	}
	for _, test := range tests {
		t.Run(test.pattern+" "+test.path, func(t *testing.T) {
			status, _, err := newFaulty(t, fmt.Sprintf(`{"path":%q,"status":500}`, test.pattern)).do("GET", test.path, "")
			if (status == 500) != test.want || err != nil {
				t.Errorf("status = %d, %v; want a fault: %v", status, err, test.want)
			}
		})
	}
}

func TestControl(t *testing.T) {
	f := newFaulty(t)
	control := func(method, body string, status int) string {
		t.Helper()
		got, text, err := f.do(method, fault.ControlPath, body, "u", "p")
		if got != status || err != nil {
			t.Fatalf("%s: %d %s, %v; want %d", method, got, text, err, status)
		}
		return text
	}
	control("POST", `{"status":500}`, 204)
	if status, _, err := f.do("GET", "/x", ""); status != 500 || err != nil {
		t.Errorf("status = %d, %v", status, err)
	}
	if got := control("GET", "", 200); got != `[{"status":500,"seen":1,"hit":1}]` {
		t.Errorf("rules = %s", got)
	}
	control("POST", `{"status":1}`, 400)
	control("PUT", "", 405)
	control("DELETE", "", 204)
	if status, _, err := f.do("GET", "/x", ""); status != 200 || err != nil {
		t.Errorf("status = %d, %v", status, err)
	}
	for _, credentials := range [][]string{nil, {"u", "x"}} {
		if status, _, err := f.do("DELETE", fault.ControlPath, "", credentials...); status != 401 || err != nil {
			t.Errorf("with %v: status = %d, %v; want 401", credentials, status, err)
		}
	}
}

func TestRefusedRules(t *testing.T) {
	for name, text := range map[string]string{
		"empty": ``, "does nothing": `{}`, "only a path": `{"path":"/x"}`, "unknown field": `{"status":500,"speed":1}`,
		"negative": `{"status":500,"after":-1}`, "status out of range": `{"status":99}`, "two actions": `{"status":500,"cut":true}`,
		"body without status": `{"cut":true,"body":"x"}`, "bad pattern": `{"status":500,"path":"["}`, "two values": `{"cut":true} {}`,
		"negative stall": `{"stall":-1}`, "truncate and stall": `{"stall":1,"truncate":1}`,
		"unknown action": `{"websocket":{"do":"zoo"}}`, "negative bytes": `{"websocket":{"do":"cut","after_bytes":-1}}`,
		"two moments": `{"websocket":{"do":"cut","after_bytes":1,"at_close":true}}`, "nothing to acknowledge": `{"websocket":{"do":"unacknowledged","at_close":true}}`,
		"long reason": `{"websocket":{"do":"close_error","message":"` + strings.Repeat("x", 124) + `"}}`,
	} {
		if rule, err := fault.Parse([]byte(text)); err == nil {
			t.Errorf("%s: rule = %+v", name, rule)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"path":"/files/**","after":1,"times":2,"status":500,"body":"x"}`, "/files/1")
	f.Add(`{"truncate":0}`, "")
	f.Add(`{"stall":0}`, "")
	f.Add(`{"websocket":{"do":"close_error","at_close":true,"message":"x"}}`, "/up")
	f.Fuzz(func(t *testing.T, text, name string) {
		rule, err := fault.Parse([]byte(text))
		if err != nil {
			return
		}
		rule.DelayMS = 0
		injector := &fault.Injector{}
		injector.Add(rule)
		gone, leave := context.WithCancel(t.Context())
		leave() // nobody waits for an answer that stalls
		r := httptest.NewRequestWithContext(gone, "GET", "/", nil)
		r.URL.Path = name
		defer func() {
			if thrown := recover(); thrown != nil && thrown != http.ErrAbortHandler {
				t.Errorf("panic: %v", thrown)
			}
		}()
		injector.Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	})
}
