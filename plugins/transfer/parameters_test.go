package transfer

import (
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Every agent that users can choose is there, and knows the parameters that the
// help of option transfer_info lists: of each, it refuses a value of another type.
func TestAgentsKnowTheirParameters(t *testing.T) {
	runners := Plugin().Agents.(agents)
	for _, info := range transfer.Agents() {
		runner := runners[info.Name]
		if runner == nil {
			t.Errorf("no agent %s", info.Name)
			continue
		}
		for _, p := range transfer.Parameters(info.Name) {
			t.Run(info.Name+"/"+p.Name, func(t *testing.T) {
				_, err := runner.Run(t.Context(), agent.Job{Spec: record.New(), Info: misfit(p)}, func(transfer.Event) {})
				var refused *failure.Error
				if !errors.As(err, &refused) || refused.Label != failure.Argument || strings.Contains(refused.Message, "unknown keyword") {
					t.Errorf("error is %v", err)
				}
			})
		}
	}
}

// misfit is an object whose only value is of the wrong type for a parameter.
func misfit(p transfer.Parameter) *record.Object {
	var value any = true
	if p.Type == transfer.TypeBool {
		value = "maybe"
	}
	names := strings.Split(p.Name, ".")
	for i := len(names) - 1; i > 0; i-- {
		value = record.New(names[i], value)
	}
	return record.New(names[0], value)
}
