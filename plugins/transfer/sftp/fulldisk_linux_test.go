package sftp

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// onSmallDisk makes the shell command that runs a program where a folder is a disk
// of 1 MiB, in a mount namespace of its own.
func onSmallDisk(folder, program string) string {
	return fmt.Sprintf(`unshare -rm sh -c 'mount -t tmpfs -o size=1m tmpfs "%s" && exec %s'`, folder, program)
}

func TestFullDiskOfServer(t *testing.T) {
	full := t.TempDir()
	script := filepath.Join(t.TempDir(), "sftp-server")
	b := benchOn(t, sshdtest.Start(t, sshdtest.Options{SFTP: func(server string) string {
		writeFile(t, script, []byte("#!/bin/sh\nexec "+onSmallDisk(full, server)+"\n"))
		return script
	}}))
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		writeFile(t, filepath.Join(b.here, "d", fmt.Sprint(i)), randomBytes(100<<10))
	}
	r := b.run(t.Context(), specOf("send", full, []string{filepath.Join(b.here, "d")}), `{}`)
	wantFull(t, r)
}

// Variables that tell the test below, in its own namespace, where the small disk
// is, and how to reach the server outside.
const (
	fullFolder = "ASCLI_TEST_FULL_FOLDER"
	fullServer = "ASCLI_TEST_FULL_SERVER"
)

func TestFullDiskHere(t *testing.T) {
	if os.Getenv(fullFolder) != "" {
		fillDisk(t, os.Getenv(fullFolder))
		return
	}
	full := t.TempDir()
	b := newBench(t)
	for i := range 40 {
		writeFile(t, filepath.Join(b.there, "d", fmt.Sprint(i)), randomBytes(100<<10))
	}
	server, err := json.Marshal(reached{b.server, filepath.Join(b.there, "d")})
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", onSmallDisk(full, `"`+self+`" -test.run=TestFullDiskHere -test.v`))
	cmd.Env = append(os.Environ(), fullFolder+"="+full, fullServer+"="+string(server))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDiskHere") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// reached is a server of another process, and the folder to fetch from it.
type reached struct {
	Server *sshdtest.Server
	Folder string
}

func fillDisk(t *testing.T, full string) {
	var from reached
	if err := json.Unmarshal([]byte(os.Getenv(fullServer)), &from); err != nil {
		t.Fatal(err)
	}
	b := benchOn(t, from.Server)
	r := b.run(t.Context(), specOf("receive", full, []string{from.Folder}), `{}`)
	wantFull(t, r)
	for name, content := range tree(t, full) {
		if !strings.HasSuffix(name, partialSuffix) && !strings.HasSuffix(name, "/") && len(content) != 100<<10 {
			t.Errorf("%s is half-written: %d bytes", name, len(content))
		}
	}
}

func wantFull(t *testing.T, r result) {
	t.Helper()
	if code(r.err) != codeNoSpace || !strings.Contains(r.err.Error(), transfer.LookupCode(codeNoSpace).Info) {
		t.Errorf("got %d: %v", code(r.err), r.err)
	}
	if r.count(transfer.Retry) != 0 {
		t.Errorf("a full disk was tried again: %s", r.log)
	}
}
