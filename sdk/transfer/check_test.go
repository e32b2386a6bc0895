package transfer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestCheckOption(t *testing.T) {
	for _, tt := range []struct{ name, agent, ts, err, hint, unsupported string }{
		{"nothing wrong", "direct", `{"cipher":"aes-128","target_rate_kbps":5,"overwrite":null,"unheard_of":{}}`, "", "", ""},
		{"type", "direct", `{"target_rate_kbps":"5"}`, "target_rate_kbps is : String (5), shall be [:int], ", "target_rate_kbps takes: int", ""},
		{"value", "httpgw", `{"resume_policy":"fast"}`, "Enum value fast is not allowed for resume_policy", "resume_policy takes: none, attrs, sparse_csum, full_csum", ""},
		{"the agent", "httpgw", `{"resume_policy":"fast"}`, "Enum value fast is not allowed for resume_policy", "for agent httpgw", ""},
		{"word or boolean", "direct", `{"http_fallback":"maybe"}`, "unsupported value: maybe, expect: force, true, false", "http_fallback takes: bool, force", ""},
		{"a secret", "direct", `{"token":["s3same"]}`, "token is : Array (***), shall be [:string], ", "", ""},
		{"sessions as text", "direct", `{"multi_session":"3"}`, "", "", ""},
		{"not of this agent", "httpgw", `{"use_ascp4":true,"create_dir":true,"src_base":"/a"}`, "", "", "use_ascp4 src_base"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			agent, err := transfer.ResolveAgent(tt.agent)
			if err != nil {
				t.Fatal(err)
			}
			ts, err := record.ParseObject([]byte(tt.ts))
			if err != nil {
				t.Fatal(err)
			}
			unsupported, err := transfer.CheckOption(ts, agent)
			if got := strings.Join(unsupported, " "); got != tt.unsupported {
				t.Errorf("unsupported: %s", got)
			}
			if tt.err == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e := failure.As(err)
			if e == nil || e.Message != tt.err || !strings.Contains(strings.Join(e.Hints, "\n"), tt.hint) {
				t.Errorf("error is %v with %q", err, e)
			}
		})
	}
}

// A name that stands twice for an agent would be a mistake in its table.
func TestParametersAreNamedOnce(t *testing.T) {
	for _, agent := range transfer.Agents() {
		var names []string
		for _, p := range transfer.Parameters(agent.Name) {
			if slices.Contains(names, p.Name) || p.Help == "" || p.Type == "" {
				t.Errorf("%s: %+v", agent.Name, p)
			}
			names = append(names, p.Name)
		}
	}
}
