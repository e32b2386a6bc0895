package asession_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const begun = `{"type":"INIT","session_id":"s1"}` + "\n"

func TestTransfer(t *testing.T) {
	for _, tt := range []struct {
		name, argument, out, complaint string
		status                         int
	}{
		{"success", `@json:{"spec":{"scenario":"success"}}`, begun + `{"type":"DONE","session_id":"s1"}` + "\n", "", 0},
		{
			"a failure that an event tells is no failure of the program; secrets stay hidden",
			`@json:{"spec":{"scenario":"failure","token":"t0ps3cret"}}`,
			begun + `{"type":"SESSION","token":"🔑"}` + "\n" + `{"type":"ERROR","code":"19","description":"no login with 🔑"}` + "\n",
			"the transfer failed: no login with 🔑", 0,
		},
		{"a failure that no event tells", `@json:{"spec":{"scenario":"half a failure"}}`, begun, "ERROR: timeout waiting mgt port connect\n", 1},
		{"described by a variable", `@json:@env:SESSION`, begun + `{"type":"DONE","session_id":"s1"}` + "\n", "", 0},
		{"a job that cannot run", `@json:{"spec":{}}`, "", "ERROR: Missing mandatory parameter: paths\n", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newConsole(t)
			c.expect(c.run(t.Context(), tt.argument), tt.status, tt.out, tt.complaint)
		})
	}
}

func TestDescription(t *testing.T) {
	c := newConsole(t)
	lists := filepath.Join(c.home, "a", "lists")
	argument := `@json:{"spec":{"scenario":"job"},"agent":{"quiet":false,"wss":false},"sdk":"/sdk","file_list_folder":"` + filepath.ToSlash(lists) + `"}`
	status := c.run(t.Context(), argument)
	c.expect(status, 0, `{"agent":"direct","spec":{"scenario":"job"},"login":"","info":{"quiet":true,"wss":false},"sdk":"/sdk","lists":"`+filepath.ToSlash(lists)+`"}`+"\n", "")
	if _, err := os.Stat(lists); err != nil {
		t.Error(err)
	}
}

// TestTemporaryLists: without a folder for lists there is one as long as the
// transfer lasts.
func TestTemporaryLists(t *testing.T) {
	c := newConsole(t)
	var lists string
	c.out.react = func(line string) {
		_, after, _ := strings.Cut(line, `"lists":"`)
		lists, _, _ = strings.Cut(after, `"`)
		if _, err := os.Stat(lists); err != nil {
			t.Error(err)
		}
	}
	c.run(t.Context(), `@json:{"spec":{"scenario":"job"}}`)
	if _, err := os.Stat(lists); lists == "" || !os.IsNotExist(err) {
		t.Errorf("%q is still there: %v", lists, err)
	}
	if want := `"sdk":"` + filepath.ToSlash(filepath.Join(c.home, ".aspera", "sdk")); !strings.Contains(filepath.ToSlash(c.out.String()), want) {
		t.Errorf("%s has no %s", &c.out, want)
	}
}

// TestDescriptionOnStdin: no command can follow, and the end of standard input is
// no error.
func TestDescriptionOnStdin(t *testing.T) {
	for _, args := range [][]string{nil, {"@json:@stdin"}, {"@json:@stdin:"}} {
		c := newConsole(t)
		c.in = strings.NewReader(`{"spec":{"scenario":"success"}}`)
		c.expect(c.run(t.Context(), args...), 0, begun+`{"type":"DONE","session_id":"s1"}`+"\n", "")
	}
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		name, stdin, complaint string
		args                   []string
		status                 int
	}{
		{name: "help", args: []string{"-h"}, complaint: "USAGE\n"},
		{name: "long help", args: []string{"--help"}, complaint: "USAGE\n"},
		{name: "two arguments", args: []string{"a", "b"}, complaint: "ERROR: exactly one argument is expected\nUSAGE\n", status: 1},
		{name: "no Hash", args: []string{`{"spec":{}}`}, complaint: "ERROR: The value must be a Hash (argument), did you specify: \"@json:\" ?\nUSAGE\n", status: 1},
		{name: "no Hash on standard input", stdin: "[]", complaint: "ERROR: The value must be a Hash (JSON on stdin)\nUSAGE\n", status: 1},
		{name: "no spec", args: []string{"@json:{}"}, complaint: "ERROR: The value must contain key spec with Hash value\nUSAGE\n", status: 1},
		{name: "spec of another type", args: []string{`@json:{"spec":"x"}`}, complaint: "ERROR: The value must contain key spec with Hash value\nUSAGE\n", status: 1},
		{name: "agent of another type", args: []string{`@json:{"spec":{},"agent":"direct"}`}, complaint: "ERROR: key agent must be a Hash, got String\nUSAGE\n", status: 1},
		{name: "sdk of another type", args: []string{`@json:{"spec":{},"sdk":1}`}, complaint: "ERROR: key sdk must be a String, got Integer\nUSAGE\n", status: 1},
		{name: "log level", args: []string{`@json:{"spec":{},"loglevel":"loud"}`}, complaint: `ERROR: log level "loud" is none of trace2 `, status: 1},
		{name: "unknown key", args: []string{`@json:{"spec":{"scenario":"success"},"foo":1}`}, complaint: "key foo is not known and has no effect"},
		{name: "no such file", args: []string{"@json:@file:none"}, complaint: "ERROR: Cannot parse argument: @json:@file:none (No such file or directory - none)\nUSAGE\n", status: 1},
		{
			name: "wrong JSON, and the password in it", args: []string{`@json:{"spec":{"remote_password":"s3cret`},
			complaint: "ERROR: Cannot parse argument: @json:{... (unexpected end of JSON input at line 1 column 35)\nUSAGE\n", status: 1,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newConsole(t)
			c.in = strings.NewReader(tt.stdin)
			if tt.status == 0 {
				c.in, _ = io.Pipe()
			}
			status := c.run(t.Context(), tt.args...)
			if got := c.err.String(); status != tt.status || !strings.Contains(got, tt.complaint) {
				t.Errorf("status %d, errors %q", status, got)
			}
			if strings.Contains(c.err.String(), "s3cret") {
				t.Errorf("errors show a secret: %s", &c.err)
			}
		})
	}
}

