package httpgw

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// trial is a job with a gateway.
type trial struct {
	agent *Agent
	job   agent.Job
	log   *bytes.Buffer

	mutex  sync.Mutex
	events []transfer.Event
}

// newTrial returns a job in which each wait is short; info adds to transfer_info.
func newTrial(t testing.TB, g *gateway, spec, info string) *trial {
	t.Helper()
	tr := &trial{agent: &Agent{idle: 5 * time.Second}, log: &bytes.Buffer{}}
	tr.job = agent.Job{
		Spec: parse(t, spec), Info: record.New("url", g.URL),
		Env: agent.Env{
			Transport: func() *http.Transport { return g.Client().Transport.(*http.Transport).Clone() },
			Log:       slog.New(slog.NewTextHandler(tr.log, nil)),
		},
	}
	record.Merge(tr.job.Info, parse(t, info))
	return tr
}

func parse(t testing.TB, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (tr *trial) emit(e transfer.Event) {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.events = append(tr.events, e)
}

// run returns the outcome of the one session.
func (tr *trial) run(t testing.TB) error {
	t.Helper()
	outcomes, err := tr.agent.Run(t.Context(), tr.job, tr.emit)
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes) != 1 {
		t.Fatalf("%d outcomes", len(outcomes))
	}
	return outcomes[0]
}

// tree makes files of the given content and returns their folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// sending is the transfer spec of an upload.
func sending(root string, sources ...string) string {
	var paths []any
	for _, s := range sources {
		paths = append(paths, record.New("source", s))
	}
	return string(record.JSON(record.New("direction", "send", "remote_host", "h", "token", "Basic x",
		"source_root", root, "destination_root", "/dst", "paths", paths)))
}

func TestUpload(t *testing.T) {
	big := strings.Repeat("0123456789", 20) // two slices and a half, of 80 bytes
	files := map[string]string{"f1": "one", "big": big, "exact": strings.Repeat("x", 160), "empty": "", "d/sub/b": "b", "d/a": "a", "d/none": ""}
	for _, tt := range []struct {
		name    string
		sources []string
		info    string
		want    map[string]string
		paths   string
	}{
		{"one file", []string{"f1"}, `{}`, map[string]string{"f1": "one"}, "f1"},
		{"several slices", []string{"big", "exact"}, `{}`, map[string]string{"big": big, "exact": files["exact"]}, "big exact"},
		{"an empty file among others", []string{"f1", "empty", "big"}, `{}`, map[string]string{"f1": "one", "big": big}, "f1 empty big"},
		{"only an empty file", []string{"empty"}, `{}`, map[string]string{}, "empty"},
		{"a folder", []string{"d"}, `{}`, map[string]string{"ROOT/d/a": "a", "ROOT/d/sub/b": "b"}, "ROOT/d/a ROOT/d/none ROOT/d/sub/b"},
		{"synchronous", []string{"big", "f1", "exact"}, `{"synchronous":true}`, map[string]string{"big": big, "f1": "one", "exact": files["exact"]}, "big f1 exact"},
		{"version 1", []string{"f1", "empty", "big", "exact"}, `{"api_version":"v1"}`, map[string]string{"f1": "one", "big": big, "exact": files["exact"]}, "f1 empty big exact"},
		{"version 1, a folder", []string{"d"}, `{"api_version":"v1"}`, map[string]string{"ROOT/d/a": "a", "ROOT/d/sub/b": "b"}, "ROOT/d/a ROOT/d/none ROOT/d/sub/b"},
		{"version 1, synchronous", []string{"big", "f1", "exact"}, `{"api_version":"v1","synchronous":true}`, map[string]string{"big": big, "f1": "one", "exact": files["exact"]}, "big f1 exact"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := filepath.ToSlash(tree(t, files))
			g := newGateway(t)
			tr := newTrial(t, g, sending(root, tt.sources...), tt.info)
			tr.job.Info.Set("upload_chunk_size", 80)
			if err := tr.run(t); err != nil {
				t.Fatal(err)
			}
			got, names := map[string]string{}, []string{}
			for name, content := range g.files {
				got[strings.Replace(name, root, "ROOT", 1)] = content
			}
			for _, p := range g.spec.List("paths") {
				names = append(names, strings.Replace(p.(*record.Object).Text("source"), root, "ROOT", 1))
			}
			if !maps.Equal(got, tt.want) {
				t.Errorf("gateway has %v", got)
			}
			if paths := strings.Join(names, " "); paths != tt.paths {
				t.Errorf("paths are %s, want %s", paths, tt.paths)
			}
			if want := tr.job.Info.Text("api_version"); g.version != cmp.Or(want, "v2") {
				t.Errorf("version is %s", g.version)
			}
			if got := g.spec.Text("authentication"); got != "token" {
				t.Errorf("authentication is %q", got)
			}
		})
	}
}

