//go:build unix

package testscripts

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// leave puts a command in the file that ascli looks for, and waits until it was taken.
func (p *program) leave(command string) {
	p.t.Helper()
	path := filepath.Join(p.home, ".aspera", "ascli", fmt.Sprintf("send_%d", p.cmd.Process.Pid))
	if err := os.WriteFile(path, []byte(command), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.await("the command is taken", func() bool {
		_, err := os.Stat(path)
		return os.IsNotExist(err)
	})
}

// TestCommandInFile: the upload, which takes a minute, becomes quick. Commands that
// are none are told, and do no harm.
func TestCommandInFile(t *testing.T) {
	t.Parallel()
	to, file := newRemote(t, shared.sandbox), bigFile(t)
	p := start(t, shared.sandbox, slowUpload(file, to)...)
	p.await("the first bytes arrive", func() bool { return to.size(t, bigName+partialSuffix) > 0 })
	p.leave("{")
	p.await("it is told", p.stderr.contains("a command is one JSON object"))
	p.leave(`{"type":"RATE","foo":1}`)
	p.await("it is told", p.stderr.contains("No such field: foo"))
	p.leave(`{"type":"RATE","rate":1000000,"min_rate":100}`)
	p.expectExit(0, "")
	expectSame(t, file, filepath.Join(to.folder, bigName))
}

// TestCommandForAnotherAgent: it says who takes commands.
func TestCommandForAnotherAgent(t *testing.T) {
	t.Parallel()
	to := newRemote(t, shared.sandbox)
	p := start(t, shared.sandbox, "node", "upload", bigFile(t), "--to-folder="+to.name, "--progress-bar=yes",
		"-Psandbox_gateway", `--transfer-info=@json:{"upload_chunk_size":8,"synchronous":true}`)
	p.await("some of it is sent", p.stdout.contains("|="))
	p.leave(`{"type":"RATE","rate":1000000}`)
	p.await("it is told", p.stderr.contains("agent httpgw takes no commands: agent direct does, which runs ascp"))
}
