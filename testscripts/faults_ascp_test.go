//go:build unix

package testscripts

import (
	"strings"
	"testing"
)

// ascpFaultCases have ascp itself fail, in the ways that the sandbox's stand-in
// rehearses.
func ascpFaultCases() []conformanceCase {
	var cases []conformanceCase
	for name, rule := range map[string]string{
		"ascp fails thrice":            `{"times":3,"code":16,"description":"Connection lost","after_percent":20}`,
		"ascp fails for good":          `{"times":1,"code":25,"description":"No space left on disk","after_percent":50}`,
		"ascp fails at once":           `{"times":1,"code":12,"description":"Error establishing SSH connection"}`,
		"ascp dies":                    `{"times":1,"kind":"kill","after_percent":50}`,
		"ascp closes without a word":   `{"times":1,"kind":"silent_close","after_percent":50}`,
		"ascp talks garbage":           `{"times":1,"kind":"garbage","after_percent":50}`,
		"ascp never says where it is":  `{"times":1,"kind":"mute"}`,
		"ascp closes before it begins": `{"times":1,"kind":"silent_close"}`,
	} {
		cases = append(cases, conformanceCase{name: name, ascpFaults: []string{rule}, ascp: true, test: func(m *mover) {
			m.survive(func(*network) {}, nil)
		}})
	}
	return append(cases, conformanceCase{name: "ascp hangs", ascpFaults: []string{`{"times":1,"kind":"hang","after_percent":50}`}, ascp: true, test: cancelHanging})
}

// cancelHanging: an ascp that does nothing more does not keep the user.
func cancelHanging(m *mover) {
	fill(m.t, m.out(), map[string]int{faultyFile: faultySize})
	n := m.network()
	p := m.start([]string{faultyFile}, m.agent.retry...)
	p.await("half of it has moved", func() bool { return n.carried(m.flow) > faultySize/2 })
	list := p.children("ascli-plugin-transfer")
	interruptions()[0].send(p)
	p.expectExit(interrupted, "interrupted by user")
	awaitGone(m.t, list)
	m.expectSettled()
	m.moves([]string{faultyFile})
	m.expectArrived()
}

// TestRetriesOfAscp: agent direct itself tries again what can be tried again.
func TestRetriesOfAscp(t *testing.T) {
	for name, c := range map[string]struct {
		rule    string
		status  int
		says    string
		retries int
	}{
		"three failures":    {`{"times":3,"code":16,"description":"Connection lost","after_percent":20}`, 0, "", 3},
		"final failure":     {`{"code":25,"description":"No space left on disk"}`, 1, "ERROR: Transfer: No space left on disk", 1},
		"too many failures": {`{"code":15,"description":"Timeout"}`, 1, "ERROR: Transfer: Maximum number of retry reached (7)", 7},
		"garbage":           {`{"kind":"garbage"}`, 1, "mgt port: unexpected value", 0},
		"mute":              {`{"kind":"mute"}`, 1, "ERROR: Transfer: timeout waiting mgt port connect", 1},
		"silent":            {`{"kind":"silent_close"}`, 1, "unexpected last event type: INIT", 1},
		"killed":            {`{"kind":"kill","after_percent":50}`, 1, "ERROR: Transfer: ", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMover(t, directAgent(), conformanceCase{ascpFaults: []string{c.rule}}, upload)
			fill(t, m.out(), map[string]int{faultyFile: faultySize})
			p := m.start([]string{faultyFile}, m.agent.retry...)
			p.expectExit(c.status, c.says)
			if got := strings.Count(p.stderr.String(), "Resuming in 0 seconds"); got != c.retries {
				t.Errorf("it tried again %d times, want %d", got, c.retries)
			}
			if _, there := readTree(t, m.in())[faultyFile]; there != (c.status == 0) {
				t.Errorf("it is there: %v", there)
			}
			m.expectSettled()
		})
	}
}
