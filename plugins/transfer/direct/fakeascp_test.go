package direct

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// The test binary is its own ascp: with these variables it acts out a scenario.
const (
	scenarioEnv = "FAKE_ASCP_SCENARIO"
	stateEnv    = "FAKE_ASCP_STATE"
	witnessEnv  = "FAKE_ASCP_WITNESS"
	// hostEnv makes it a process that runs a transfer with such an ascp.
	hostEnv = "FAKE_ASCP_HOST"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(hostEnv) != "":
		os.Exit(runHost())
	case os.Getenv(scenarioEnv) != "":
		os.Exit(fakeAscp(os.Getenv(scenarioEnv), os.Getenv(stateEnv)))
	}
	os.Exit(m.Run())
}

// runHost runs a transfer that does not end.
func runHost() int {
	if err := os.Unsetenv(hostEnv); err != nil {
		return 1
	}
	spec, err := record.ParseObject([]byte(upload))
	if err != nil {
		return 1
	}
	job := agent.Job{Spec: spec, Env: agent.Env{AscpPath: os.Args[0]}}
	_, _ = New().Run(context.Background(), job, func(transfer.Event) {})
	return 0
}

// invocation is what a fake ascp leaves for the test to see.
type invocation struct {
	Args []string
	Env  []string
	List string
}

// fakeAscp acts out a scenario and returns its exit status.
func fakeAscp(scenario, state string) int {
	attempt := leaveTrace(state)
	switch scenario {
	case "silent":
		return waitForInterrupt()
	case "refuses":
		return 3
	}
	port := slices.Index(os.Args, "-M")
	conn, err := net.Dial("tcp", "127.0.0.1:"+os.Args[port+1])
	if err != nil {
		return 98
	}
	defer func() { _ = conn.Close() }()
	if scenario == "mute" {
		return 0
	}
	if scenario == "stubborn" {
		signal.Ignore(os.Interrupt)
	}
	a := actor{conn}
	a.say("Type: INIT", fmt.Sprintf("SessionId: s%d", os.Getpid()))
	if address := os.Getenv(witnessEnv); address != "" {
		witness, err := net.Dial("tcp", address)
		if err != nil {
			return 99
		}
		defer func() { _ = witness.Close() }()
	}
	return a.play(scenario, attempt)
}

// actor is a fake ascp whose session has begun.
type actor struct{ net.Conn }

func (a actor) say(lines ...string) {
	_, _ = fmt.Fprintf(a, "FASPMGR 2\n%s\n\n", strings.Join(lines, "\n"))
}

func (a actor) succeed() int {
	a.say("Type: NOTIFICATION", "PreTransferBytes: 1000")
	a.say("Type: STATS", "TransferBytes: 400", "StartByte: 100")
	a.say("Type: STOP", "File: /data/a", "Size: 1000")
	a.say("Type: DONE", "TransferBytes: 900", "StartByte: 100")
	return 0
}

func (a actor) fail(code int, description string) int {
	a.say("Type: ERROR", fmt.Sprintf("Code: %d", code), "Description: "+description)
	return 1
}

func (a actor) play(scenario string, attempt int) int {
	switch scenario {
	case "success":
		return a.succeed()
	case "unsized":
		a.say("Type: DONE", "TransferBytes: 7")
		return 0
	case "lossy":
		if attempt == 1 {
			return a.fail(16, "Connection lost")
		}
		return a.succeed()
	case "lost":
		return a.fail(16, "Connection lost")
	case "fatal":
		return a.fail(19, "Authentication failure")
	case "expired":
		if os.Getenv("ASPERA_SCP_TOKEN") != "Bearer new" {
			return a.fail(34, "Bearer token expired")
		}
		return a.succeed()
	case "dies":
		return 2
	case "garbage":
		_, _ = fmt.Fprintln(a, "hello there")
		return waitForInterrupt()
	case "bad exit":
		_ = a.succeed()
		return 5
	case "obeys":
		return a.obey()
	case "interruptible":
		return waitForInterrupt()
	case "stubborn":
		_, _ = bufio.NewReader(a).ReadByte()
		return waitForInterrupt()
	case "lingers":
		_ = a.succeed()
		_ = a.Close()
		return waitForInterrupt()
	}
	return 97
}

// waitForInterrupt lets a process live until it is told to end.
func waitForInterrupt() int {
	interrupted := make(chan os.Signal, 1)
	if !signal.Ignored(os.Interrupt) {
		signal.Notify(interrupted, os.Interrupt)
	}
	<-interrupted
	return 130
}

// leaveTrace leaves the arguments of this process in a folder and returns how many
// did so before, this one included.
func leaveTrace(state string) int {
	call := invocation{Args: os.Args[1:]}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "ASPERA_") {
			call.Env = append(call.Env, variable)
		}
	}
	for _, a := range os.Args {
		if _, path, found := strings.Cut(a, "list="); found {
			text, _ := os.ReadFile(path)
			call.List = string(text)
		}
	}
	text, _ := json.Marshal(call)
	for n := 1; ; n++ {
		path := filepath.Join(state, fmt.Sprintf("%03d.json", n))
		temporary := filepath.Join(state, fmt.Sprintf("%d.tmp", os.Getpid()))
		if err := os.WriteFile(temporary, text, 0o600); err != nil {
			return 0
		}
		if os.Link(temporary, path) == nil {
			return n
		}
	}
}

// invocations reads what fake ascps have left.
func invocations(t *testing.T, state string) []invocation {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(state, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var calls []invocation
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var call invocation
		if err := json.Unmarshal(text, &call); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, call)
	}
	return calls
}