func TestUploadFaux(t *testing.T) {
	g := newGateway(t)
	spec := strings.Replace(sending("", "faux:///some/zeros?100k"), `"source_root":"",`, "", 1)
	tr := newTrial(t, g, spec, `{}`)
	if err := tr.run(t); err != nil {
		t.Fatal(err)
	}
	if got := g.files["some/zeros"]; got != strings.Repeat("\x00", 100<<10) {
		t.Errorf("gateway has %d bytes", len(got))
	}
}

func TestUploadFauxFolder(t *testing.T) {
	g := newGateway(t)
	spec := strings.Replace(sending("", "faux:///some?count=3&size=0&inc=2"), `"source_root":"",`, "", 1)
	if err := newTrial(t, g, spec, `{}`).run(t); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"some/file_00002_2": "\x00\x00", "some/file_00003_4": "\x00\x00\x00\x00"}
	if !maps.Equal(g.files, want) || len(g.spec.List("paths")) != 3 {
		t.Errorf("gateway has %q, spec %s", g.files, record.JSON(g.spec))
	}
}

func TestUploadRenames(t *testing.T) {
	root := tree(t, map[string]string{"a": "content"})
	g := newGateway(t)
	spec := parse(t, sending(filepath.ToSlash(root), "a"))
	spec.List("paths")[0].(*record.Object).Set("destination", "x/b")
	tr := newTrial(t, g, string(record.JSON(spec)), `{}`)
	if err := tr.run(t); err != nil {
		t.Fatal(err)
	}
	if got := g.files["b"]; got != "content" {
		t.Errorf("gateway has %v", g.files)
	}
}

func TestUploadEvents(t *testing.T) {
	for _, version := range []string{"v1", "v2"} {
		t.Run(version, func(t *testing.T) {
			root := tree(t, map[string]string{"a": "12345", "b": "", "c": "678"})
			g := newGateway(t)
			tr := newTrial(t, g, sending(filepath.ToSlash(root), "a", "b", "c"), `{"upload_chunk_size":2}`)
			tr.job.Info.Set("api_version", version)
			if err := tr.run(t); err != nil {
				t.Fatal(err)
			}
			var last int64
			done := map[string]int64{}
			var kinds []string
			for _, e := range tr.events {
				switch e.Kind {
				case transfer.Transfer:
					last = e.Bytes
				case transfer.FileDone:
					done[e.File] += e.Bytes
				default:
					kinds = append(kinds, strings.TrimSpace(fmt.Sprint(e.Kind, " ", e.Text)))
				}
			}
			if got := strings.Join(kinds, ", "); got != "sessions_init starting, sessions_init connecting wss, session_start, session_size, session_end, end" {
				t.Errorf("events are %s", got)
			}
			if last != 8 || !maps.Equal(done, map[string]int64{"a": 5, "b": 0, "c": 3}) {
				t.Errorf("%d bytes, files done: %v", last, done)
			}
		})
	}
}

func TestUploadFaults(t *testing.T) {
	const version1 = `{"api_version":"v1"}`
	for _, tt := range []struct {
		fault, info string
		// idle is how long the agent waits; source is what it sends.
		idle   time.Duration
		source string
		want   string
		warns  bool
	}{
		{fault: "forbidden", want: "Unexpected: HTTP/1.1 403 Forbidden\nExpected: 101 Switching Protocols"},
		{fault: "broken", want: "Unexpected: HTTP/1.1 500 Internal Server Error\nExpected: 101 Switching Protocols\nthe storage is away"},
		{fault: "error", want: "permission denied"},
		{fault: "error", info: `{"synchronous":true}`, want: "permission denied"},
		{fault: "plain error", want: "permission denied"},
		{fault: "nonsense", want: "unknown message from gateway: [what?]"},
		{fault: "cut", want: "the gateway closed the connection"},
		{fault: "cut", info: `{"synchronous":true}`, want: "the gateway closed the connection"},
		{fault: "early close", want: "the gateway closed the connection"},
		{fault: "error for the last message", want: "no space"},
		{fault: "error after the end", want: "disk full"},
		{fault: "trouble after the end", want: "storage lost"},
		{fault: "no goodbye"},
		{fault: "no goodbye", source: "faux:///d?count=2&inc=1k", want: "the gateway closed the connection, 4 of 4 messages acknowledged"},
		{fault: "reset at the end", want: "the gateway closed the connection, 7 of 7 messages acknowledged"},
		{fault: "silent", idle: 300 * time.Millisecond, want: "the gateway did not answer for 300ms", warns: true},
		{fault: "silent", info: `{"synchronous":true}`, idle: 300 * time.Millisecond, want: "the gateway did not answer for 300ms", warns: true},
		{fault: "error", info: version1, want: "permission denied"},
		{fault: "plain error", info: version1, want: "permission denied"},
		{fault: "nonsense", info: version1, want: "unknown message from gateway: [what?]"},
		{fault: "cut", info: version1, want: "the gateway closed the connection"},
		{fault: "early close", info: version1, want: "the gateway closed the connection"},
		{fault: "error for the last message", info: version1, want: "no space"},
		{fault: "error after the end", info: version1, want: "disk full"},
		{fault: "silent", info: version1, idle: 300 * time.Millisecond, want: "the gateway did not answer for 300ms", warns: true},
		{fault: "deaf", idle: 300 * time.Millisecond, source: "faux:///f?100m", want: "the gateway did not answer for 300ms", warns: true},
	} {
		t.Run(tt.fault+tt.info, func(t *testing.T) {
			g := newGateway(t)
			g.fault = tt.fault
			if tt.source == "" {
				tt.source = "faux:///f?200k"
			}
			if tt.info == "" {
				tt.info = "{}"
			}
			tr := newTrial(t, g, strings.Replace(sending("", tt.source), `"source_root":"",`, "", 1), tt.info)
			if tt.idle != 0 {
				tr.agent.idle = tt.idle
			}
			err := tr.run(t)
			if tt.want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("outcome is %v", err)
			}
			if warned := strings.Contains(tr.log.String(), "A timeout condition using HTTPGW"); warned != tt.warns {
				t.Errorf("log is %s", tr.log)
			}
			if last := tr.events[len(tr.events)-1]; last.Kind != transfer.End {
				t.Errorf("last event is %v", last)
			}
		})
	}
}

