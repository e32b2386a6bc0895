package connectapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	started  = `{"transfer_specs":[{"transfer_spec":{"tags":{"aspera":{"xfer_id":"t/1"}}}}]}`
	selected = `{"dataTransfer":{"files":[{"name":"/home/me/a"},{"name":"/home/me/b"}]}}`
	finished = `{"transfer_info":{"status":"completed","bytes_expected":5,"bytes_written":5}}`
	upload   = `{"direction":"send","source_root":"/src","paths":[{"source":"x"},{"source":"y"}]}`
	download = `{"direction":"receive","destination_root":"in","paths":[{"source":"x"}]}`
)

// connect is a Connect. Answers are given by the last words of the path; those that
// begin with "!" have status 400, "vanish" ends the server.
type connect struct {
	*httptest.Server
	answers map[string]string

	mutex  sync.Mutex
	calls  []string // method, path and body
	origin []string
}

func serve(t *testing.T, answers map[string]string) *connect {
	t.Helper()
	c := &connect{answers: map[string]string{
		"version": `{"version":"4.2"}`, "select-open-file-dialog": selected, "start": started, "info": finished, "stop": `{}`,
	}}
	for path, answer := range answers {
		c.answers[path] = answer
	}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *connect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.calls = append(c.calls, strings.TrimSpace(r.Method+" "+r.URL.EscapedPath()+" "+string(body)))
	c.origin = append(c.origin, r.Header.Get("Origin"))
	for path, answer := range c.answers {
		if !slices.Contains(strings.Split(r.URL.Path, "/"), path) {
			continue
		}
		w.Header().Set("Content-Type", "application/json")
		if answer == "vanish" {
			panic(http.ErrAbortHandler)
		}
		if strings.HasPrefix(answer, "!") {
			answer = answer[1:]
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprint(w, answer)
		return
	}
	w.WriteHeader(http.StatusNotFound)
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

func newTrial(t *testing.T, c *connect, spec string) *trial {
	t.Helper()
	tr := &trial{home: t.TempDir()}
	tr.agent = &Agent{appID: appID, desktop: localapp.Desktop{
		System: product.System{OS: "linux", Home: tr.home}, Graphical: func() bool { return true }, Grace: time.Minute,
		Open:  func(_ context.Context, url string) error { tr.opened = append(tr.opened, url); return nil },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}}
	tr.order = agent.Job{Spec: parse(t, spec), Env: agent.Env{Log: slog.New(slog.NewTextHandler(&tr.log, nil))}}
	if c != nil {
		tr.tell(t, "http.uri", c.URL+"\n")
	}
	return tr
}

// tell writes an address as Connect does.
func (tr *trial) tell(t *testing.T, file, address string) {
	t.Helper()
	run := filepath.Join(tr.home, ".aspera", "connect", "var", "run")
	if err := os.MkdirAll(run, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(run, file), []byte(address), 0o600); err != nil {
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

// requestID is made up for each start.
func requestID(t *testing.T, call string) string {
	t.Helper()
	var body struct {
		Settings struct {
			ID string `json:"request_id"`
		} `json:"aspera_connect_settings"`
	}
	_, text, _ := strings.Cut(call, "start ")
	if err := json.Unmarshal([]byte(text), &body); err != nil || body.Settings.ID == "" {
		t.Fatalf("%v: %s", err, text)
	}
	return body.Settings.ID
}

func TestRequests(t *testing.T) {
	const (
		who     = `{"aspera_connect_settings":{"app_id":"` + appID + `"`
		info    = "POST /v5/connect/transfers/info/t%2F1 " + who + "}}"
		version = "GET /v5/connect/info/version"
		dialog  = "POST /v5/connect/windows/select-open-file-dialog/ " + who + `},"title":"Select Files","suggestedName":"",` +
			`"allowMultipleSelection":true,"allowedFileTypes":""}`
		start = "POST /v5/connect/transfers/start " + who + `,"request_id":"ID","allow_dialogs":true%s},"transfer_specs":[{"transfer_spec":%s}]}`
	)
	whole := filepath.Join(t.TempDir(), "in")
	for _, c := range []struct {
		name, spec string
		want       []string
		log        string
	}{
		{
			"upload", upload,
			[]string{version, dialog, fmt.Sprintf(start, "", `{"direction":"send","paths":[{"source":"/home/me/a"},{"source":"/home/me/b"}]}`), info},
			"Connect requires upload selection using GUI, ignoring x, y",
		},
		{"download", download, []string{version, fmt.Sprintf(start, "", download), info}, ""},
		{
			"download to a folder named in full, with a token", string(record.JSON(record.New("direction", "receive", "destination_root", whole, "token", "secret"))),
			[]string{version, fmt.Sprintf(start, `,"use_absolute_destination_path":true`,
				string(record.JSON(record.New("direction", "receive", "destination_root", whole, "token", "secret", "authentication", "token")))), info},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := serve(t, nil)
			tr := newTrial(t, app, c.spec)
			before := string(record.JSON(tr.order.Spec))
			if err := tr.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			at := len(app.calls) - 2
			app.calls[at] = strings.Replace(app.calls[at], requestID(t, app.calls[at]), "ID", 1)
			if !slices.Equal(app.calls, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(app.calls, "\n"), strings.Join(c.want, "\n"))
			}
			if slices.ContainsFunc(app.origin, func(o string) bool { return o != "ascli" }) {
				t.Errorf("origins %q", app.origin)
			}
			if !strings.Contains(tr.log.String(), c.log) {
				t.Errorf("log %s", tr.log.String())
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
	for _, c := range []struct{ name, path, answer, err string }{
		{"nothing selected", "select-open-file-dialog", `{"dataTransfer":{"files":[]}}`, "no file was selected in Connect"},
		{"no selection", "select-open-file-dialog", `{}`, "no file was selected in Connect"},
		{"file without name", "select-open-file-dialog", `{"dataTransfer":{"files":[{"size":1}]}}`, "names a file without name"},
		{"selection refused", "select-open-file-dialog", `!{"error":{"code":400,"user_message":"no window"}}`, "no window"},
		{"refused", "start", `{"error":{"code":400,"user_message":"rejected by the user"}}`, "rejected by the user"},
		{"no id", "start", `{"transfer_specs":[{"transfer_spec":{}}]}`, "has no id of a transfer"},
		{"no transfer", "start", `{"transfer_specs":[]}`, "has no id of a transfer"},
		{"not JSON", "start", `<html>`, "the answer is not valid JSON"},
		{"a list", "start", `[]`, "expecting an object in JSON, got Array"},
		{"failed", "info", `{"transfer_info":{"status":"failed","error_desc":"disk full"}}`, "disk full"},
		{"cancelled", "info", `{"transfer_info":{"status":"cancelled"}}`, "Transfer cancelled by user"},
		{"it knows nothing of it", "info", `{}`, "Aspera Connect tells nothing about transfer t/1: it does not know the transfer"},
		{"it refuses to tell", "info", `!{"error":{"code":404,"user_message":"no such transfer"}}`, "Aspera Connect tells nothing about transfer t/1: no such transfer"},
		{"it vanishes", "info", "vanish", "Aspera Connect tells nothing about transfer t/1: 127.0.0.1:"},
		{"nonsense", "info", `{"transfer_info`, "the answer is not valid JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := newTrial(t, serve(t, map[string]string{c.path: c.answer}), upload).run(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("error is %v, want %s", err, c.err)
			}
		})
	}
}

func TestDiscovery(t *testing.T) {
	app := serve(t, nil)
	for _, c := range []struct {
		name  string
		files map[string]string
		warn  string
	}{
		{"http", map[string]string{"http.uri": " " + app.URL + "/ \nmore"}, ""},
		{"http is first", map[string]string{"http.uri": app.URL, "https.uri": "https://127.0.0.1:1"}, ""},
		{"https alone", map[string]string{"https.uri": app.URL}, ""},
		{"none", nil, "no connect uri file found in "},
		{"empty", map[string]string{"http.uri": "\n"}, "no address in "},
		{"no address", map[string]string{"http.uri": "ftp://here"}, "REST endpoint shall be http/s not ftp"},
		{"nobody there", map[string]string{"http.uri": "http://127.0.0.1:1"}, "Connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial(t, nil, download)
			for file, address := range c.files {
				tr.tell(t, file, address)
			}
			err := tr.run(t.Context())
			if c.warn == "" {
				if err != nil || len(tr.opened) != 0 {
					t.Errorf("got %v, opened %q", err, tr.opened)
				}
				return
			}
			if err == nil || err.Error() != "Unable to start connect 4 times" {
				t.Errorf("error is %v", err)
			}
			want := []string{"fasp://initialize", "fasp://initialize", "aspera-drive://initialize", "https://test-connect.ibmaspera.com/"}
			if !slices.Equal(tr.opened, want) {
				t.Errorf("opened %q", tr.opened)
			}
			if log := tr.log.String(); !strings.Contains(log, "Aspera Connect is not started (") || !strings.Contains(log, c.warn) {
				t.Errorf("log %s", log)
			}
		})
	}
}

func TestStartedByOpener(t *testing.T) {
	app := serve(t, nil)
	tr := newTrial(t, nil, download)
	tr.agent.desktop.Open = func(context.Context, string) error {
		tr.tell(t, "http.uri", app.URL)
		return nil
	}
	if err := tr.run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestNotInstalled(t *testing.T) {
	tr := newTrial(t, nil, download)
	tr.agent.desktop.Open = func(_ context.Context, url string) error {
		tr.opened = append(tr.opened, url)
		return errors.New("no opener")
	}
	err := tr.run(t.Context())
	if err == nil || err.Error() != "Connect is not installed" || failure.As(err).Hints[0] != "no opener" {
		t.Errorf("got %+v", err)
	}
	if !slices.Equal(tr.opened, []string{"fasp://initialize", webPage}) {
		t.Errorf("opened %q", tr.opened)
	}
}

func TestRefusedBeforeAnythingIsDone(t *testing.T) {
	app := serve(t, nil)
	tr := newTrial(t, app, download)
	tr.order.Info = parse(t, `{"zoo":1}`)
	if err := tr.run(t.Context()); err == nil || err.Error() != "unknown keyword: :zoo" {
		t.Errorf("got %v", err)
	}
	tr.order.Info = nil
	tr.agent.desktop.Graphical = func() bool { return false }
	if err := tr.run(t.Context()); err == nil || err.Error() != "Using connect requires a graphical environment" {
		t.Errorf("got %v", err)
	}
	if len(app.calls)+len(tr.events)+len(tr.opened) != 0 {
		t.Errorf("calls %q, events %q, opened %q", app.calls, tr.events, tr.opened)
	}
}

func TestInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	app := serve(t, map[string]string{"info": `{"transfer_info":{"status":"running","bytes_written":1}}`})
	tr := newTrial(t, app, download)
	tr.agent.desktop.Sleep = func(ctx context.Context, d time.Duration) error {
		app.mutex.Lock()
		defer app.mutex.Unlock()
		app.answers["info"] = `{"transfer_info":{"status":"cancelled"}}`
		cancel()
		return ctx.Err()
	}
	err := tr.run(ctx)
	if e := failure.As(err); e == nil || e.Label != failure.Interruption {
		t.Errorf("got %v", err)
	}
	stop := `POST /v5/connect/transfers/stop/t%2F1 {"aspera_connect_settings":{"app_id":"` + appID + `"}}`
	if at := slices.Index(app.calls, stop); at != len(app.calls)-2 {
		t.Errorf("calls\n%s", strings.Join(app.calls, "\n"))
	}
}

// TestInterruptedSelection: nobody has to answer a dialog of which the user has had
// enough.
func TestInterruptedSelection(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	shown := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{}`)
			return
		}
		// Only then the server sees that the client is gone.
		_, _ = io.Copy(io.Discard, r.Body)
		close(shown)
		<-r.Context().Done()
	}))
	defer server.Close()
	go func() { <-shown; cancel() }()
	tr := newTrial(t, nil, upload)
	tr.tell(t, "http.uri", server.URL)
	err := tr.run(ctx)
	if e := failure.As(err); e == nil || e.Label != failure.Interruption {
		t.Errorf("got %v", err)
	}
}
