//go:build unix

package testscripts

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// object is a JSON object: an event of asession, or a part of its argument.
type object map[string]any

// asession is the program, of which another program reads the events.
type asession struct{ *program }

// startAsession starts the upload of some files with more fields in the spec.
func startAsession(t *testing.T, sandbox *world.Sandbox, to remote, fields object, files ...string) asession {
	t.Helper()
	host, port, err := net.SplitHostPort(sandbox.SSH)
	if err != nil {
		t.Fatal(err)
	}
	token, err := accessKeyToken(sandbox)
	if err != nil {
		t.Fatal(err)
	}
	spec := object{
		"remote_host": host, "ssh_port": json.Number(port), "remote_user": "xfer", "token": token,
		"direction": "send", "destination_root": to.name, "resume_policy": "sparse_csum",
	}
	var paths []object
	for _, file := range files {
		paths = append(paths, object{"source": file})
	}
	spec["paths"] = paths
	for name, value := range fields {
		spec[name] = value
	}
	argument, err := json.Marshal(object{
		"spec": spec, "sdk": filepath.Join(sandbox.Folder, "sdk"),
		"agent": object{"spawn_delay_sec": 0, "resume": object{"sleep_initial": 0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return asession{launch(t, sandbox, "asession", "@json:"+string(argument))}
}

// events returns the events so far that have fields of these values.
func (a asession) events(like object) []object {
	a.t.Helper()
	var found []object
	for line := range strings.Lines(a.stdout.String()) {
		if !strings.HasSuffix(line, "\n") {
			break
		}
		var event object
		digits := json.NewDecoder(strings.NewReader(line))
		digits.UseNumber()
		if err := digits.Decode(&event); err != nil {
			a.t.Fatalf("event %q: %v", line, err)
		}
		matches := true
		for name, value := range like {
			matches = matches && fmt.Sprint(event[name]) == fmt.Sprint(value)
		}
		if matches {
			found = append(found, event)
		}
	}
	return found
}

func (a asession) awaitEvents(n int, like object) {
	a.t.Helper()
	a.await(fmt.Sprintf("%d events like %v", n, like), func() bool { return len(a.events(like)) >= n })
}

func (a asession) command(text string) {
	a.t.Helper()
	if _, err := io.WriteString(a.stdin, text+"\n"); err != nil {
		a.t.Fatal(err)
	}
}

// lastEvent is the one that tells how the transfer went.
func (a asession) lastEvent() object {
	a.t.Helper()
	all := a.events(nil)
	if len(all) == 0 {
		a.t.Fatal("there are no events")
	}
	return all[len(all)-1]
}

// slow is a rate at which an upload takes a minute, in kbps.
func slow() object { return object{"target_rate_kbps": 400} }

// TestPersistentSession: files are added while the session runs.
func TestPersistentSession(t *testing.T) {
	t.Parallel()
	to, first, second := newRemote(t, shared.sandbox), bigFile(t), bigFile(t)
	a := startAsession(t, shared.sandbox, to, object{"keepalive": true})
	a.awaitEvents(1, object{"type": "SESSION", "keepalive": true})
	a.command(fmt.Sprintf(`{"type":"START","source":%q}`, first))
	a.awaitEvents(1, object{"type": "STOP", "file": first, "size": bigSize})
	a.command(fmt.Sprintf(`{"type":"START","source":%q,"destination":"other.bin"}`, second))
	a.command(`{"type":"DONE","operation":"Linger"}`)
	a.expectExit(0, "")
	expectSame(t, first, filepath.Join(to.folder, bigName))
	expectSame(t, second, filepath.Join(to.folder, "other.bin"))
	if last := a.lastEvent(); last["type"] != "DONE" || last["transfers_passed"] != json.Number("2") {
		t.Errorf("the last event is %v", last)
	}
}

// TestRateCommand: all sessions of a transfer answer, and become quick.
func TestRateCommand(t *testing.T) {
	t.Parallel()
	to, file := newRemote(t, shared.sandbox), bigFile(t)
	spec := slow()
	spec["multi_session"] = 2
	a := startAsession(t, shared.sandbox, to, spec, file, bigFileNamed(t, "other.bin"))
	a.awaitEvents(2, object{"type": "SESSION"})
	a.command(`{"type":"RATE","rate":1000000,"min_rate":100}`)
	a.expectExit(0, "")
	answers := a.events(object{"type": "NOTIFICATION", "rate": 1000000, "min_rate": 100})
	if len(answers) != 2 || answers[0]["session_id"] == answers[1]["session_id"] {
		t.Errorf("answers are %v", answers)
	}
	expectSame(t, file, filepath.Join(to.folder, bigName))
}

// TestCancelCommand: the transfer is over, and not tried again.
func TestCancelCommand(t *testing.T) {
	t.Parallel()
	to := newRemote(t, shared.sandbox)
	a := startAsession(t, shared.sandbox, to, slow(), bigFile(t))
	a.await("the first bytes arrive", func() bool { return to.size(t, bigName+partialSuffix) > 0 })
	a.command(`{"type":"CANCEL"}`)
	a.expectExit(0, "Cancelled by user")
	if last := a.lastEvent(); last["type"] != "ERROR" || last["code"] != "28" {
		t.Errorf("the last event is %v", last)
	}
	if n := len(a.events(object{"type": "INIT"})); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestRetryInEvents: each attempt is a session of its own.
func TestRetryInEvents(t *testing.T) {
	t.Parallel()
	sandbox, err := world.Start(t.Context(), shared.bin, filepath.Join(t.TempDir(), "sandbox"), fmt.Sprintf("--cut-first-transfer=%d", bigSize/2))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sandbox.Stop(); err != nil {
			t.Error(err)
		}
	})
	to, file := newRemote(t, sandbox), bigFile(t)
	a := startAsession(t, sandbox, to, nil, file)
	a.expectExit(0, "Resuming in 0 seconds (retry left:6)")
	expectSame(t, file, filepath.Join(to.folder, bigName))
	attempts := a.events(object{"type": "INIT"})
	if len(attempts) != 2 || attempts[0]["session_id"] == attempts[1]["session_id"] {
		t.Errorf("attempts are %v", attempts)
	}
	if n := len(a.events(object{"type": "ERROR"})); n != 1 || a.lastEvent()["type"] != "DONE" {
		t.Errorf("%d errors, the last event is %v", n, a.lastEvent())
	}
}

// TestStoppedAsession leaves a file that can be resumed, and no process.
func TestStoppedAsession(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stop   func(a asession)
		status int
		says   string
	}{
		{"end of standard input", func(a asession) { _ = a.stdin.Close() }, 1, "ERROR: standard input, which takes commands, has ended"},
		{"wrong JSON", func(a asession) { a.command("{") }, 1, "ERROR: a command is one line with a JSON object"},
		{"unknown field", func(a asession) { a.command(`{"type":"RATE","foo":1}`) }, 1, "ERROR: No such field: foo"},
		{"Ctrl-C", func(a asession) { interruptions()[0].send(a.program) }, interrupted, "ERROR: transfer interrupted by user"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			to := newRemote(t, shared.sandbox)
			a := startAsession(t, shared.sandbox, to, slow(), bigFile(t))
			a.await("the first bytes arrive", func() bool { return to.size(t, bigName+partialSuffix) > 0 })
			list := a.children("ascli-plugin-transfer", "ascp")
			expectAlone(a.program, list)
			tt.stop(a)
			a.expectExit(tt.status, tt.says)
			awaitGone(t, list)
			if to.size(t, bigName+partialSuffix) == 0 || to.size(t, bigName) != 0 {
				t.Error("there is no partial file")
			}
		})
	}
}

func TestKilledAsessionLeavesNoProcess(t *testing.T) {
	t.Parallel()
	to := newRemote(t, shared.sandbox)
	a := startAsession(t, shared.sandbox, to, slow(), bigFile(t))
	a.awaitEvents(1, object{"type": "SESSION"})
	killHost(a.program, "ascli-plugin-transfer", "ascp")
}

// TestKilledAscpIsAnError: no event tells of it.
func TestKilledAscpIsAnError(t *testing.T) {
	t.Parallel()
	to := newRemote(t, shared.sandbox)
	a := startAsession(t, shared.sandbox, to, slow(), bigFile(t))
	for attempt := 1; attempt <= 2; attempt++ { // an error without code is tried once more
		a.awaitEvents(attempt, object{"type": "SESSION"})
		ascp := find(t, a.children(), "ascp")
		kill(t, ascp)
	}
	a.expectExit(1, "ERROR: unexpected last event type: ")
}