func TestCancelUpload(t *testing.T) {
	g := newGateway(t)
	g.fault = "silent"
	tr := newTrial(t, g, strings.Replace(sending("", "faux:///f?1k"), `"source_root":"",`, "", 1), `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	outcomes, err := tr.agent.Run(ctx, tr.job, func(e transfer.Event) {
		if e.Kind == transfer.Transfer {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := failure.As(outcomes[0]); got == nil || got.Label != failure.Interruption {
		t.Errorf("outcome is %v", outcomes[0])
	}
}

func TestErrorsBeforeStart(t *testing.T) {
	const good = `{"direction":"send","token":"t","paths":[{"source":"a"}]}`
	g := newGateway(t)
	for _, tt := range []struct{ name, spec, info, want string }{
		{"unknown parameter", good, `{"foo":1}`, "unknown keyword: :foo"},
		{"no url", good, `{"url":""}`, "missing mandatory parameter of agent httpgw: url"},
		{"scheme", good, `{"url":"http://gw"}`, "GW URL shall be with scheme https"},
		{"chunk", good, `{"upload_chunk_size":0}`, "upload_chunk_size shall be from 1 to 67108864 bytes"},
		{"no token", `{"direction":"send","paths":[{"source":"a"}]}`, `{}`, "only token based transfer is supported in GW"},
		{"no paths", `{"direction":"send","token":"t"}`, `{}`, "Missing mandatory parameter: paths"},
		{"no direction", `{"token":"t","paths":[{"source":"a"}]}`, `{}`, "Enum value  is not allowed for direction"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTrial(t, g, tt.spec, tt.info)
			_, err := tr.agent.Run(t.Context(), tr.job, tr.emit)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestGatewayVersions(t *testing.T) {
	both := []any{"/aspera/http-gwy/v1/upload", "/aspera/http-gwy/v2/upload"}
	for _, tt := range []struct {
		name      string
		endpoints []any
		info      string
		version   string
		warning   string
		err       string
	}{
		{"both", both, `{}`, "v2", "", ""},
		{"both, and v1 is asked for", both, `{"api_version":"v1"}`, "v1", "", ""},
		{"only v1", both[:1], `{}`, "v1", "API version v2 not supported, reverting to v1", ""},
		{"only v1, which is asked for", both[:1], `{"api_version":"v1"}`, "v1", "", ""},
		{"none", nil, `{}`, "", "", "does not list the endpoints"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGateway(t)
			g.endpoints = tt.endpoints
			tr := newTrial(t, g, strings.Replace(sending("", "faux:///f?1k"), `"source_root":"",`, "", 1), tt.info)
			err := tr.run(t)
			if tt.err == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("outcome is %v", err)
			}
			if g.version != tt.version || !strings.Contains(tr.log.String(), tt.warning) || tt.warning == "" && tr.log.Len() > 0 {
				t.Errorf("version is %q, log %s", g.version, tr.log)
			}
		})
	}
}

func TestUnknownAuthority(t *testing.T) {
	g := newGateway(t)
	tr := newTrial(t, g, strings.Replace(sending("", "faux:///f?1k"), `"source_root":"",`, "", 1), `{}`)
	tr.job.Env.Transport = nil
	err := tr.run(t)
	var labelled *failure.Error
	if !errors.As(err, &labelled) || labelled.Label != failure.SSL || !strings.Contains(err.Error(), "certificate verify failed") {
		t.Errorf("outcome is %v", err)
	}
}
