package transferd

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	protocol "github.com/ascli-go/ascli/proto/transferd"
)

const (
	regular    = protocol.TransferType_FILE_REGULAR
	persistent = protocol.TransferType_FILE_PERSISTENT
)

func TestAnUploadTellsItsStatesInOrder(t *testing.T) {
	s := newSite(t, false)
	a, b := s.file("a", 70_000), s.file("b", 5)
	stream, err := s.StartTransferWithMonitor(s.context(), &protocol.TransferRequest{
		TransferType: regular, TransferSpec: s.spec(map[string]any{"paths": sources(a, b), "title": "two files", "cookie": "c1"}),
	})
	check(t, err)
	var order []string
	var last *protocol.TransferResponse
	for {
		state, err := stream.Recv()
		if err == io.EOF {
			break
		}
		check(t, err)
		last = state
		word := state.GetStatus().String() + "/" + state.GetTransferEvent().String()
		if !slices.Contains(order, word) {
			order = append(order, word)
		}
		if state.GetTransferEvent() == protocol.TransferEvent_ARG_STOP && state.GetSessionInfo().GetPreTransferBytes() != 70_005 {
			t.Errorf("size of the job: %v", state.GetSessionInfo())
		}
	}
	wanted := "QUEUED/CONNECTING RUNNING/SESSION_START RUNNING/PROGRESS RUNNING/FILE_STOP RUNNING/ARG_STOP COMPLETED/SESSION_STOP"
	if got := strings.Join(order, " "); got != wanted {
		t.Errorf("told %s", got)
	}
	info := last.GetTransferInfo()
	if info.GetBytesTransferred() != 70_005 || info.GetFilesCompleted() != 2 || info.GetCookie() != "c1" || last.GetTitle() != "two files" {
		t.Errorf("at the end: %v", last)
	}
	s.holds("in/a", 70_000)
	s.holds("in/b", 5)

	// Who comes late learns how it ended.
	late := s.await(s.monitor(last.GetTransferId()), has(protocol.TransferStatus_COMPLETED))
	query, err := s.QueryTransfer(s.context(), &protocol.TransferInfoRequest{TransferId: last.GetTransferId()})
	if err != nil || query.GetStatus() != late.GetStatus() || query.GetTransferInfo().GetBytesTransferred() != 70_005 {
		t.Errorf("query: %v, %v", query, err)
	}
}

func TestAFailureHasTheMessageOfAscp(t *testing.T) {
	s := newSite(t, false)
	wrong := "Basic " + base64.StdEncoding.EncodeToString([]byte("ak1:geheim"))
	id := s.start(regular, s.spec(map[string]any{"paths": sources(s.file("a", 1)), "token": wrong}))
	state := s.await(s.monitor(id), has(protocol.TransferStatus_FAILED))
	var message map[string]string
	check(t, json.Unmarshal([]byte(state.GetMessage()), &message))
	if message["Type"] != "ERROR" || message["Code"] != "19" || !strings.HasPrefix(message["Description"], "Authentication failure") {
		t.Errorf("message %s", state.GetMessage())
	}
	if text := state.String(); strings.Contains(text, wrong) || strings.Contains(text, "geheim") {
		t.Errorf("a secret is in %s", text)
	}
}

func TestARunningTransferIsSlowedAndStopped(t *testing.T) {
	s := newSite(t, false)
	id := s.start(regular, s.spec(map[string]any{"paths": sources(s.file("big", 4_000_000)), "target_rate_kbps": 4000}))
	stream := s.monitor(id)
	s.await(stream, func(r *protocol.TransferResponse) bool { return r.GetTransferInfo().GetBytesTransferred() > 0 })
	modified, err := s.ModifyTransfer(s.context(), &protocol.TransferModificationRequest{TransferId: id, TransferSpec: `{"target_rate_kbps":2000}`})
	if err != nil || modified.GetError() != nil {
		t.Fatalf("modify: %v, %v", modified, err)
	}
	s.await(stream, func(r *protocol.TransferResponse) bool {
		return r.GetTransferEvent() == protocol.TransferEvent_RATE_MODIFICATION && r.GetTransferInfo().GetTargetRateKbps() == 2000
	})
	stopped, err := s.StopTransfer(s.context(), &protocol.StopTransferRequest{TransferId: []string{id, "none"}})
	check(t, err)
	if r := stopped.GetStopResult(); len(r) != 2 || !r[0].GetStopped() || r[1].GetStopped() || r[1].GetError() == nil {
		t.Errorf("stop: %v", r)
	}
	state := s.await(stream, has(protocol.TransferStatus_CANCELED))
	if state.GetTransferEvent() != protocol.TransferEvent_SESSION_CANCELED {
		t.Errorf("at the end: %v", state)
	}
}

