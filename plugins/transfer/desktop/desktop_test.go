package desktop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	appID    = "11111111-2222-4333-8444-555555555555"
	download = `{"direction":"receive","destination_root":"in","paths":[{"source":"x"}]}`
)

// server is an Aspera for Desktop. The answers, by method, are responses in
// which ID stands for the id of the request, or results if they begin with "=".
// "vanish" ends the connection.
type server struct {
	*httptest.Server
	answers map[string]string
	status  int

	mutex sync.Mutex
	calls []string
}

func serve(t *testing.T, answers map[string]string) *server {
	t.Helper()
	s := &server{status: http.StatusOK, answers: map[string]string{
		"get_info": `={}`, "start_transfer": `={"uuid":"t1"}`, "stop_transfer": `={}`,
		"get_transfer": `={"status":"completed","bytes_expected":5,"bytes_written":5}`,
	}}
	for method, answer := range answers {
		s.answers[method] = answer
	}
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
	s.calls = append(s.calls, string(body))
	request, err := record.ParseObject(body)
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	id, _ := request.Get("id")
	answer := s.answers[request.Text("method")]
	if answer == "vanish" {
		panic(http.ErrAbortHandler)
	}
	if result, ok := strings.CutPrefix(answer, "="); ok {
		answer = `{"jsonrpc":"2.0","id":ID,"result":` + result + `}`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(s.status)
	fmt.Fprint(w, strings.ReplaceAll(answer, "ID", fmt.Sprint(id)))
}

// trial is one job.
type trial struct {
	agent  *Agent
	order  agent.Job
	home   string
	log    bytes.Buffer
	events []string
	opened []string
}

func newTrial(t *testing.T, s *server, spec string) *trial {
	t.Helper()
	tr := &trial{home: t.TempDir()}
	tr.agent = &Agent{appID: appID, desktop: localapp.Desktop{
		System: product.System{OS: "linux", Home: tr.home}, Graphical: func() bool { return true }, Grace: time.Minute,
		Open:  func(_ context.Context, url string) error { tr.opened = append(tr.opened, url); return nil },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}}
	tr.order = agent.Job{Spec: parse(t, spec), Env: agent.Env{Log: slog.New(slog.NewTextHandler(&tr.log, nil))}}
	if s != nil {
		tr.tell(t, s.Listener.Addr().String())
	}
	return tr
}

// tell writes an address as the application does.
func (tr *trial) tell(t *testing.T, address string) {
	t.Helper()
	folder := tr.agent.desktop.System.DesktopLogs()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, logName), []byte("12:00 [info] JSON-RPC server listening on "+address+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
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
	outcomes, err := tr.agent.Run(ctx, tr.order, func(e transfer.Event) { tr.events = append(tr.events, string(e.Kind)) })
	return errors.Join(append(outcomes, err)...)
}

func TestRequests(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	whole := t.TempDir()
	text := func(pairs ...any) string { return string(record.JSON(record.New(pairs...))) }
	source := func(name string) []any { return []any{record.New("source", name)} }
	for _, c := range []struct{ name, spec, how, want string }{
		{"download", download, `{}`, download},
		{
			"download to a folder named in full", text("direction", "receive", "destination_root", whole), `{"use_absolute_destination_path":true}`,
			text("direction", "receive", "destination_root", whole),
		},
		{
			"upload, with a token", text("direction", "send", "paths", source("a"), "token", "secret", "resume_policy", "sparse_csum"), `{}`,
			text("direction", "send", "paths", source(filepath.Join(here, "a")), "token", "secret", "resume_policy", "sparse_checksum", "authentication", "token"),
		},
		{
			"upload below a folder", text("direction", "send", "paths", source("a"), "source_root", "b"), `{}`,
			text("direction", "send", "paths", source("a"), "source_root", filepath.Join(here, "b")),
		},
		{
			"upload of nothing", text("direction", "send", "paths", source("faux:///zeros?5k"), "resume_policy", "none"), `{}`,
			text("direction", "send", "paths", source("faux:///zeros?5k"), "resume_policy", "none"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := serve(t, nil)
			tr := newTrial(t, app, c.spec)
			before := string(record.JSON(tr.order.Spec))
			if err := tr.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := []string{
				`{"jsonrpc":"2.0","method":"get_info","params":[],"id":1}`,
				`{"jsonrpc":"2.0","method":"start_transfer","params":{"app_id":"` + appID + `","desktop_spec":` + c.how + `,"transfer_spec":` + c.want + `},"id":2}`,
				`{"jsonrpc":"2.0","method":"get_transfer","params":{"app_id":"` + appID + `","transfer_id":"t1"},"id":3}`,
			}
			if !slices.Equal(app.calls, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(app.calls, "\n"), strings.Join(want, "\n"))
			}
			if got := fmt.Sprint(tr.events); got != "[sessions_init session_start session_size transfer session_end end]" {
				t.Errorf("events %s", got)
			}
			if string(record.JSON(tr.order.Spec)) != before {
				t.Error("the order was changed")
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	const gone = "IBM Aspera for Desktop tells nothing about transfer t1: "
	for _, c := range []struct {
		name, method, answer string
		status               int
		err                  string
	}{
		{"refused", "start_transfer", `{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,"message":"no paths"}}`, 200, "no paths"},
		{"refused with a status", "get_info", `{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,"message":"not now"}}`, 400, "not now"},
		{"a status alone", "get_info", `{}`, 500, "500 Internal Server Error"},
		{"no id of a transfer", "start_transfer", `={"id":"t1"}`, 200, "the answer to start_transfer has no id of a transfer"},
		{"a text as result", "start_transfer", `="t1"`, 200, "start_transfer: expecting an object as result, got String"},
		{"not JSON", "start_transfer", `<html>`, 200, "start_transfer: not a response of JSON-RPC: it is no JSON object"},
		{"another version", "get_info", `{"jsonrpc":"1.0","id":ID,"result":{}}`, 200, "get_info: not a response of JSON-RPC: jsonrpc is not 2.0"},
		{"failed", "get_transfer", `={"status":"failed","error_desc":"disk full"}`, 200, "disk full"},
		{"cancelled", "get_transfer", `={"status":"cancelled"}`, 200, "Transfer cancelled by user"},
		{"it refuses to tell", "get_transfer", `{"jsonrpc":"2.0","id":ID,"error":{"code":1,"message":"no such transfer"}}`, 200, gone + "no such transfer"},
		{"it vanishes", "get_transfer", "vanish", 200, gone + "127.0.0.1:"},
		{"nonsense", "get_transfer", `{"json`, 200, gone + "get_transfer: not a response of JSON-RPC: it is no JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := serve(t, map[string]string{c.method: c.answer})
			app.status = c.status
			err := newTrial(t, app, download).run(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("error is %v, want %s", err, c.err)
			}
		})
	}
}

// unusedAddress is one where nobody listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestStart(t *testing.T) {
	app := serve(t, nil)
	t.Run("by its opener", func(t *testing.T) {
		tr := newTrial(t, nil, download)
		tr.tell(t, unusedAddress(t))
		tr.agent.desktop.Open = func(_ context.Context, url string) error {
			if tr.opened = append(tr.opened, url); len(tr.opened) == 2 {
				tr.tell(t, app.Listener.Addr().String())
			}
			return nil
		}
		if err := tr.run(t.Context()); err != nil || !slices.Equal(tr.opened, []string{"aspera://", "aspera://"}) {
			t.Errorf("got %v, opened %q", err, tr.opened)
		}
	})
	t.Run("in vain", func(t *testing.T) {
		tr := newTrial(t, nil, download)
		tr.tell(t, unusedAddress(t))
		err := tr.run(t.Context())
		if err == nil || err.Error() != "Unable to start IBM Aspera for Desktop 3 times" || len(tr.opened) != 3 {
			t.Errorf("got %v, opened %q", err, tr.opened)
		}
		if !strings.Contains(failure.As(err).Hints[0], "Connection refused") {
			t.Errorf("hints %q", failure.As(err).Hints)
		}
	})
	t.Run("without opener", func(t *testing.T) {
		tr := newTrial(t, nil, download)
		tr.tell(t, unusedAddress(t))
		tr.agent.desktop.Open = func(context.Context, string) error { return errors.New("no opener") }
		err := tr.run(t.Context())
		if err == nil || err.Error() != "Unable to start IBM Aspera for Desktop 1 times" || failure.As(err).Hints[0] != "no opener" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no, when something else is wrong", func(t *testing.T) {
		tr := newTrial(t, nil, download)
		tr.tell(t, "nonsense")
		err := tr.run(t.Context())
		if err == nil || !strings.Contains(err.Error(), "tells no address where IBM Aspera for Desktop listens: nonsense") || len(tr.opened) != 0 {
			t.Errorf("got %v, opened %q", err, tr.opened)
		}
	})
}

func TestRefusedBeforeAnythingIsDone(t *testing.T) {
	app := serve(t, nil)
	tr := newTrial(t, app, download)
	tr.order.Info = parse(t, `{"zoo":1}`)
	if err := tr.run(t.Context()); err == nil || err.Error() != "unknown keyword: :zoo" {
		t.Errorf("got %v", err)
	}
	tr.order.Info, tr.order.Spec = nil, parse(t, `{"direction":"send","paths":["a"]}`)
	if err := tr.run(t.Context()); err == nil || err.Error() != "paths: expecting objects, got String" {
		t.Errorf("got %v", err)
	}
	tr.agent.desktop.Graphical = func() bool { return false }
	if err := tr.run(t.Context()); err == nil || err.Error() != "Using client requires a graphical environment" {
		t.Errorf("got %v", err)
	}
	if len(app.calls)+len(tr.events)+len(tr.opened) != 0 {
		t.Errorf("calls %q, events %q, opened %q", app.calls, tr.events, tr.opened)
	}
}

func TestInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	app := serve(t, map[string]string{"get_transfer": `={"status":"running","bytes_written":1}`})
	tr := newTrial(t, app, download)
	tr.agent.desktop.Sleep = func(ctx context.Context, d time.Duration) error {
		app.mutex.Lock()
		defer app.mutex.Unlock()
		app.answers["get_transfer"] = `={"status":"cancelled"}`
		cancel()
		return ctx.Err()
	}
	err := tr.run(ctx)
	if e := failure.As(err); e == nil || e.Label != failure.Interruption {
		t.Errorf("got %v", err)
	}
	stop := `{"jsonrpc":"2.0","method":"stop_transfer","params":{"transfer_id":"t1"},"id":4}`
	if at := slices.Index(app.calls, stop); at != len(app.calls)-2 {
		t.Errorf("calls\n%s", strings.Join(app.calls, "\n"))
	}
}
