package node

import (
	"slices"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		name, command string
		calls         []string
		body, err     string
	}{
		{"rate", `{"type":"RATE","rate":300000,"min_rate":100,"adaptive":"Fixed"}`, []string{"PUT /ops/transfers/t1"}, `{"target_rate_kbps":300000,"min_rate_kbps":100,"rate_policy":"fixed"}`, ""},
		{"cancel", `{"type":"CANCEL"}`, []string{"CANCEL /ops/transfers/t1"}, "", ""},
		{"unknown policy", `{"type":"RATE","adaptive":"fast"}`, nil, "", `Adaptive is "fast", expecting Adaptive, Fixed or Trickle`},
		{"a field that a node cannot change", `{"type":"RATE","priority":1}`, nil, "", "a node cannot change Priority of a running transfer"},
		{"another command", `{"type":"START","source":"a"}`, nil, "", "agent node takes no command START: only RATE and CANCEL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, `{"status":"running"}`, `{"status":"completed"}`)
			tr := newTrial(t, s, upload, "")
			command, err := management.Command(parse(t, tt.command))
			if err != nil {
				t.Fatal(err)
			}
			tr.order.TakeCommands = func(send func(management.Message) (int, error)) {
				s.mutex.Lock()
				before := len(s.calls)
				s.mutex.Unlock()
				sessions, err := send(command)
				if tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
					t.Errorf("error is %v", err)
				}
				if tt.err == "" && sessions != 1 {
					t.Errorf("%d sessions", sessions)
				}
				if got := s.calls[before:]; !slices.Equal(got, tt.calls) {
					t.Errorf("calls are %q", got)
				}
				if tt.body != "" && string(record.JSON(parse(t, s.body))) != tt.body {
					t.Errorf("body is %s", s.body)
				}
			}
			if err := tr.run(t.Context()); (err == nil) != (tt.name != "cancel") {
				t.Errorf("outcome is %v", err)
			}
			if last := tr.events[len(tr.events)-1]; last.Kind != transfer.End {
				t.Errorf("last event is %v", last)
			}
		})
	}
}