func TestAPersistentTransferTakesPathsUntilItIsLocked(t *testing.T) {
	s := newSite(t, false)
	id := s.start(persistent, s.spec(nil))
	stream := s.monitor(id)
	s.await(stream, has(protocol.TransferStatus_RUNNING))
	for i, name := range []string{"one", "two"} {
		added, err := s.AddTransferPaths(s.context(), &protocol.TransferPathRequest{TransferId: id, TransferPath: []*protocol.TransferPath{
			{Source: s.file(name, i+1), Destination: fmt.Sprintf("%s.renamed", name)},
		}})
		if err != nil || added.GetError() != nil {
			t.Fatalf("add: %v, %v", added, err)
		}
	}
	locked, err := s.LockPersistentTransfer(s.context(), &protocol.LockPersistentTransferRequest{TransferId: id})
	if err != nil || locked.GetError() != nil {
		t.Fatalf("lock: %v, %v", locked, err)
	}
	s.await(stream, has(protocol.TransferStatus_COMPLETED))
	s.holds("in/one.renamed", 1)
	s.holds("in/two.renamed", 2)
	again, err := s.AddTransferPaths(s.context(), &protocol.TransferPathRequest{TransferId: id, TransferPath: []*protocol.TransferPath{{Source: "x"}}})
	if err != nil || again.GetError() == nil {
		t.Errorf("after its end: %v, %v", again, err)
	}
}

func TestWhatCannotStartFails(t *testing.T) {
	s := newSite(t, false)
	path := sources(s.file("a", 1))
	for _, tt := range []struct {
		name, spec, err string
		kind            protocol.TransferType
		config          *protocol.TransferConfig
	}{
		{name: "no JSON", spec: `{"token":"secret"`, kind: regular, err: "the transfer spec is no JSON"},
		{name: "no paths", spec: s.spec(nil), kind: regular, err: "paths is missing"},
		{name: "a value of another type", spec: s.spec(map[string]any{"paths": path, "create_dir": "yes"}), kind: regular, err: "field create_dir is string, expecting bool"},
		{name: "ascp's names", spec: s.spec(map[string]any{"paths": path, "resume_policy": "attrs"}), kind: regular, err: `resume_policy is "attrs", not none, attributes,`},
		{name: "streams", spec: s.spec(nil), kind: protocol.TransferType_STREAM_TO_FILE_UPLOAD, err: "transfer type STREAM_TO_FILE_UPLOAD is not offered"},
		{
			name: "retries", spec: s.spec(map[string]any{"paths": path}), kind: regular, err: "config.retry is not offered",
			config: &protocol.TransferConfig{Retry: &protocol.RetryStrategy{RetryType: &protocol.RetryStrategy_Basic{Basic: &protocol.BasicRetryStrategy{MaxCount: 1}}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := s.StartTransfer(s.context(), &protocol.TransferRequest{TransferType: tt.kind, Config: tt.config, TransferSpec: tt.spec})
			if err != nil || answer.GetStatus() != protocol.TransferStatus_FAILED || !strings.Contains(answer.GetError().GetDescription(), tt.err) {
				t.Errorf("%v, %v", answer, err)
			}
		})
	}
	_, err := s.QueryTransfer(s.context(), &protocol.TransferInfoRequest{TransferId: "none"})
	if status.Code(err) != codes.NotFound {
		t.Errorf("query: %v", err)
	}
}

func TestValidation(t *testing.T) {
	s := newSite(t, true)
	path := sources("a")
	for _, tt := range []struct {
		name, spec string
		valid      bool
		unknown    string
	}{
		{"good", s.spec(map[string]any{"paths": path}), true, ""},
		{"unknown fields", s.spec(map[string]any{"paths": path, "zoo": 1, "ark": 2}), false, "ark zoo"},
		{"bad direction", s.spec(map[string]any{"paths": path, "direction": "up"}), false, ""},
		{"no JSON", "x", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := s.Validate(s.context(), &protocol.ValidationRequest{TransferSpec: tt.spec, TransferType: regular})
			if err != nil || answer.GetValid() != tt.valid || strings.Join(answer.GetUnknownField(), " ") != tt.unknown {
				t.Errorf("%v, %v", answer, err)
			}
		})
	}
	peer, err := s.IsPeerReachable(s.context(), &protocol.PeerCheckRequest{TransferSpec: s.spec(map[string]any{"paths": path})})
	if err != nil || !peer.GetReachable() {
		t.Errorf("peer: %v, %v", peer, err)
	}
	peer, err = s.IsPeerReachable(s.context(), &protocol.PeerCheckRequest{TransferSpec: s.spec(map[string]any{"paths": path, "ssh_port": 1})})
	if err != nil || peer.GetReachable() || peer.GetError() == nil {
		t.Errorf("peer: %v, %v", peer, err)
	}
	info, err := s.GetInfo(s.context(), &protocol.InstanceInfoRequest{})
	if err != nil || len(info.GetInfo().GetAsperaInfo()) != 1 || !strings.HasPrefix(info.GetInfo().GetAsperaInfo()[0].GetAsperaVersion(), "4.") {
		t.Errorf("info: %v, %v", info, err)
	}
}

