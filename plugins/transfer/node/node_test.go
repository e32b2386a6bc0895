package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// server is a node with one transfer, t1. Each look at it gives the next of
// states; the last one stays. A state "500" or "404" is an answer with that
// status, "" one without content.
type server struct {
	*httptest.Server
	states []string
	// posted is called before the answer to the POST.
	posted func()

	mutex   sync.Mutex
	calls   []string
	headers []http.Header
	body    string
}

func serve(t *testing.T, states ...string) *server {
	t.Helper()
	s := &server{states: states}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
	s.headers = append(s.headers, r.Header)
	w.Header().Set("Content-Type", "application/json")
	switch r.Method {
	case http.MethodPost:
		s.body = string(body)
		if s.posted != nil {
			s.posted()
		}
		fmt.Fprint(w, `{"id":"t1"}`)
	case http.MethodPut:
		s.body = string(body)
		fmt.Fprint(w, `{"id":"t1"}`)
	case "CANCEL":
		s.states = []string{`{"status":"running"}`, `{"status":"canceled"}`}
		w.WriteHeader(http.StatusNoContent)
	default:
		state := s.states[0]
		if len(s.states) > 1 {
			s.states = s.states[1:]
		}
		switch state {
		case "500":
			w.WriteHeader(http.StatusInternalServerError)
		case "404":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":{"code":404,"user_message":"no such transfer"}}`)
		default:
			fmt.Fprint(w, state)
		}
	}
}

// trial is one job on a server.
type trial struct {
	agent  *Agent
	order  agent.Job
	log    *bytes.Buffer
	events []transfer.Event
	waits  []time.Duration
}

const upload = `{"direction":"send","remote_host":"h","paths":[{"source":"/f"}]}`

func newTrial(t *testing.T, s *server, spec, info string) *trial {
	t.Helper()
	tr := &trial{log: &bytes.Buffer{}}
	tr.agent = &Agent{misses: 3, grace: time.Minute, sleep: func(ctx context.Context, d time.Duration) error {
		tr.waits = append(tr.waits, d)
		return ctx.Err()
	}}
	if info == "" {
		info = fmt.Sprintf(`{"url":%q,"username":"ak1","password":"sec"}`, s.URL)
	}
	tr.order = agent.Job{Spec: parse(t, spec), Info: parse(t, info), Env: agent.Env{Log: slog.New(slog.NewTextHandler(tr.log, nil))}}
	return tr
}

