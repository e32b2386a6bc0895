//go:build unix

package testscripts

import (
	"slices"
	"testing"
)

// conformanceCase is what every agent has to do, in both directions unless flows
// says otherwise.
type conformanceCase struct {
	name  string
	flows []flow
	test  func(*mover, flow)
}

func conformanceCases() []conformanceCase {
	return slices.Concat(fileCases(), overwriteCases(), failureCases())
}

// TestConformance runs every case with every agent.
func TestConformance(t *testing.T) { testAgents(t, conformanceCases()) }

func testAgents(t *testing.T, cases []conformanceCase) {
	for _, agent := range movingAgents() {
		t.Run(agent.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					testCase(t, agent, c)
				})
			}
		})
	}
}

func testCase(t *testing.T, agent movingAgent, c conformanceCase) {
	flows := c.flows
	if flows == nil {
		flows = []flow{upload, download}
	}
	for _, f := range flows {
		t.Run(string(f), func(t *testing.T) {
			if reason, ok := agent.exempt(c.name, f); ok {
				t.Logf("not tested: %s", reason)
				return
			}
			t.Parallel()
			m := newMover(t, agent)
			c.test(m, f)
			m.expectSettled()
		})
	}
}

// TestConformanceExemptions: what the table says that an agent cannot do is about
// a case that there is.
func TestConformanceExemptions(t *testing.T) {
	known := map[string]bool{}
	for _, c := range slices.Concat(conformanceCases(), faultCases()) {
		known[c.name] = true
		for _, f := range []flow{upload, download} {
			known[c.name+"/"+string(f)] = true
		}
	}
	for _, agent := range movingAgents() {
		for name := range agent.cannot {
			if !known[name] {
				t.Errorf("agent %s: there is no case %q", agent.name, name)
			}
		}
	}
}
