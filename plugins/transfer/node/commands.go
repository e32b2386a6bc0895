package node

import (
	"context"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// commandTimeout bounds the request for a command.
const commandTimeout = 15 * time.Second

// command has the node do what a command says to ascp: only the node reaches it.
func (j *job) command(ctx context.Context, command management.Message) (sessions int, err error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	switch command.Type() {
	case management.Rate:
		var change *record.Object
		if change, err = rateChange(command); err == nil {
			_, err = j.api.Do(ctx, rest.Request{Method: "PUT", Path: j.path(), Body: change})
		}
	case management.Cancel:
		err = j.cancel(ctx)
	default:
		err = failure.Argumentf("agent node takes no command %s: only %s and %s", command.Type(), management.Rate, management.Cancel)
	}
	if err != nil {
		return 0, err
	}
	return 1, nil
}

// rateChange is the request for a change of rate (spec/plugins/node.md 11). Both
// sides count in kbps.
func rateChange(command management.Message) (*record.Object, error) {
	change := record.New()
	for _, f := range command {
		switch f.Name {
		case management.FieldType:
		case management.FieldRate:
			change.Set("target_rate_kbps", command.Int(f.Name))
		case management.FieldMinRate:
			change.Set("min_rate_kbps", command.Int(f.Name))
		case management.FieldAdaptive:
			policies := map[string]string{"Adaptive": "fair", "Fixed": "fixed", "Trickle": "low"}
			policy, ok := policies[f.Value]
			if !ok {
				return nil, failure.Argumentf("%s is %q, expecting Adaptive, Fixed or Trickle", f.Name, f.Value)
			}
			change.Set("rate_policy", policy)
		default:
			return nil, failure.Argumentf("a node cannot change %s of a running transfer", f.Name)
		}
	}
	return change, nil
}