func TestFilters(t *testing.T) {
	state := &protocol.TransferResponse{
		TransferId: "t1", TransferType: regular, Status: protocol.TransferStatus_RUNNING, TransferEvent: protocol.TransferEvent_PROGRESS,
		TransferInfo: &protocol.TransferInfo{Cookie: "package 7", Direction: "send"},
	}
	and, or := protocol.RegistrationFilterOperator_AND, protocol.RegistrationFilterOperator_OR
	for _, tt := range []struct {
		name    string
		ids     []string
		filters []*protocol.RegistrationFilter
		want    bool
	}{
		{"nothing", nil, nil, true},
		{"id", []string{"t0", "t1"}, nil, true},
		{"another id", []string{"t0"}, nil, false},
		{"a filter besides the id", []string{"t0"}, []*protocol.RegistrationFilter{{Direction: "send"}}, true},
		{"empty filter", nil, []*protocol.RegistrationFilter{{}}, true},
		{"all hold", nil, []*protocol.RegistrationFilter{{Operator: and, Direction: "send", CookieRegex: "^package [0-9]$"}}, true},
		{"one does not hold", nil, []*protocol.RegistrationFilter{{Operator: and, Direction: "send", CookieRegex: "^p$"}}, false},
		{"one holds", nil, []*protocol.RegistrationFilter{{Operator: or, Direction: "receive", TransferStatus: []protocol.TransferStatus{protocol.TransferStatus_RUNNING}}}, true},
		{"none holds", nil, []*protocol.RegistrationFilter{{Operator: or, Direction: "receive", Cookie: []string{"x"}}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wants, err := selection(&protocol.RegistrationRequest{TransferId: tt.ids, Filters: tt.filters})
			if err != nil || wants(state) != tt.want {
				t.Errorf("%t, %v", wants(state), err)
			}
		})
	}
	if _, err := selection(&protocol.RegistrationRequest{Filters: []*protocol.RegistrationFilter{{CookieRegex: "("}}}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("error %v", err)
	}
}

func TestProgram(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"version", []string{"version"}, 0, "asperatransferd (ascli sandbox stand-in, not FASP) version " + standInVersion + "\n"},
		{"no configuration", nil, 1, "transferd: name the configuration file: --config FILE\n"},
		{"unknown command", []string{"dance"}, 1, "transferd: unknown command [\"dance\"]\n"},
	} {
		var out bytes.Buffer
		if got := Main(t.Context(), tt.args, &out, &out); got != tt.status || out.String() != tt.says {
			t.Errorf("%s: %d, %q", tt.name, got, out.String())
		}
	}
}

func TestConfiguration(t *testing.T) {
	runtime := `"fasp_runtime":{"use_embedded":false,"user_defined":{"bin":"/b","etc":"/e"}}`
	for _, tt := range []struct{ name, text, err string }{
		{"good", `{"address":"127.0.0.1","port":0,` + runtime + `}`, ""},
		{"another machine may reach it", `{"address":"0.0.0.0","port":0,` + runtime + `}`, `address "0.0.0.0" is not of loopback`},
		{"no port", `{"address":"::1","port":-1,` + runtime + `}`, "port -1 is none"},
		{"embedded", `{"address":"::1","fasp_runtime":{"use_embedded":true}}`, "the stand-in has no embedded ascp"},
		{"no ascp", `{"address":"::1"}`, "bin and etc name the folders"},
		{"no JSON", `x`, "invalid character"},
	} {
		_, err := parseConfig([]byte(tt.text))
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// FuzzConfig checks that a configuration that is taken can be served.
func FuzzConfig(f *testing.F) {
	f.Add(`{"address":"127.0.0.1","port":1,"fasp_runtime":{"user_defined":{"bin":"/b","etc":"/e"}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig([]byte(text))
		if err == nil && (c.Port < 0 || c.Port > 65535 || c.bin() == "" || c.Address == "") {
			t.Errorf("taken: %+v", c)
		}
	})
}

// FuzzSpec checks that a transfer spec that is taken has ascp's names, and that the
// parser says what is wrong with others.
func FuzzSpec(f *testing.F) {
	f.Add(`{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"resume_policy":"attributes"}`)
	f.Add(`{"paths":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSpec(text)
		if err != nil && err.Error() == "" || err == nil && (s.Resume == "attributes" || s.Resume == "full_checksum") {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
		unknownFields(text)
	})
}
