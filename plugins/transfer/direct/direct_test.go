package direct

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const upload = `{"remote_host":"127.0.0.1","remote_user":"u","remote_password":"p","ssh_port":33001,"direction":"send",
	"create_dir":true,"destination_root":"/dst","paths":[{"source":"f1"},{"source":"f2"}]}`

// trial runs a job with a fake ascp.
type trial struct {
	agent *Agent
	job   agent.Job
	state string
	log   *bytes.Buffer

	mutex  sync.Mutex
	events []transfer.Event
	waits  []time.Duration
}

func newTrial(t *testing.T, scenario, spec, info string) *trial {
	t.Helper()
	tr := &trial{state: t.TempDir(), log: &bytes.Buffer{}}
	t.Setenv(scenarioEnv, scenario)
	t.Setenv(stateEnv, tr.state)
	// The race detector holds up the end of a process by a second.
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tr.agent = &Agent{grace: process.StopGrace, patience: process.SettleGrace, sleep: func(ctx context.Context, d time.Duration) error {
		tr.mutex.Lock()
		defer tr.mutex.Unlock()
		tr.waits = append(tr.waits, d)
		return ctx.Err()
	}}
	tr.job = agent.Job{
		Spec: parse(t, spec), Info: parse(t, info),
		Env: agent.Env{
			AscpPath: self, SDKFolder: t.TempDir(), FileListFolder: filepath.Join(t.TempDir(), "filelists"), TempFolder: t.TempDir(),
			Stdout: io.Discard, Stderr: io.Discard, Log: slog.New(slog.NewTextHandler(tr.log, nil)),
		},
	}
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

func (tr *trial) emit(e transfer.Event) {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.events = append(tr.events, e)
}

func (tr *trial) run(t *testing.T) []error {
	t.Helper()
	outcomes, err := tr.agent.Run(t.Context(), tr.job, tr.emit)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// story is the events of one session, without its changing id.
func (tr *trial) story() string {
	var words []string
	for _, e := range tr.events {
		word := string(e.Kind)
		if e.Bytes != 0 {
			word += fmt.Sprintf(" %d", e.Bytes)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

var changing = regexp.MustCompile(`pid \d+`)

func TestRun(t *testing.T) {
	const twice = `{"resume":{"iter_max":2}}`
	for _, tt := range []struct {
		scenario, info string
		attempts       int
		err            string
		code           int
	}{
		{scenario: "success", attempts: 1},
		{scenario: "unsized", attempts: 1},
		{scenario: "lossy", attempts: 2},
		{scenario: "lost", info: twice, attempts: 3, err: "Maximum number of retry reached (2)", code: 16},
		{scenario: "fatal", attempts: 2, err: "Authentication failure", code: 19},
		{scenario: "dies", attempts: 2, err: "unexpected last event type: INIT, "},
		{scenario: "mute", attempts: 2, err: "internal: no management event (NilClass)"},
		{scenario: "refuses", attempts: 2, err: "ascp failed (pid N exit 3)"},
		{scenario: "bad exit", attempts: 2, err: "ascp failed (pid N exit 5)"},
		{scenario: "garbage", attempts: 1, err: `mgt port: unexpected value: "hello there"`},
		{scenario: "silent", info: `{"spawn_timeout_sec":0.5}`, attempts: 2, err: "timeout waiting mgt port connect (select not readable)"},
	} {
		t.Run(tt.scenario, func(t *testing.T) {
			if tt.info == "" {
				tt.info = "{}"
			}
			tr := newTrial(t, tt.scenario, upload, tt.info)
			outcomes := tr.run(t)
			if len(outcomes) != 1 {
				t.Fatalf("%d outcomes", len(outcomes))
			}
			got := ""
			if outcomes[0] != nil {
				program := filepath.Base(tr.job.Env.AscpPath)
				got = strings.ReplaceAll(changing.ReplaceAllString(outcomes[0].Error(), "pid N"), program, "ascp")
			}
			if got != tt.err {
				t.Errorf("outcome is %q, want %q", got, tt.err)
			}
			var failed *transfer.Error
			if errors.As(outcomes[0], &failed) && failed.Code != tt.code {
				t.Errorf("code is %d", failed.Code)
			}
			if calls := invocations(t, tr.state); len(calls) != tt.attempts {
				t.Errorf("%d attempts, want %d", len(calls), tt.attempts)
			}
			if lists, _ := os.ReadDir(tr.job.Env.FileListFolder); len(lists) != 0 {
				t.Errorf("%d lists of files are left", len(lists))
			}
		})
	}
}

func TestEvents(t *testing.T) {
	for scenario, want := range map[string]string{
		"success": "sessions_init, sessions_init, session_start, session_size 1000, transfer 500, file_done 1000, transfer 1000, session_end, end",
		"unsized": "sessions_init, sessions_init, session_start, session_size 7, transfer 7, session_end, end",
		"lossy": "sessions_init, sessions_init, session_start, session_end, retry, " +
			"sessions_init, session_start, session_size 1000, transfer 500, file_done 1000, transfer 1000, session_end, end",
	} {
		t.Run(scenario, func(t *testing.T) {
			tr := newTrial(t, scenario, upload, "{}")
			tr.run(t)
			if got := tr.story(); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestRetryWaits(t *testing.T) {
	tr := newTrial(t, "lost", upload, `{"resume":{"iter_max":3,"sleep_initial":5,"sleep_factor":3,"sleep_max":20}}`)
	tr.run(t)
	if want := []time.Duration{5 * time.Second, 15 * time.Second, 20 * time.Second}; !slices.Equal(tr.waits, want) {
		t.Errorf("waits are %v", tr.waits)
	}
	// What a failed attempt moved is not to be counted twice.
	for _, e := range tr.events {
		if e.Kind == transfer.Retry && e.Session == "" {
			t.Errorf("%+v does not name the session that failed", e)
		}
	}
	if log := tr.log.String(); !strings.Contains(log, "Resuming in 5 seconds (retry left:2)") {
		t.Errorf("log is %s", log)
	}
}

func TestCommandLine(t *testing.T) {
	tr := newTrial(t, "success", upload, "{}")
	tr.run(t)
	call := invocations(t, tr.state)[0]
	got := strings.Join(call.Args, " ")
	want := regexp.MustCompile(`^-M \d+ -q -d --mode send --host 127\.0\.0\.1 --user u -P 33001 --dest64 --file-list=` +
		regexp.QuoteMeta(tr.job.Env.FileListFolder) + `[/\\][0-9a-f-]{36} L2RzdA==$`)
	if !want.MatchString(got) {
		t.Errorf("arguments are %s", got)
	}
	for _, want := range []string{"ASPERA_SCP_PASS=p", "ASPERA_TEST_REDIS_DISABLE=true"} {
		if !slices.Contains(call.Env, want) {
			t.Errorf("environment has no %s: %q", want, call.Env)
		}
	}
	if call.List != "f1\nf2" {
		t.Errorf("list is %q", call.List)
	}
}

func TestRefreshToken(t *testing.T) {
	spec := strings.Replace(upload, `"remote_password":"p"`, `"remote_password":"","token":"Bearer old"`, 1)
	tr := newTrial(t, "expired", spec, "{}")
	tr.job.RefreshToken = func(context.Context) (string, error) { return "Bearer new", nil }
	if outcomes := tr.run(t); outcomes[0] != nil {
		t.Errorf("outcome is %v", outcomes[0])
	}
	if log := tr.log.String(); !strings.Contains(log, "Regenerating token for transfer") || strings.Contains(log, "Bearer new") {
		t.Errorf("log is %s", log)
	}
}

func TestMultiSession(t *testing.T) {
	spec := strings.Replace(upload, `"ssh_port"`, `"multi_session":"3","fasp_port":40000,"ssh_port"`, 1)
	tr := newTrial(t, "success", spec, `{"multi_incr_udp":true,"spawn_delay_sec":1.5}`)
	outcomes := tr.run(t)
	if len(outcomes) != 3 || errors.Join(outcomes...) != nil {
		t.Fatalf("outcomes are %v", outcomes)
	}
	var heads, lists []string
	for _, call := range invocations(t, tr.state) {
		heads = append(heads, strings.Join(call.Args[2:5], " "))
		lists = append(lists, call.Args[len(call.Args)-2])
	}
	slices.Sort(heads)
	if got := strings.Join(heads, "|"); got != "-O 40000 -C1:3|-O 40001 -C2:3|-O 40002 -C3:3" {
		t.Errorf("arguments are %s", got)
	}
	if len(slices.Compact(lists)) != 1 {
		t.Errorf("sessions do not share the list: %q", lists)
	}
	if want := []time.Duration{1500 * time.Millisecond, 1500 * time.Millisecond}; !slices.Equal(tr.waits, want) {
		t.Errorf("delays are %v", tr.waits)
	}
	ids := map[string]bool{}
	for _, e := range tr.events {
		if e.Kind == transfer.SessionStart {
			ids[e.Session] = true
		}
	}
	if len(ids) != 3 {
		t.Errorf("sessions are %v", ids)
	}
}

func TestUnmonitored(t *testing.T) {
	tr := newTrial(t, "refuses", upload, `{"monitor":false}`)
	outcomes := tr.run(t)
	if outcomes[0] == nil || !strings.Contains(outcomes[0].Error(), "exit 3") {
		t.Errorf("outcome is %v", outcomes[0])
	}
	if args := invocations(t, tr.state)[0].Args; slices.Contains(args, "-M") {
		t.Errorf("arguments are %q", args)
	}
}

func TestCancel(t *testing.T) {
	for _, scenario := range []string{"interruptible", "stubborn"} {
		t.Run(scenario, func(t *testing.T) {
			tr := newTrial(t, scenario, upload, "{}")
			tr.agent.grace, tr.agent.patience = 300*time.Millisecond, 300*time.Millisecond
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			outcomes, err := tr.agent.Run(ctx, tr.job, func(e transfer.Event) {
				tr.emit(e)
				if e.Kind == transfer.SessionStart {
					cancel()
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := failure.As(outcomes[0]); got == nil || got.Label != failure.Interruption || got.Message != "transfer interrupted by user" {
				t.Errorf("outcome is %v", outcomes[0])
			}
			if !errors.Is(outcomes[0], context.Canceled) {
				t.Error("the cause is lost")
			}
			if calls := invocations(t, tr.state); len(calls) != 1 {
				t.Errorf("%d attempts", len(calls))
			}
		})
	}
}

// TestLingeringAscp: a process that does not end after its last word is stopped,
// which does not make its transfer a failure.
func TestLingeringAscp(t *testing.T) {
	tr := newTrial(t, "lingers", upload, "{}")
	tr.agent.grace, tr.agent.patience = 300*time.Millisecond, 300*time.Millisecond
	if outcomes := tr.run(t); outcomes[0] != nil {
		t.Errorf("outcome is %v", outcomes[0])
	}
}

func TestNoAscp(t *testing.T) {
	tr := newTrial(t, "success", upload, "{}")
	tr.job.Env.AscpPath = filepath.Join(t.TempDir(), "ascp")
	if _, err := tr.agent.Run(t.Context(), tr.job, tr.emit); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("error is %v", err)
	}
	if len(tr.events) != 0 {
		t.Errorf("events of a job that did not start: %v", tr.events)
	}
}
