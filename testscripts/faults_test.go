//go:build unix

package testscripts

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/testscripts/world"
)

const (
	// faultyFile is what moves when there is trouble, faultySize its size.
	faultyFile = "big.bin"
	faultySize = 10 << 20
	// someBytes have moved in the middle of a transfer.
	someBytes = 1 << 20
	// slowRate makes a transfer last for some seconds, in kilobytes per second.
	slowRate = 3000
)

// faultCases are troubles that every agent has to survive: files are complete, or
// reported failed, and the same command completes them later.
func faultCases() []conformanceCase {
	cases := []conformanceCase{
		{name: "latency", test: surviveLatency},
		{name: "one megabit per second", test: surviveSlowness},
		{name: "reset during close", test: surviveReset},
		{name: "three cuts", test: func(m *mover) {
			m.survive(func(n *network) { n.cut(m.flow, faultySize/4, faultySize/2, faultySize*3/4) }, nil)
		}},
		{name: "server restarted", test: func(m *mover) {
			m.survive(func(n *network) { n.slow(m.flow, slowRate) }, func(*program) { m.restartServer() })
		}},
		{name: "ascp killed", ascp: true, test: func(m *mover) {
			m.survive(func(n *network) { n.slow(m.flow, slowRate) }, func(p *program) { kill(m.t, m.runningAscp(p)) })
		}},
	}
	for _, percent := range []int64{10, 50, 90} {
		cases = append(cases, conformanceCase{name: fmt.Sprintf("cut at %d percent", percent), test: func(m *mover) {
			m.survive(func(n *network) { n.cut(m.flow, faultySize/100*percent) }, nil)
		}})
	}
	return slices.Concat(cases, sourceFaultCases(), ascpFaultCases())
}

func TestFaults(t *testing.T) { testAgents(t, faultCases()) }

// survive moves a file through a network that is made bad. When bytes move,
// trouble does more. The outcome has to be true, and the same command, as often
// as it takes, completes the file and sends only what is missing.
func (m *mover) survive(worsen func(*network), trouble func(*program)) {
	m.t.Helper()
	fill(m.t, m.out(), map[string]int{faultyFile: faultySize})
	n := m.network()
	worsen(n)
	p := m.start([]string{faultyFile}, m.agent.retry...)
	if trouble != nil {
		p.await("bytes move", func() bool { return n.carried(m.flow) > someBytes })
		trouble(p)
	}
	breaks := 0
	for tries := 1; !m.tellsTruth(p); tries++ {
		if tries == maxTries {
			m.t.Fatalf("not complete after %d commands", tries)
		}
		breaks += 1 + strings.Count(p.stderr.String(), "Resuming")
		p = m.start([]string{faultyFile}, m.agent.retry...)
	}
	breaks += strings.Count(p.stderr.String(), "Resuming")
	if left := n.cutsLeft(m.flow); left > 0 {
		m.t.Errorf("%d cuts did not happen", left)
	}
	m.expectArrived()
	if _, again := m.agent.cannot[resumes]; !again {
		expectCarried(m, n, faultySize, breaks)
	}
}

// maxTries is how often a user tries before he gives up.
const maxTries = 4

// tellsTruth waits for the end of a command and checks that its exit status is
// true: success if the file is complete, else a message, and no file with the
// final name.
func (m *mover) tellsTruth(p *program) (success bool) {
	m.t.Helper()
	success = p.awaitExit().ExitStatus() == 0
	got, there := readTree(m.t, m.in())[faultyFile]
	switch {
	case success && got != readTree(m.t, m.out())[faultyFile]:
		m.t.Error("it ends with success, and the file is not what was sent")
	case success:
	case there:
		m.t.Errorf("it ends with %v, and the file has its final name", p.cmd.ProcessState)
	default:
		p.expectExit(1, "ERROR: ")
	}
	return success
}

