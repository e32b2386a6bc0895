//go:build unix

package testscripts

import (
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/semaphore"
)

// conformanceCase is what every agent has to do, in both directions unless flows
// says otherwise.
type conformanceCase struct {
	name  string
	flows []flow
	// heavy: it takes a processor for some time.
	heavy bool
	// diskSize is that of the disk at the destination, in bytes; 0 is large enough.
	diskSize int64
	// ascp: it is about agents that have ascp move the bytes.
	ascp bool
	// ascpFaults are what happens to the runs of ascp.
	ascpFaults []string
	test       func(*mover)
}

func (c conformanceCase) flowsOf() []flow {
	if c.flows != nil {
		return c.flows
	}
	return []flow{upload, download}
}

func conformanceCases() []conformanceCase {
	return slices.Concat(fileCases(), overwriteCases(), failureCases())
}

// TestConformance runs every case with every agent.
func TestConformance(t *testing.T) { testAgents(t, conformanceCases()) }

// room is how much runs at once, in cases: most of them wait for a slow network,
// or for processes to end.
const room = 8

// testAgents runs cases with all agents, all at once as far as there is room.
func testAgents(t *testing.T, cases []conformanceCase) {
	t.Parallel()
	left := semaphore.NewWeighted(room)
	atOnce(movingAgents(), func(agent movingAgent) {
		t.Run(agent.name, func(t *testing.T) {
			atOnce(cases, func(c conformanceCase) {
				t.Run(c.name, func(t *testing.T) {
					atOnce(c.flowsOf(), func(f flow) {
						t.Run(string(f), func(t *testing.T) { testCase(t, agent, c, f, left) })
					})
				})
			})
		})
	})
}

// atOnce does something with each element of a list, and waits for all.
func atOnce[T any](list []T, do func(T)) {
	var all sync.WaitGroup
	for _, element := range list {
		all.Go(func() { do(element) })
	}
	all.Wait()
}

func testCase(t *testing.T, agent movingAgent, c conformanceCase, f flow, left *semaphore.Weighted) {
	if c.ascp && agent.withoutAscp || f == download && (agent.uploads || agent.likeDirect && c.heavy) {
		return
	}
	if reason, ok := agent.exempt(c.name, f); ok {
		t.Logf("not tested: %s", reason)
		return
	}
	weight := int64(1)
	if c.heavy {
		weight = room / 2
	}
	if err := left.Acquire(t.Context(), weight); err != nil {
		t.Fatal(err)
	}
	defer left.Release(weight)
	m := newMover(t, agent, c, f)
	c.test(m)
	m.expectSettled()
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
