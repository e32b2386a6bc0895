//go:build unix

package testscripts

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// TestCutUploadIsRetried: the connection breaks in the middle, and the next
// attempt sends the rest.
func TestCutUploadIsRetried(t *testing.T) {
	t.Parallel()
	const cutAfter = bigSize / 2
	sandbox, err := world.Start(t.Context(), shared.bin, filepath.Join(t.TempDir(), "sandbox"), fmt.Sprintf("--cut-first-transfer=%d", cutAfter))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sandbox.Stop(); err != nil {
			t.Error(err)
		}
	})
	to, file, spy := newRemote(t, sandbox), bigFile(t), newAscpSpy(t, sandbox)
	p := start(t, sandbox, spy.path, "node", "upload", file, "--to-folder="+to.name,
		"--ts.resume_policy=sparse_csum", `--transfer-info=@json:{"quiet":false,"resume":{"sleep_initial":0}}`)
	p.expectExit(0, "Resuming in 0 seconds (retry left:6)")
	expectSame(t, file, filepath.Join(to.folder, bigName))
	if sent := spy.sent(t); sent == 0 || sent >= bigSize {
		t.Errorf("the last attempt sent %d of %d bytes", sent, bigSize)
	}
	if n := strings.Count(p.stderr.String(), "An error occurred during transfer"); n != 1 {
		t.Errorf("%d errors were told, there was one", n)
	}
}

// TestRefusedUploadIsNotRetried: but once, in case a token has expired.
func TestRefusedUploadIsNotRetried(t *testing.T) {
	t.Parallel()
	to := newRemote(t, shared.sandbox)
	p := start(t, shared.sandbox, "node", "upload", bigFile(t), "--to-folder="+to.name,
		"--ts.token=invalid", `--transfer-info=@json:{"resume":{"sleep_initial":0}}`)
	p.expectExit(1, "ERROR: Transfer: ")
	if n := strings.Count(p.stderr.String(), "Resuming"); n != 1 {
		t.Errorf("it was retried %d times", n)
	}
	if files := filesIn(t, to.folder); len(files) != 0 {
		t.Errorf("refused, it left %v", files)
	}
}