// restartServer has the product's server crash, and starts it again.
func (m *mover) restartServer() {
	m.t.Helper()
	ports, err := m.server.SamePorts()
	if err != nil {
		m.t.Fatal(err)
	}
	m.sandboxes = slices.DeleteFunc(m.sandboxes, func(s *world.Sandbox) bool { return s == m.server })
	if err := m.server.Kill(); err != nil {
		m.t.Fatal(err)
	}
	m.server = m.startSandbox(filepath.Base(m.server.Folder), ports...)
}

// runningAscp finds the ascp that moves the bytes, below the command or the servers.
func (m *mover) runningAscp(p *program) process {
	m.t.Helper()
	list := descendants(m.t, p.cmd.Process.Pid)
	for _, s := range m.sandboxes {
		list = append(list, descendants(m.t, s.PID())...)
	}
	return find(m.t, list, "ascp")
}

func surviveLatency(m *mover) {
	fill(m.t, m.out(), map[string]int{"tree/a": 100_000, "tree/b": 1, "tree/c/d": 5000})
	m.network().delay(100) // there and back
	m.moves([]string{"tree"})
	m.expectArrived()
}

func surviveSlowness(m *mover) {
	const size, megabit, kilobyte = 256 << 10, 125, 1000
	fill(m.t, m.out(), map[string]int{"small.bin": size})
	m.network().slow(m.flow, megabit)
	begin := time.Now()
	m.moves([]string{"small.bin"})
	if took, least := time.Since(begin), size*time.Second/(megabit*kilobyte)/2; took < least {
		m.t.Errorf("it took %v: the network was not slow", took)
	}
	m.expectArrived()
}

func surviveReset(m *mover) {
	m.survive(func(n *network) { n.resetAtEnd() }, nil)
}

// TestRetriesExhausted: an agent that tries again gives up when told so many times.
func TestRetriesExhausted(t *testing.T) {
	t.Parallel()
	m := newMover(t, directAgent(), conformanceCase{}, upload)
	fill(t, m.out(), map[string]int{faultyFile: faultySize})
	n := m.network()
	var cuts []int64
	for at := int64(faultySize / 16); at < faultySize; at += faultySize / 16 {
		cuts = append(cuts, at)
	}
	n.cut(upload, cuts...)
	p := m.start([]string{faultyFile}, `--transfer-info=@json:{"resume":{"iter_max":2,"sleep_initial":0}}`)
	p.expectExit(1, "ERROR: Transfer: Maximum number of retry reached (2)")
	if got := len(cuts) - n.cutsLeft(upload); got != 3 {
		t.Errorf("it tried %d times, want once and two retries", got)
	}
	if said := p.stderr.String(); !strings.Contains(said, "Resuming in 0 seconds (retry left:1)") || !strings.Contains(said, "(retry left:0)") {
		t.Error("it does not tell its retries")
	}
	if _, there := readTree(t, m.in())[faultyFile]; there {
		t.Error("the file has its final name")
	}
	m.expectSettled()
}

// TestMuteAscp: one that never connects to the management port is stopped.
func TestMuteAscp(t *testing.T) {
	t.Parallel()
	m := newMover(t, directAgent(), conformanceCase{}, upload)
	fill(t, m.out(), map[string]int{"one.bin": 10})
	mute := filepath.Join(m.root, "ascp")
	script(t, mute, "exec sleep 300\n")
	p := m.start([]string{"one.bin"}, "--ascp-path="+mute, "--transfer-info.resume.sleep_initial=0", "--transfer-info.spawn_timeout_sec=0.5")
	p.await("it runs", func() bool { return len(m.sleepers(p)) > 0 })
	list := m.sleepers(p)
	p.expectExit(1, "ERROR: Transfer: timeout waiting mgt port connect")
	awaitGone(t, list)
	m.expectSettled()
}

// sleepers are the programs sleep below a command.
func (m *mover) sleepers(p *program) []process {
	return slices.DeleteFunc(descendants(m.t, p.cmd.Process.Pid), func(c process) bool { return !strings.HasPrefix(c.command, "sleep ") })
}
