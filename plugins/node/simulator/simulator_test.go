package simulator

import (
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
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// fakeHost has an agent that a test plays.
type fakeHost struct {
	transfer func(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error
	ascp     error
}

func (h *fakeHost) Transfer(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error {
	return h.transfer(ctx, spec, progress)
}

func (h *fakeHost) Ascp(context.Context) (*record.Object, error) {
	return record.New("ascp_version", "4.4.4.1308 linux", "expiration_date", "2030-01-01", "maximum_bandwidth", "Unlimited"), h.ascp
}

func newNode(t *testing.T, host *fakeHost) *Node {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	n := New(ctx, host, slog.New(slog.DiscardHandler))
	// Tests wait for what they play.
	n.transfers.wait = time.Minute
	t.Cleanup(func() { stop(); n.Wait() })
	return n
}

// ask sends a request, asking for JSON, and returns status and body.
func ask(t *testing.T, handler http.Handler, method, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func object(t *testing.T, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return o
}

func refused(status int, text string) string {
	return string(record.JSON(record.New("error", record.New("code", status, "reason", http.StatusText(status), "user_message", text))))
}

const spec = `{"direction":"send","remote_host":"h","token":"t0ken","remote_password":"pw","target_rate_kbps":7,"paths":[{"source":"/f"}]}`

func TestRequests(t *testing.T) {
	n := newNode(t, &fakeHost{})
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"unknown path", "GET", "/zoo", "", 400, `[{"error":"Unknown request"}]`},
		{"root", "GET", "/", "", 400, `[{"error":"Unknown request"}]`},
		{"unknown post", "POST", "/zoo", "{}", 400, `[{"error":"Bad request"}]`},
		{"unknown method", "PUT", "/info", "", 405, "unsupported method `PUT'."},
		{"options", "OPTIONS", "/info", "", 200, ""},
		{"no transfers", "GET", "/ops/transfers", "", 200, `[]`},
		{"no such transfer to stop", "CANCEL", "/ops/transfers/x", "", 404, refused(404, "no such transfer: x")},
		{"nothing to stop", "CANCEL", "/info", "", 400, `[{"error":"Bad request"}]`},
		{"transfer without body", "POST", "/ops/transfers", "", 400, refused(400, "the body of the request is no JSON object: unexpected EOF")},
		{"transfer that is a list", "POST", "/ops/transfers", "[]", 400, ""},
		{"transfer without direction", "POST", "/ops/transfers", `{}`, 400, refused(400, "direction of a transfer is send or receive")},
		{"transfer without host", "POST", "/ops/transfers", `{"direction":"send"}`, 400, refused(400, "remote_host is missing")},
		{"transfer without files", "POST", "/ops/transfers", `{"direction":"send","remote_host":"h"}`, 400, refused(400, "paths is missing")},
		{"transfer of odd files", "POST", "/ops/transfers", `{"direction":"send","remote_host":"h","paths":[1]}`, 400, refused(400, "All elements of paths must have a 'source' key")},
		{"listing without body", "POST", "/files/browse", "x", 400, ""},
		{"listing without path", "POST", "/files/browse", "{}", 400, refused(400, "path of the folder is missing")},
		{"listing with an odd page", "POST", "/files/browse", `{"path":"/","count":-1}`, 400, refused(400, "count shall be a whole number, not negative")},
		{"listing from an odd place", "POST", "/files/browse", `{"path":"/","skip":"1"}`, 400, refused(400, "skip shall be a whole number, not negative")},
		{"listing of nothing", "POST", "/files/browse", `{"path":"/no/such/folder"}`, 500, refused(500, "Path does not exist or is not a directory: /no/such/folder")},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, got := ask(t, n, c.method, c.path, c.body)
			if status != c.status || !strings.Contains(got, c.want) {
				t.Errorf("got %d %s", status, got)
			}
		})
	}
	if status, got := ask(t, n.Outside(), "GET", "/info", ""); status != 400 || got != `[{"error":"Unknown request"}]` {
		t.Errorf("outside: got %d %s", status, got)
	}
}