func parse(t *testing.T, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (tr *trial) run(ctx context.Context) error {
	outcomes, err := tr.agent.Run(ctx, tr.order, func(e transfer.Event) { tr.events = append(tr.events, e) })
	return errors.Join(append(outcomes, err)...)
}

func (tr *trial) story() string {
	var words []string
	for _, e := range tr.events {
		word := string(e.Kind)
		switch e.Kind {
		case transfer.SessionsInit:
			word = "<" + e.Text + ">"
		case transfer.SessionSize, transfer.Transfer:
			word += fmt.Sprintf(" %d", e.Bytes)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func TestProgress(t *testing.T) {
	const (
		running   = `{"status":"running","bytes_transferred":10,"error_desc":"","precalc":{"status":"running"}}`
		sized     = `{"status":"running","bytes_transferred":20,"precalc":{"status":"ready","bytes_expected":100}}`
		completed = `{"status":"completed","bytes_transferred":60,"precalc":{"status":"ready","bytes_expected":100}}`
	)
	for _, c := range []struct {
		name   string
		states []string
		story  string
		err    string
		code   int
	}{
		{"quick", []string{completed}, "<starting>, session_start, session_size 100, transfer 60, transfer 100, session_end, end", "", 0},
		{"slow", []string{`{"status":"waiting"}`, `{"status":"waiting"}`, running, sized, sized, completed},
			"<starting>, <waiting>, session_start, <running>, transfer 10, session_size 100, transfer 20, transfer 20, transfer 60, transfer 100, session_end, end", "", 0},
		{"without size", []string{`{"status":"completed","bytes_transferred":5}`}, "<starting>, session_start, transfer 5, session_end, end", "", 0},
		{"trouble on the way", []string{`{"status":"running","error_desc":"Connection lost"}`, `{"status":"partially_completed"}`, `{"status":"completed"}`},
			"<starting>, session_start, <running (Connection lost)>, <partially_completed>, session_end, end", "", 0},
		{"empty answer", []string{"", `{}`, completed}, "<starting>, <unknown>, session_start, session_size 100, transfer 60, transfer 100, session_end, end", "", 0},
		{"errors of the API", []string{"500", running, "500", "500", "500", completed},
			"<starting>, <waiting(api error)>, session_start, <running>, transfer 10, <waiting(api error)>, session_size 100, transfer 60, transfer 100, session_end, end", "", 0},
		{"paused", []string{`{"status":"paused"}`, completed}, "<starting>, <paused>, session_start, session_size 100, transfer 60, transfer 100, session_end, end", "", 0},
		{"failed without reason", []string{`{"status":"failed","error_code":0,"error_desc":""}`}, "<starting>, session_start, session_end, end", "", 0},
		{"failed", []string{running, `{"status":"failed","error_code":19,"error_desc":"Authentication failure"}`},
			"<starting>, session_start, <running>, transfer 10, session_end, end", "status: failed. code: 19. description: Authentication failure", 19},
		{"code as text", []string{`{"status":"failed","error_code":"25","error_desc":"No space left on device"}`}, "<starting>, end", "status: failed. code: 25. description: No space left on device", 25},
		{"lost", []string{`{"status":"failed","error_code":16,"error_desc":"lost"}`}, "<starting>, end", "status: failed. code: 16. description: lost", 16},
		{"cancelled by somebody", []string{`{"status":"canceled"}`}, "<starting>, end", "the transfer t1 was cancelled on the node", 0},
		{"odd status", []string{`{"status":"dancing"}`}, "<starting>, end", `transfer t1 on the node has the unexpected status "dancing"`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial(t, serve(t, c.states...), upload, "")
			err := tr.run(t.Context())
			if message(err) != c.err {
				t.Errorf("error is %v", err)
			}
			if got := tr.story(); got != c.story {
				t.Errorf("got  %s\nwant %s", got, c.story)
			}
			if want := slices.Repeat([]time.Duration{time.Second}, len(c.states)-1); !slices.Equal(tr.waits, want) {
				t.Errorf("waits %v, want %v", tr.waits, want)
			}
			var failed *transfer.Error
			if c.err != "" && (!errors.As(err, &failed) || failed.Code != c.code || failed.Retryable != (c.code == 16)) {
				t.Errorf("got %+v", failed)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	const withTags = `{"direction":"%s","remote_host":"%s"%s,"tags":{"aspera":{"node":{"access_key":"ak1","file_id":"2"}%s}}}`
	bearer := `{"url":"URL","username":"ak7","password":"Bearer xyz","root_id":"12"}`
	for _, c := range []struct {
		name, spec, info, want, authorization, accessKey string
	}{
		{"gen3, as a node user", `{"direction":"send","remote_host":"h","token":"ATM3_TA"}`, "", `{"direction":"send","remote_host":"h","token":"ATM3_TA"}`, "Basic YWsxOnNlYw==", ""},
		{"gen4", fmt.Sprintf(withTags, "send", "h", "", ""), "", fmt.Sprintf(withTags, "send", "h", "", `,"xfer_retry":150`), "Basic YWsxOnNlYw==", ""},
		{"retry of the user", fmt.Sprintf(withTags, "send", "h", "", `,"xfer_retry":7`), "", fmt.Sprintf(withTags, "send", "h", "", `,"xfer_retry":7`), "Basic YWsxOnNlYw==", ""},
		{"the node itself", `{"direction":"receive","remote_host":"localhost"}`, `{"url":"LOCAL","username":"ak1","password":"sec"}`, `{"direction":"receive","remote_host":"127.0.0.1"}`, "Basic YWsxOnNlYw==", ""},
		{"the node itself, by WebSocket", `{"direction":"receive","remote_host":"localhost","wss_enabled":true}`, `{"url":"LOCAL","username":"ak1","password":"sec"}`,
			`{"direction":"receive","remote_host":"localhost","wss_enabled":true}`, "Basic YWsxOnNlYw==", ""},
		{"bearer, sending", `{"direction":"send","remote_host":"h"}`, bearer, `{"direction":"send","remote_host":"h","source_root_id":"12"}`, "Bearer xyz", "ak7"},
		{"bearer, receiving", `{"direction":"receive","remote_host":"h"}`, bearer, `{"direction":"receive","remote_host":"h","destination_root_id":"12"}`, "Bearer xyz", "ak7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, `{"status":"completed"}`)
			local := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
			tr := newTrial(t, s, c.spec, strings.NewReplacer("URL", s.URL, "LOCAL", local).Replace(c.info))
			if err := tr.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s.body != c.want {
				t.Errorf("posted %s\nwant   %s", s.body, c.want)
			}
			if want := []string{"POST /ops/transfers", "GET /ops/transfers/t1"}; !slices.Equal(s.calls, want) {
				t.Errorf("calls %q", s.calls)
			}
			for _, h := range s.headers {
				if h.Get("Authorization") != c.authorization || h.Get("X-Aspera-AccessKey") != c.accessKey {
					t.Errorf("headers %v", h)
				}
			}
			if got := string(record.JSON(tr.order.Spec)); got != c.spec {
				t.Errorf("the agent changed the spec to %s", got)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, spec, info, want string }{
		{"unknown parameter", upload, `{"zoo":1}`, "unknown keyword: :zoo"},
		{"no url", upload, `{"username":"u","password":"p"}`, "missing mandatory parameter of agent node: url"},
		{"no user", upload, `{"url":"http://h","password":"p"}`, "missing mandatory parameter of agent node: username"},
		{"no password", upload, `{"url":"http://h","username":"u"}`, "missing mandatory parameter of agent node: password"},
		{"bearer without root", upload, `{"url":"http://h","password":"Bearer x"}`, "missing mandatory parameter of agent node: root_id: a bearer token needs the file id of a folder"},
		{"bearer of a stranger", upload, `{"url":"http://h","password":"Bearer x","root_id":"1"}`, "option password is not a node bearer token: illegal base64 data at input byte 0"},
		{"not HTTP", upload, `{"url":"ssh://h","username":"u","password":"p"}`, "REST endpoint shall be http/s not ssh"},
		{"no direction", `{}`, `{"url":"http://h","username":"u","password":"p"}`, "Enum value  is not allowed for direction"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial(t, nil, c.spec, c.info)
			if err := tr.run(t.Context()); message(err) != c.want {
				t.Errorf("got %v", err)
			}
			if len(tr.events) > 0 {
				t.Errorf("events of a job that did not start: %s", tr.story())
			}
		})
	}
}

func TestTheNodeRefuses(t *testing.T) {
	s := serve(t)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":403,"reason":"Forbidden","user_message":"not yours"}}`)
	})
	tr := newTrial(t, s, upload, "")
	err := tr.run(t.Context())
	if e := failure.As(err); e == nil || e.Label != failure.Rest || !strings.HasPrefix(e.Message, "not yours\n") {
		t.Errorf("got %v", err)
	}
	if got := tr.story(); got != "<starting>, end" {
		t.Error(got)
	}
}

func TestTheNodeIsLost(t *testing.T) {
	for _, c := range []struct {
		name   string
		states []string
		waits  int
		says   string
	}{
		{"it forgot the transfer", []string{`{"status":"running"}`, "404"}, 1, "no such transfer"},
		{"it does not recover", []string{`{"status":"running"}`, "500"}, 4, "500 Internal Server Error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial(t, serve(t, c.states...), upload, "")
			err := tr.run(t.Context())
			e := failure.As(err)
			if e == nil || e.Label != failure.Rest || !strings.Contains(e.Message, "the node tells nothing about transfer t1: ") || !strings.Contains(e.Message, c.says) {
				t.Fatalf("got %v", err)
			}
			if len(e.Hints) != 1 || !strings.Contains(e.Hints[0], "node transfer show t1") {
				t.Errorf("hints %q", e.Hints)
			}
			if len(tr.waits) != c.waits {
				t.Errorf("%d waits", len(tr.waits))
			}
		})
	}
}

func TestCancellation(t *testing.T) {
	for _, c := range []struct {
		name  string
		posts bool
	}{{"while it is being asked for", true}, {"while it runs", false}} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := serve(t, `{"status":"running"}`)
			tr := newTrial(t, s, upload, "")
			var afterwards []time.Duration
			tr.agent.sleep = func(ctx context.Context, d time.Duration) error {
				cancel()
				afterwards = append(afterwards, d)
				return ctx.Err()
			}
			if c.posts {
				s.posted = cancel
			}
			err := tr.run(ctx)
			if e := failure.As(err); e == nil || e.Label != failure.Interruption || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			// It has ended when the agent returns.
			if want := []string{"CANCEL /ops/transfers/t1", "GET /ops/transfers/t1", "GET /ops/transfers/t1"}; !slices.Equal(s.calls[len(s.calls)-3:], want) {
				t.Errorf("calls %q", s.calls)
			}
			if !strings.HasSuffix(tr.story(), "end") || tr.log.Len() > 0 {
				t.Errorf("%s, log %s", tr.story(), tr.log)
			}
		})
	}
}

// A node that does not answer keeps nobody from leaving.
func TestCancellationOfTheUnreachable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, `{"status":"running"}`)
	release := make(chan struct{})
	handler := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "CANCEL" {
			<-release
			return
		}
		handler.ServeHTTP(w, r)
	})
	defer close(release)
	tr := newTrial(t, s, upload, "")
	tr.agent.grace = 10 * time.Millisecond
	tr.agent.sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	err := tr.run(ctx)
	if e := failure.As(err); e == nil || e.Label != failure.Interruption {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(tr.log.String(), "transfer t1 could not be cancelled on the node, it may still run") {
		t.Errorf("log %s", tr.log)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
