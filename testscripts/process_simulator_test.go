//go:build unix

package testscripts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// simulator is a running `ascli node simulator`.
type simulator struct {
	*program
	url string
}

func startSimulator(t *testing.T) simulator {
	t.Helper()
	const says = "listening on "
	p := start(t, shared.sandbox, "node", "simulator", `@json:{"url":"http://127.0.0.1:0"}`)
	p.await("it listens", p.stdout.contains("\n"))
	_, rest, found := strings.Cut(p.stdout.String(), says)
	url, _, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatalf("it does not tell its URL: %s", p.stdout)
	}
	return simulator{p, url}
}

// states are those of the transfers that it has started.
func (s simulator) states() []string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/ops/transfers", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var transfers []struct{ Status string }
	if err := json.NewDecoder(answer.Body).Decode(&transfers); err != nil {
		s.t.Fatal(err)
	}
	var states []string
	for _, transfer := range transfers {
		states = append(states, transfer.Status)
	}
	return states
}

// slowNodeUpload has the simulator make a slow upload, and returns when bytes
// have arrived.
func (s simulator) slowNodeUpload(t *testing.T) *program {
	t.Helper()
	to := newRemote(t, shared.sandbox)
	info := fmt.Sprintf(`--transfer-info=@json:{"url":%q,"username":"u","password":"p"}`, s.url)
	p := start(t, shared.sandbox, append(slowUpload(bigFile(t), to), "--transfer=node", info)...)
	p.await("the first bytes arrive", func() bool { return to.size(t, bigName+partialSuffix) > 0 })
	return p
}

// TestInterruptedNodeTransfer: who stops agent node stops the transfer on the node.
func TestInterruptedNodeTransfer(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	p := sim.slowNodeUpload(t)
	if got := fmt.Sprint(sim.states()); got != "[running]" {
		t.Errorf("the transfer is %s", got)
	}
	ascp := []process{find(t, sim.children(), "ascp")}
	interruptions()[0].send(p)
	p.expectExit(interrupted, "interrupted by user")
	if got := fmt.Sprint(sim.states()); got != "[canceled]" {
		t.Errorf("the transfer is %s", got)
	}
	awaitGone(t, ascp)
	if sim.hasExited() {
		t.Error("the simulator has gone, too")
	}
}

// TestInterruptedSimulator: it ends with all that it has started, and without error.
func TestInterruptedSimulator(t *testing.T) {
	for _, way := range interruptions() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			sim := startSimulator(t)
			sim.slowNodeUpload(t)
			list := sim.children(transferChildren()...)
			expectAlone(sim.program, list)
			way.send(sim.program)
			sim.expectExit(0, "")
			if !strings.HasSuffix(sim.stdout.String(), "\nSimulator terminated\n") {
				t.Errorf("it says %q", sim.stdout)
			}
			awaitGone(t, list)
		})
	}
}