// TestPasswordOfTheEnvironment: a secret need not be an argument.
func TestPasswordOfTheEnvironment(t *testing.T) {
	c := newConsole(t)
	c.expect(c.run(t.Context(), `@ruby:{"spec"=>{"scenario"=>"job","remote_password"=>ENV["PASSWORD"]},"sdk"=>"/s","file_list_folder"=>"`+filepath.ToSlash(c.home)+`"}`), 0,
		`{"agent":"direct","spec":{"scenario":"job","remote_password":"🔑"},"login":"s3cret","info":{"quiet":true},"sdk":"/s","lists":"`+filepath.ToSlash(c.home)+`"}`+"\n", "")
}

// TestCommands: those that come before the first session wait for it.
func TestCommands(t *testing.T) {
	c := newConsole(t)
	commands, keep := io.Pipe()
	defer keep.Close()
	c.in = commands
	go func() { _, _ = io.WriteString(keep, `{"type":"START","source":"a"}`+"\n\n"+`{"type":"DONE"}`+"\n") }()
	c.expect(c.run(t.Context(), `@json:{"spec":{"scenario":"obedient"}}`), 0,
		begun+`{"type":"COMMAND","command":{"type":"START","source":"a"}}`+"\n"+`{"type":"COMMAND","command":{"type":"DONE"}}`+"\n", "")
}

// TestWrongInput ends the program at once.
func TestWrongInput(t *testing.T) {
	for _, tt := range []struct{ name, scenario, input, complaint string }{
		{"end of standard input", "idle", "", "ERROR: standard input, which takes commands, has ended before the transfer: keep it open\n"},
		{"no JSON", "idle", "zz\n", "ERROR: a command is one line with a JSON object: "},
		{"no object", "idle", "[1]\n", "ERROR: a command is one line with a JSON object: "},
		{"endless line", "idle", strings.Repeat("x", 1<<20+1), "ERROR: a command is longer than 1048576 bytes\n"},
		{"no field of ascp's", "obedient", `{"foo":1}` + "\n", "ERROR: No such field: foo\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newConsole(t)
			commands, keep := io.Pipe()
			c.in = commands
			// Once the session has begun.
			c.out.react = func(string) {
				go func() {
					_, _ = io.WriteString(keep, tt.input)
					if tt.input == "" {
						_ = keep.Close()
					}
				}()
			}
			c.expect(c.run(t.Context(), `@json:{"spec":{"scenario":"`+tt.scenario+`"}}`), 1, begun, tt.complaint)
		})
	}
}

// TestCommandWithoutSession is told, and not the end.
func TestCommandWithoutSession(t *testing.T) {
	c := newConsole(t)
	commands, keep := io.Pipe()
	c.in = commands
	c.err.react = func(line string) {
		if strings.Contains(line, "No transfer session") {
			go func() { _ = keep.Close() }()
		}
	}
	c.out.react = func(string) {
		go func() { _, _ = io.WriteString(keep, `{"type":"RATE","rate":1}`+"\n") }()
	}
	c.expect(c.run(t.Context(), `@json:{"spec":{"scenario":"deaf"}}`), 1, begun, "No transfer session")
}

func TestNobodyReadsTheEvents(t *testing.T) {
	c := newConsole(t)
	c.out.broken = true
	c.expect(c.run(t.Context(), `@json:{"spec":{"scenario":"idle"}}`), 1, "", "ERROR: events cannot be written: ")
}

func TestInterruption(t *testing.T) {
	c := newConsole(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.out.react = func(string) { cancel() }
	c.expect(c.run(ctx, `@json:{"spec":{"scenario":"idle"}}`), 130, begun, "ERROR: transfer interrupted by user\n")
}
