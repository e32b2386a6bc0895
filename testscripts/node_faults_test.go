package testscripts

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// faulty is a sandbox whose Node API fails on demand.
type faulty struct{ *world.Sandbox }

func startFaulty(t *testing.T) *faulty {
	t.Helper()
	return &faulty{startSandbox(t)}
}

// faults replaces the rules by which the node fails; "" leaves none.
func (f *faulty) faults(t *testing.T, rule string) {
	t.Helper()
	if err := setFaults(t.Context(), f.Sandbox, preset(t, f.Sandbox, "sandbox_node", "url"), rule); err != nil {
		t.Fatal(err)
	}
}

// TestNodeThatFails shows what users are told when a node does not answer as it
// should, and what goes on all the same.
func TestNodeThatFails(t *testing.T) {
	t.Parallel()
	f := startFaulty(t)
	for i := range 3 {
		folder := filepath.Join(f.Files, fmt.Sprintf("folder%d", i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const (
		listings = `"method":"GET","path":"/files/*/files"`
		whole    = "/folder0\n/folder1\n/folder2\n/folder0/file\n/folder1/file\n/folder2/file\n"
	)
	find := []string{"access_keys", "do", "self", "find", "/", "--format=csv", "--http-options=@json:" + `{"retry_sleep":0}`}
	browse := []string{"access_keys", "do", "self", "browse", "/"}
	info := []string{"info"}
	host := strings.TrimPrefix(preset(t, f.Sandbox, "sandbox_ak", "url"), "https://")
	for _, c := range []struct {
		name, fault string
		command     []string
		out, errors string
		status      int
	}{
		{"no fault", "", find, whole, "", 0},
		{"a folder that may not be read", `{` + listings + `,"after":1,"times":1,"status":403}`, find, "/folder2\n",
			"the list is not complete: 1 folder(s) could not be read", 1},
		{"it is named", `{` + listings + `,"after":1,"times":1,"status":404}`, find, "/folder0\n", "cannot read folder /folder", 1},
		{"busy three times", `{` + listings + `,"times":3,"status":429}`, find, whole, "", 0},
		{"a page of a proxy, once", `{` + listings + `,"times":1,"status":503,"body":"<html>busy</html>","content_type":"text/html"}`, find, whole, "", 0},
		{"busy for ever", `{` + listings + `,"status":503}`, find, "", "cannot read folder /", 1},
		{"cut once", `{` + listings + `,"times":1,"cut":true}`, find, whole, "", 0},
		{"ends too early once", `{` + listings + `,"times":1,"truncate":10}`, find, whole, "", 0},
		{"ends too early always", `{` + listings + `,"truncate":10}`, find, "", "closed the connection before its answer was complete", 1},
		{"credentials expire in the middle", `{` + listings + `,"after":1,"status":401}`, find, "/folder2\n", "401 Unauthorized", 1},
		{"a login page", `{` + listings + `,"status":200,"body":"<html>log in</html>","content_type":"text/html"}`, browse, "",
			"expecting an array in JSON, got text/html", 1},
		{"half of its JSON", `{` + listings + `,"status":200,"body":"[{\"id\":\"1\""}`, browse, "", "the answer is not a list of entries: unexpected EOF", 1},
		{"another kind of JSON", `{` + listings + `,"status":200,"body":"{\"id\":\"1\"}"}`, browse, "", "expecting an array in JSON, got Hash", 1},
		{"no content type", `{"path":"/info","status":200,"body":"{}","content_type":"text/plain"}`, info, "", "expecting an object in JSON, got text/plain", 1},
		{"an error of the API", `{"path":"/info","status":404,"body":"{\"error\":{\"code\":404,\"reason\":\"Not Found\",\"user_message\":\"no such thing\"}}"}`, info, "",
			"ERROR: Rest: no such thing\ncode: 404\nreason: Not Found\n" + host + " 404 Not Found\n", 1},
		{"an error with status 200", `{"path":"/info","status":200,"body":"{\"error\":{\"user_message\":\"no such thing\"}}"}`, info, "", "ERROR: Rest: no such thing\n", 1},
		{"an empty error", `{"path":"/info","status":400,"body":"{}"}`, info, "", "ERROR: Rest: " + host + " 400 Bad Request\n", 1},
		{"an error page", `{"path":"/info","status":500,"body":"<html>","content_type":"text/html"}`, info, "", "ERROR: Rest: " + host + " 500 Internal Server Error\n", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.faults(t, c.fault)
			cmd := world.Ascli(t.Context(), shared.bin, t.TempDir(), f.Config, append([]string{"node", "--preset=sandbox_ak"}, c.command...)...)
			var out, errors bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errors
			err := cmd.Run()
			if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != c.status {
				t.Errorf("ended with %v\n%s%s", err, out.String(), errors.String())
			}
			if !strings.Contains(out.String(), c.out) || c.out == whole && out.String() != whole {
				t.Errorf("shows\n%s\nwant\n%s", out.String(), c.out)
			}
			if !strings.Contains(errors.String(), c.errors) {
				t.Errorf("says\n%s\nwant\n%s", errors.String(), c.errors)
			}
		})
	}
}