func TestBodyIsBound(t *testing.T) {
	n := newNode(t, &fakeHost{})
	status, got := ask(t, n, "POST", "/ops/transfers", strings.Repeat(" ", maxBody+1))
	if status != 400 || !strings.Contains(got, "request body too large") {
		t.Errorf("got %d %s", status, got)
	}
}

// Programs that do not ask for JSON get the pages of the original.
func TestPages(t *testing.T) {
	n := newNode(t, &fakeHost{})
	w := httptest.NewRecorder()
	n.ServeHTTP(w, httptest.NewRequest("POST", "/files/browse", strings.NewReader(`{"path":"/<b>"}`)))
	if w.Code != 500 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") ||
		!strings.Contains(w.Body.String(), "Path does not exist or is not a directory: /&lt;b&gt;") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestInfo(t *testing.T) {
	host := &fakeHost{}
	n := newNode(t, host)
	status, text := ask(t, n, "GET", "/info", "")
	info := object(t, text)
	if status != 200 || info.Text("application") != "node" || info.Text("version") != "4.4.4.1308" || info.Text("license_expiration_date") != "2030-01-01" ||
		info.Text("license_max_rate") != "Unlimited" || !strings.HasPrefix(info.Text("os"), runtime.GOOS+" ") || info.Text("transfer_user") != "xfer" {
		t.Errorf("got %d %s", status, text)
	}
	if _, err := time.Parse(time.RFC3339, info.Text("current_time")); err != nil {
		t.Error(err)
	}
	if got := string(record.JSON(info.List("settings")[4])); got != `{"name":"wss_enabled","value":false}` {
		t.Errorf("setting %s", got)
	}
	host.ascp = failure.Otherf("RuntimeError", "no Aspera transfer module or SDK found.")
	if status, text = ask(t, n, "GET", "/info", ""); status != 500 || text != refused(500, "a node needs ascp: no Aspera transfer module or SDK found.") {
		t.Errorf("got %d %s", status, text)
	}
}

func TestBrowse(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"b", "c", "d"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(folder, "e")); err != nil {
		t.Fatal(err)
	}
	n := newNode(t, &fakeHost{})
	for _, c := range []struct {
		name, page string
		want       []string
		count      int64
	}{
		{"all", ``, []string{"a directory 0", "b file 2", "c file 2", "d file 2", "e link nowhere"}, 5},
		{"first page", `,"count":2`, []string{"a directory 0", "b file 2"}, 2},
		{"next page", `,"count":2,"skip":2`, []string{"c file 2", "d file 2"}, 2},
		{"last page", `,"count":9,"skip":4`, []string{"e link nowhere"}, 1},
		{"beyond", `,"skip":9223372036854775807,"count":9223372036854775807`, nil, 0},
		{"nothing of it", `,"count":0`, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text := ask(t, n, "POST", "/files/browse", fmt.Sprintf(`{"path":%s%s}`, record.JSON(filepath.ToSlash(folder)), c.page))
			answer := object(t, text)
			var got []string
			for _, item := range answer.List("items") {
				e := item.(*record.Object)
				size, _ := e.Int("size")
				line := fmt.Sprintf("%s %s %d", e.Text("basename"), e.Text("type"), size)
				if e.Text("type") == "link" {
					line = fmt.Sprintf("%s %s %s", e.Text("basename"), e.Text("type"), e.Text("target"))
				}
				got = append(got, line)
				if e.Text("path") != filepath.ToSlash(folder)+"/"+e.Text("basename") || len(e.List("permissions")) != 3 || e.Has("partial_file") != (e.Text("type") == "file") {
					t.Errorf("entry %s", record.JSON(e))
				}
			}
			count, _ := answer.Int("item_count")
			total, _ := answer.Int("total_count")
			if status != 200 || !slices.Equal(got, c.want) || count != c.count || total != 5 || answer.Object("self").Text("type") != "directory" {
				t.Errorf("got %d %s", status, text)
			}
		})
	}
	if status, text := ask(t, n, "POST", "/files/browse", fmt.Sprintf(`{"path":%s}`, record.JSON(filepath.Join(folder, "b")))); status != 500 {
		t.Errorf("a file: got %d %s", status, text)
	}
}

