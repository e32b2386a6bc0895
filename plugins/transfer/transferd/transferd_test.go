package transferd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	queued    = protocol.TransferStatus_QUEUED
	running   = protocol.TransferStatus_RUNNING
	completed = protocol.TransferStatus_COMPLETED
	failed    = protocol.TransferStatus_FAILED
	canceled  = protocol.TransferStatus_CANCELED
	paused    = protocol.TransferStatus_PAUSED
	orphaned  = protocol.TransferStatus_ORPHANED
)

func (tr *trial) told() string {
	var list []string
	for _, e := range tr.events {
		text := string(e.Kind)
		if e.Text != "" {
			text += "(" + e.Text + ")"
		}
		if e.Bytes != 0 {
			text += fmt.Sprintf("(%d)", e.Bytes)
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func TestStatesBecomeEventsAndOneOutcome(t *testing.T) {
	broken := status.Error(codes.Unavailable, "gone")
	for _, tt := range []struct {
		name    string
		streams []stream
		query   *protocol.QueryTransferResponse
		told    string
		err     string
		code    int
		retries bool
	}{
		{
			name: "success",
			streams: []stream{{states: []*protocol.TransferResponse{
				state(queued), state(running), state(running, sized(10), moved(4)), state(running, sized(10), moved(4)), state(completed),
			}}},
			told: "sessions_init(starting) sessions_init(queued) session_start session_size(10) transfer(4) transfer(4) transfer(10) session_end end",
		},
		{
			name: "states of other transfers do not count",
			streams: []stream{{states: []*protocol.TransferResponse{
				{TransferId: "t2", Status: failed, Message: `{"Description":"not ours"}`}, state(completed, moved(3)),
			}}},
			told: "sessions_init(starting) session_start transfer(3) session_end end",
		},
		{
			name:    "waits are told once",
			streams: []stream{{states: []*protocol.TransferResponse{state(paused), state(paused), state(orphaned), state(99), state(completed)}}},
			told:    "sessions_init(starting) sessions_init(paused) sessions_init(orphaned) session_start session_end end",
		},
		{
			name: "failure told by ascp",
			streams: []stream{{states: []*protocol.TransferResponse{
				state(running), state(failed, says(`{"Type":"ERROR","Code":"19","Description":"Authentication failure"}`)),
			}}},
			told: "sessions_init(starting) session_start session_end end",
			err:  "Authentication failure", code: 19,
		},
		{
			name:    "failure without a word",
			streams: []stream{{states: []*protocol.TransferResponse{state(failed)}}},
			told:    "sessions_init(starting) end",
			err:     "the transfer t1 has ended in the transfer daemon with status FAILED",
		},
		{
			name:    "cancelled by another",
			streams: []stream{{states: []*protocol.TransferResponse{state(canceled, says(`{"Code":28,"Description":"Cancelled by user"}`))}}},
			told:    "sessions_init(starting) end",
			err:     "Cancelled by user", code: 28,
		},
		{
			name: "the stream breaks, and goes on",
			streams: []stream{
				{states: []*protocol.TransferResponse{state(running, moved(1))}, err: broken},
				{states: []*protocol.TransferResponse{state(completed, moved(9))}},
			},
			query: &protocol.QueryTransferResponse{TransferId: "t1", Status: running},
			told:  "sessions_init(starting) session_start transfer(1) transfer(9) session_end end",
		},
		{
			name:    "the stream breaks at the end",
			streams: []stream{{states: []*protocol.TransferResponse{state(running, moved(1))}}},
			query:   &protocol.QueryTransferResponse{TransferId: "t1", Status: failed, Message: `{"Code":"25","Description":"No space left on disk"}`},
			told:    "sessions_init(starting) session_start transfer(1) session_end end",
			err:     "No space left on disk", code: 25,
		},
		{
			name:    "the end came before anybody listened",
			streams: []stream{{hold: true}},
			query:   &protocol.QueryTransferResponse{TransferId: "t1", Status: completed, TransferInfo: &protocol.TransferInfo{BytesTransferred: 7}},
			told:    "sessions_init(starting) session_start transfer(7) session_end end",
		},
		{
			name:    "a daemon that was started again does not know the transfer",
			streams: []stream{{states: []*protocol.TransferResponse{state(running, moved(1))}, err: broken}},
			told:    "sessions_init(starting) session_start transfer(1) session_end end",
			err:     "tells nothing about transfer t1 any more: no transfer t1", retries: true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := (&fake{streams: tt.streams, query: tt.query}).serve(t, false)
			tr := newTrial()
			outcomes, err := tr.run(t.Context(), t, f, upload)
			if err != nil || len(outcomes) != 1 {
				t.Fatalf("outcomes %v, error %v", outcomes, err)
			}
			if got := tr.told(); got != tt.told {
				t.Errorf("told %s\nnot  %s", got, tt.told)
			}
			expectFailure(t, outcomes[0], tt.err, tt.code, tt.retries)
		})
	}
}

func expectFailure(t *testing.T, err error, text string, code int, retryable bool) {
	t.Helper()
	if text == "" {
		if err != nil {
			t.Errorf("error %v", err)
		}
		return
	}
	var failed *transfer.Error
	if !errors.As(err, &failed) || !strings.Contains(failed.Message, text) || failed.Code != code || failed.Retryable != retryable {
		t.Errorf("error %#v", err)
	}
}

func TestRetryableFailuresAreTriedAgain(t *testing.T) {
	lost := stream{states: []*protocol.TransferResponse{state(failed, says(`{"Code":"16","Description":"Connection lost"}`))}}
	done := stream{states: []*protocol.TransferResponse{state(completed)}}
	f := (&fake{streams: []stream{lost, lost, done}}).serve(t, false)
	tr := newTrial()
	if outcomes, err := tr.run(t.Context(), t, f, upload); err != nil || outcomes[0] != nil {
		t.Errorf("outcomes %v, error %v", outcomes, err)
	}
	if n := f.count("start"); n != 3 {
		t.Errorf("%d attempts", n)
	}
	if !strings.Contains(tr.told(), "retry(Connection lost. Resuming in 4 seconds (retry left:5))") {
		t.Errorf("told %s", tr.told())
	}

	f = (&fake{streams: []stream{lost}}).serve(t, false)
	outcomes, err := newTrial().run(t.Context(), t, f, upload)
	if err != nil || outcomes[0] == nil || outcomes[0].Error() != "Maximum number of retry reached (7)" {
		t.Errorf("outcomes %v, error %v", outcomes, err)
	}
}

func TestRefusedTransferTellsTheUnknownFields(t *testing.T) {
	f := (&fake{
		refusal: &protocol.StartTransferResponse{Status: failed, Error: &protocol.Error{Code: 2, Description: "bad transfer spec"}},
		unknown: []string{"zoo"},
	}).serve(t, false)
	outcomes, err := newTrial().run(t.Context(), t, f, upload)
	want := `bad transfer spec (fields that the transfer daemon does not know: ["zoo"])`
	if err != nil || outcomes[0] == nil || outcomes[0].Error() != want {
		t.Errorf("outcomes %v, error %v", outcomes, err)
	}
}

func TestDaemonOfTheOlderPackage(t *testing.T) {
	f := (&fake{streams: []stream{{states: []*protocol.TransferResponse{state(completed)}}}}).serve(t, true)
	if outcomes, err := newTrial().run(t.Context(), t, f, upload); err != nil || outcomes[0] != nil {
		t.Errorf("outcomes %v, error %v", outcomes, err)
	}
}

func TestCancelStopsTheTransferInTheDaemon(t *testing.T) {
	f := (&fake{streams: []stream{{states: []*protocol.TransferResponse{state(running, moved(1))}, hold: true}}}).serve(t, false)
	f.query = &protocol.QueryTransferResponse{TransferId: "t1", Status: running}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tr := newTrial()
	tr.during = func(e transfer.Event) {
		if e.Kind == transfer.Transfer {
			cancel()
		}
	}
	outcomes, err := tr.run(ctx, t, f, upload)
	if err != nil || len(outcomes) != 1 {
		t.Fatalf("outcomes %v, error %v", outcomes, err)
	}
	if e := failure.As(outcomes[0]); e == nil || e.Label != failure.Interruption {
		t.Errorf("outcome %v", outcomes[0])
	}
	if f.count("stop") != 1 || f.count("start") != 1 {
		t.Errorf("calls %v", f.calls)
	}
}

func TestNobodyListens(t *testing.T) {
	f := &fake{port: 1}
	_, err := newTrial().run(t.Context(), t, f, upload)
	if err == nil || !strings.HasPrefix(err.Error(), "no transfer daemon listens at 127.0.0.1:1: ") {
		t.Errorf("error %v", err)
	}
}

func TestParameters(t *testing.T) {
	for _, tt := range []struct {
		name, info string
		want       parameters
		err        string
	}{
		{"none", `{}`, parameters{"127.0.0.1", 0, true, true}, ""},
		{"port", `{"url":":55002"}`, parameters{"127.0.0.1", 55002, true, true}, ""},
		{"address, 4.21.0", `{"url":"10.0.0.1:55002","external":true,"keep":true}`, parameters{"10.0.0.1", 55002, false, false}, ""},
		{"address, later", `{"url":"[::1]:55002","start":false,"stop":false}`, parameters{"::1", 55002, false, false}, ""},
		{"contrary of the default", `{"external":false,"keep":false,"start":true,"stop":true}`, parameters{"127.0.0.1", 0, true, true}, ""},
		{"port zero kept", `{"keep":true}`, parameters{}, "Cannot use options `keep` or `external` with port zero"},
		{"port zero of an address", `{"url":"127.0.0.1:0","start":false}`, parameters{}, "Cannot set options `stop` or `start` to false with port zero"},
		{"no port", `{"url":"localhost"}`, parameters{}, "transfer_info.url: expecting <address>:<port> of a transfer daemon, got localhost"},
		{"no number", `{"url":":x"}`, parameters{}, "transfer_info.url: expecting <address>:<port> of a transfer daemon, got :x"},
		{"too large", `{"url":":65536"}`, parameters{}, "transfer_info.url: expecting <address>:<port> of a transfer daemon, got :65536"},
		{"no boolean", `{"keep":"yes"}`, parameters{}, "transfer_info.keep: expecting a boolean, got String"},
		{"unknown", `{"foo":1}`, parameters{}, "unknown keyword: :foo"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			info, err := record.ParseObject([]byte(tt.info))
			if err != nil {
				t.Fatal(err)
			}
			got, err := parseParameters(info)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v", err)
				}
			} else if err != nil || got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestLocalPathsBecomeAbsolute(t *testing.T) {
	for _, tt := range []struct{ name, spec, want string }{
		{
			"sources", `{"direction":"send","paths":[{"source":"a"},{"source":"d/."},{"source":"/abs"},{"source":"faux:///f?1m"}],"destination_root":"in"}`,
			`{"direction":"send","paths":[{"source":"/here/a"},{"source":"/here/d/."},{"source":"/abs"},{"source":"faux:///f?1m"}],"destination_root":"in"}`,
		},
		{
			"source root", `{"direction":"send","source_root":"r","paths":[{"source":"a"}]}`,
			`{"direction":"send","source_root":"/here/r","paths":[{"source":"a"}]}`,
		},
		{
			"destination", `{"direction":"receive","destination_root":".","paths":[{"source":"a","destination":"b"}]}`,
			`{"direction":"receive","destination_root":"/here/.","paths":[{"source":"a","destination":"b"}]}`,
		},
		{"discarded", `{"direction":"receive","destination_root":"faux://"}`, `{"direction":"receive","destination_root":"faux://"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec, err := record.ParseObject([]byte(tt.spec))
			if err != nil {
				t.Fatal(err)
			}
			locate(spec, "/here")
			if got := string(record.JSON(spec)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTheSpecOfTheJobStaysAsItIs(t *testing.T) {
	f := (&fake{streams: []stream{{states: []*protocol.TransferResponse{state(completed)}}}}).serve(t, false)
	if _, err := newTrial().run(t.Context(), t, f, upload); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(upload, "sparse_csum", "sparse_checksum", 1); f.spec != want {
		t.Errorf("the daemon got %s", f.spec)
	}
	spec, err := record.ParseObject([]byte(upload))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := adapt(spec, true); err != nil || string(record.JSON(spec)) != upload {
		t.Errorf("changed to %s, %v", record.JSON(spec), err)
	}
}

func TestPortOfTheLog(t *testing.T) {
	for _, tt := range []struct {
		name, log string
		port      int
	}{
		{"nothing yet", "Info: starting\n", 0},
		{"half a line", "Info: API Server: Listening on 127.0.0.1:55", 0},
		{"the last one", "x Info: API Server: Listening on 127.0.0.1:1 y\nInfo: API Server: Listening on [::1]:55002 \n", 55002},
		{"none", "Info: API Server: Listening on 127.0.0.1:99999999999999999999 \n", 0},
	} {
		if port, found := parsePort(tt.log); found != (tt.port != 0) || found && port != tt.port {
			t.Errorf("%s: %d, %t", tt.name, port, found)
		}
	}
}

// FuzzMessage checks that any text of a failed transfer gives an error that says
// something.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{`{"Code":"19","Description":"x"}`, `{"Code":1e99}`, `{"Description":null}`, "plain", "", "{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if failureOf(state(failed, says(message))).Error() == "" {
			t.Errorf("no error for %q", message)
		}
	})
}

// FuzzPort checks that a port that is found in a log is one.
func FuzzPort(f *testing.F) {
	f.Add("Info: API Server: Listening on 127.0.0.1:1 \n")
	f.Fuzz(func(t *testing.T, log string) {
		if port, found := parsePort(log); found && (port <= 0 || port > 65535 || !strings.Contains(log, strconv.Itoa(port))) {
			t.Errorf("port %d in %q", port, log)
		}
	})
}
