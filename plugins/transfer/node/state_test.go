package node

import (
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Whatever a node says of a transfer: who stops it and who follows it agree on
// whether it has ended, and no session ends that has not started.
func FuzzState(f *testing.F) {
	for _, seed := range []string{
		`{"status":"running","bytes_transferred":20,"precalc":{"status":"ready","bytes_expected":100}}`,
		`{"status":"failed","error_code":16,"error_desc":"lost"}`, `{"status":"failed","error_code":"x","error_desc":null}`,
		`{"status":7,"precalc":[]}`, `{"status":"completed","bytes_transferred":-1e300}`, `{}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		state, err := record.ParseObject([]byte(text))
		if err != nil {
			return
		}
		started := false
		j := &job{id: "t1", emit: func(e transfer.Event) {
			switch e.Kind {
			case transfer.SessionStart:
				started = true
			case transfer.SessionSize, transfer.Transfer, transfer.SessionEnd:
				if !started {
					t.Errorf("%s before the start", e.Kind)
				}
			}
		}}
		over, err := j.take(state)
		j.end()
		if over != hasEnded(state) || err != nil && !over {
			t.Errorf("over %v, ended %v, error %v", over, hasEnded(state), err)
		}
	})
}