// player plays an agent: it waits for steps of the test.
func player(steps chan func(progress func(transfer.Event)) error) *fakeHost {
	return &fakeHost{transfer: func(ctx context.Context, _ *record.Object, progress func(transfer.Event)) error {
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case step, more := <-steps:
				if !more {
					return nil
				}
				if err := step(progress); err != nil {
					return err
				}
			}
		}
	}}
}

func TestTransfer(t *testing.T) {
	steps := make(chan func(func(transfer.Event)) error, 1)
	n := newNode(t, player(steps))
	say := func(events ...transfer.Event) {
		done := make(chan struct{})
		steps <- func(progress func(transfer.Event)) error {
			defer close(done)
			for _, e := range events {
				progress(e)
			}
			return nil
		}
		<-done
	}
	steps <- func(progress func(transfer.Event)) error {
		progress(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
		progress(transfer.Event{Kind: transfer.SessionStart, Session: "s1"})
		return nil
	}
	status, text := ask(t, n, "POST", "/ops/transfers", spec)
	created := object(t, text)
	if status != 200 || created.Text("status") != "running" || len(created.List("sessions")) != 1 {
		t.Fatalf("got %d %s", status, text)
	}
	if got := string(record.JSON(created.Object("start_spec"))); got != `{"direction":"send","remote_host":"h","target_rate_kbps":7,"paths":[{"source":"/f"}]}` {
		t.Errorf("the spec has become %s", got)
	}
	look := func() *record.Object {
		t.Helper()
		status, text := ask(t, n, "GET", "/x/ops/transfers/"+created.Text("id"), "")
		if status != 200 {
			t.Fatalf("got %d %s", status, text)
		}
		return object(t, text)
	}
	say(transfer.Event{Kind: transfer.SessionSize, Session: "s1", Bytes: 100}, transfer.Event{Kind: transfer.Transfer, Session: "s1", Bytes: 40},
		transfer.Event{Kind: transfer.Retry, Session: "s1", Text: "Connection lost"})
	expect(t, look(), `{"status":"running","error_desc":"Connection lost","bytes_transferred":40,"bytes_expected":100,"precalc":"ready","files_completed":0,"end_time_usec":null}`)
	say(transfer.Event{Kind: transfer.SessionStart, Session: "s2"}, transfer.Event{Kind: transfer.Transfer, Session: "s2", Bytes: 5},
		transfer.Event{Kind: transfer.Transfer, Session: "none", Bytes: 1},
		transfer.Event{Kind: transfer.FileDone, Session: "s1", File: "/f", Bytes: 40}, transfer.Event{Kind: transfer.SessionEnd, Session: "s1"})
	expect(t, look(), `{"status":"running","error_desc":"","bytes_transferred":45,"bytes_expected":100,"precalc":"ready","files_completed":1,"end_time_usec":null}`)
	close(steps)
	n.Wait()
	end := look()
	expect(t, end, `{"status":"completed","error_desc":"","bytes_transferred":45,"bytes_expected":100,"precalc":"ready","files_completed":1,"end_time_usec":"a number"}`)
	file := end.List("files")[0].(*record.Object)
	if size, _ := file.Int("size"); size != 40 || file.Text("path") != "/f" || file.Text("session_id") != "s1" {
		t.Errorf("file %s", record.JSON(file))
	}
	first := end.List("sessions")[0].(*record.Object)
	if rate, _ := first.Int("target_rate_kbps"); rate != 7 || first.Text("status") != "completed" || first.Text("server_node_id") != nodeID {
		t.Errorf("session %s", record.JSON(first))
	}
	if _, text := ask(t, n, "GET", "/ops/transfers", ""); !strings.HasPrefix(text, `[{"id":"`+created.Text("id")+`"`) {
		t.Errorf("list %s", text)
	}
}

// expect compares the values of a transfer that change.
func expect(t *testing.T, state *record.Object, want string) {
	t.Helper()
	got := record.New()
	for _, key := range []string{"status", "error_desc", "bytes_transferred"} {
		got.Set(key, known(state, key))
	}
	got.Set("bytes_expected", known(state.Object("precalc"), "bytes_expected"))
	got.Set("precalc", state.Object("precalc").Text("status"))
	got.Set("files_completed", known(state, "files_completed"))
	end := known(state, "end_time_usec")
	if _, isNumber := end.(json.Number); isNumber {
		end = "a number"
	}
	got.Set("end_time_usec", end)
	if text := string(record.JSON(got)); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name       string
		err        error
		status     string
		code       int64
		desc       string
		wantStatus int
	}{
		{name: "nothing to tell", status: "completed"},
		{name: "error of ascp", err: fmt.Errorf("session: %w", transfer.FromCode(19, "")), status: "failed", code: 19, desc: "session: Authentication failure"},
		{name: "did not start", err: failure.Otherf("RuntimeError", "no ascp"), status: "failed", desc: "no ascp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t, &fakeHost{transfer: func(context.Context, *record.Object, func(transfer.Event)) error { return c.err }})
			status, text := ask(t, n, "POST", "/ops/transfers", spec)
			state := object(t, text)
			if code, _ := state.Int("error_code"); status != 200 || state.Text("status") != c.status || code != c.code || state.Text("error_desc") != c.desc {
				t.Errorf("got %d %s", status, text)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	stopped := make(chan error, 1)
	n := newNode(t, &fakeHost{transfer: func(ctx context.Context, _ *record.Object, progress func(transfer.Event)) error {
		progress(transfer.Event{Kind: transfer.SessionStart, Session: "s1"})
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return ctx.Err()
	}})
	_, text := ask(t, n, "POST", "/ops/transfers", spec)
	path := "/ops/transfers/" + object(t, text).Text("id")
	if status, text := ask(t, n, methodCancel, path, ""); status != http.StatusNoContent || text != "" {
		t.Errorf("got %d %s", status, text)
	}
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	n.Wait()
	if _, text = ask(t, n, "GET", path, ""); object(t, text).Text("status") != "canceled" {
		t.Errorf("got %s", text)
	}
}

// A transfer that takes long to start does not hold up the answer.
func TestSlowStart(t *testing.T) {
	n := newNode(t, player(make(chan func(func(transfer.Event)) error)))
	n.transfers.wait = time.Millisecond
	if _, text := ask(t, n, "POST", "/ops/transfers", spec); object(t, text).Text("status") != "waiting" {
		t.Errorf("got %s", text)
	}
}

// Clients of the original rely on it.
func TestUnknownTransfer(t *testing.T) {
	n := newNode(t, &fakeHost{})
	status, text := ask(t, n, "GET", "/ops/transfers/zoo", "")
	state := object(t, text)
	if status != 200 || state.Text("id") != "zoo" || state.Text("status") != "running" || state.Object("start_spec").Len() != 0 || len(state.List("sessions")) != 0 {
		t.Errorf("got %d %s", status, text)
	}
}

func FuzzRequest(f *testing.F) {
	for _, seed := range []struct{ method, path, body string }{
		{"POST", "/ops/transfers", spec}, {"POST", "/files/browse", `{"path":"/","count":2,"skip":1}`}, {"POST", "/files/browse", `{"path":"\u0000","count":1e3}`},
		{"GET", "/ops/transfers//", ""}, {"CANCEL", "/ops/transfers/%2e", ""}, {"GET", "/info", ""}, {"PUT", "/<b>", "x"},
	} {
		f.Add(seed.method, seed.path, seed.body)
	}
	n := New(f.Context(), &fakeHost{transfer: func(context.Context, *record.Object, func(transfer.Event)) error { return nil }}, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, method, path, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://h/", strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.Path = path
		r.Header.Set("Accept", "application/json")
		w := httptest.NewRecorder()
		n.ServeHTTP(w, r)
		answer := w.Result()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode < 200 || answer.StatusCode > 599 {
			t.Fatalf("%d, %v", answer.StatusCode, err)
		}
		if answer.Header.Get("Content-Type") == "application/json" && !json.Valid(text) {
			t.Errorf("no JSON: %s", text)
		}
		if answer.StatusCode == 200 && method == "POST" && path == pathTransfers {
			if spec, err := parseSpec([]byte(body)); err != nil || spec.Text("remote_host") == "" {
				t.Errorf("accepted %s: %v", body, err)
			}
		}
	})
}
