package async

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
)

// The test binary is its own async: with these variables it acts out a scenario,
// and leaves in a folder what it was given.
const (
	scenarioEnv = "FAKE_ASYNC_SCENARIO"
	stateEnv    = "FAKE_ASYNC_STATE"
	// witnessEnv is where the child of a fake async connects to.
	witnessEnv = "FAKE_ASYNC_WITNESS"
)

func TestMain(m *testing.M) {
	if scenario := os.Getenv(scenarioEnv); scenario != "" {
		os.Exit(fakeAsync(scenario, os.Getenv(stateEnv)))
	}
	os.Exit(m.Run())
}

// invocation is what a fake async was given: its arguments, without management
// port and description; its environment of Aspera's; and the description.
type invocation struct {
	Args, Env []string
	Conf      json.RawMessage
}

func fakeAsync(scenario, state string) int {
	if scenario == "child" {
		return fakeChild()
	}
	port, err := leaveTrace(state)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	fmt.Println("async speaks")
	switch scenario {
	case "refuses":
		fmt.Fprintln(os.Stderr, "no licence")
		return 3
	case "silent":
		return waitForInterrupt()
	}
	if port == "" {
		return 0
	}
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		return 98
	}
	defer func() { _ = conn.Close() }()
	say := func(lines ...string) { _, _ = fmt.Fprintf(conn, "FASPMGR 2\n%s\n\n", strings.Join(lines, "\n")) }
	say("Type: INIT", "SessionId: s")
	switch scenario {
	case "fails":
		say("Type: FILEERROR", "File: /a", "Description: denied")
		say("Type: ERROR", "Code: 19", "Description: Authentication failure")
		return 1
	case "waits":
		return waitForInterrupt()
	case "family":
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), scenarioEnv+"=child")
		if err := child.Start(); err != nil {
			return 97
		}
		signal.Ignore(os.Interrupt)
		return waitForInterrupt()
	case "stubborn":
		signal.Ignore(os.Interrupt)
		_, _ = bufio.NewReader(conn).ReadByte()
		return waitForInterrupt()
	}
	say("Type: DONE")
	return 0
}

// fakeChild is a child of async, as its ascp is: it lives until it is killed.
func fakeChild() int {
	signal.Ignore(os.Interrupt)
	conn, err := net.Dial("tcp", os.Getenv(witnessEnv))
	if err != nil {
		return 96
	}
	defer func() { _ = conn.Close() }()
	return waitForInterrupt()
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

// leaveTrace writes down what this process was given, and returns its management
// port.
func leaveTrace(state string) (port string, err error) {
	var call invocation
	for _, arg := range os.Args[1:] {
		if p, ok := strings.CutPrefix(arg, "--exclusive-mgmt-port="); ok {
			port = p
		} else if text, ok := strings.CutPrefix(arg, "--conf64="); ok {
			if call.Conf, err = base64.StdEncoding.DecodeString(text); err != nil {
				return "", err
			}
		} else {
			call.Args = append(call.Args, arg)
		}
	}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "ASPERA_SCP_") {
			call.Env = append(call.Env, variable)
		}
	}
	text, err := json.Marshal(call)
	if err != nil {
		return "", err
	}
	// Renamed, so that who waits for it never reads half of it.
	file := filepath.Join(state, "call.json")
	if err := os.WriteFile(file+".tmp", text, 0o600); err != nil {
		return "", err
	}
	return port, os.Rename(file+".tmp", file)
}
