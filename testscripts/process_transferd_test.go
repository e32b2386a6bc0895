//go:build unix

package testscripts

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// daemonName is the transfer daemon in an SDK folder.
const daemonName = "asperatransferd"

// daemonChildren are the programs of an upload with agent transferd.
func daemonChildren() []string { return append(transferChildren(), daemonName) }

// startSlowDaemonUpload starts an upload with agent transferd and returns when bytes
// have arrived. temporary is where its files are.
func startSlowDaemonUpload(t *testing.T, to remote, flags ...string) (p *program, temporary string) {
	t.Helper()
	temporary = t.TempDir()
	return startSlowUpload(t, to, append(flags, "--transfer=transferd", "--temp-folder="+temporary)...), temporary
}

// daemonFiles returns the files of daemons in a folder.
func daemonFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "transferd_*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInterruptedDaemonUpload(t *testing.T) {
	for _, way := range interruptions() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			to := newRemote(t, shared.sandbox)
			p, temporary := startSlowDaemonUpload(t, to)
			list := p.children(daemonChildren()...)
			expectAlone(p, list)
			way.send(p)
			p.expectExit(interrupted, "interrupted by user")
			awaitGone(t, list)
			if kept := to.size(t, bigName+partialSuffix); kept == 0 || to.size(t, bigName) != 0 {
				t.Errorf("%d bytes are kept as partial file", kept)
			}
			if files := daemonFiles(t, temporary); len(files) != 0 {
				t.Errorf("it left %v", files)
			}
		})
	}
}

func TestKilledHostLeavesNoDaemon(t *testing.T) {
	t.Parallel()
	p, _ := startSlowDaemonUpload(t, newRemote(t, shared.sandbox))
	killHost(p, daemonChildren()...)
}

func TestKilledDaemonIsAnError(t *testing.T) {
	t.Parallel()
	p, temporary := startSlowDaemonUpload(t, newRemote(t, shared.sandbox))
	list := p.children(daemonChildren()...)
	kill(t, find(t, list, daemonName))
	p.expectExit(1, "ERROR: Transfer: Transfer daemon exited with status SIGKILL (signal 9) during the transfer")
	awaitGone(t, list)
	if files := daemonFiles(t, temporary); len(files) != 3 {
		t.Errorf("what it said is gone: %v", files)
	}
}

func TestKilledAscpOfDaemonIsAnError(t *testing.T) {
	t.Parallel()
	to := newRemote(t, shared.sandbox)
	p, _ := startSlowDaemonUpload(t, to)
	list := p.children(daemonChildren()...)
	kill(t, find(t, list, "ascp"))
	p.expectExit(1, "ERROR: Transfer: ")
	awaitGone(t, list)
	if to.size(t, bigName) != 0 {
		t.Error("half a file was published")
	}
}

// TestCutDaemonUploadIsRetried: the connection breaks in the middle, and the next
// attempt completes the file.
func TestCutDaemonUploadIsRetried(t *testing.T) {
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
	p := start(t, sandbox, "node", "upload", file, "--to-folder="+to.name, "--transfer=transferd", "--ts.resume_policy=sparse_csum")
	p.expectExit(0, "Resuming in 2 seconds (retry left:6)")
	expectSame(t, file, filepath.Join(to.folder, bigName))
}

// TestKeptDaemonServesTheNextCommand: also one in another folder.
func TestKeptDaemonServesTheNextCommand(t *testing.T) {
	t.Parallel()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	upload := func(info string) (*program, remote, string) {
		to, file := newRemote(t, shared.sandbox), bigFile(t)
		return start(t, shared.sandbox, "node", "upload", file, "--to-folder="+to.name, "--transfer=transferd", "--log-level=info",
			"--temp-folder="+filepath.Dir(file), "--transfer-info=@json:"+info), to, file
	}
	p, to, file := upload(fmt.Sprintf(`{"url":":%s","keep":true}`, port))
	p.expectExit(0, "")
	expectSame(t, file, filepath.Join(to.folder, bigName))
	said := regexp.MustCompile(`transfer daemon started.* pid=(\d+)`).FindStringSubmatch(p.stderr.String())
	if said == nil {
		t.Fatalf("no process id of a daemon in %s", p.stderr)
	}
	var daemon []process
	for _, running := range table(t) {
		if fmt.Sprint(running.pid) == said[1] && strings.Contains(running.command, daemonName) {
			daemon = append(daemon, running)
		}
	}
	if len(daemon) != 1 {
		t.Fatalf("the daemon %s has not survived the command", said[1])
	}
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			_ = syscall.Kill(daemon[0].pid, syscall.SIGTERM)
		}
	}
	t.Cleanup(stop)
	if files := daemonFiles(t, filepath.Dir(file)); len(files) != 3 {
		t.Errorf("it needs its files, there are %v", files)
	}

	p, to, file = upload(fmt.Sprintf(`{"url":":%s"}`, port))
	p.expectExit(0, "Attached to existing daemon")
	expectSame(t, file, filepath.Join(to.folder, bigName))
	p, to, file = upload(fmt.Sprintf(`{"url":"127.0.0.1:%s","start":false}`, port))
	p.expectExit(0, "")
	if strings.Contains(p.stderr.String(), "Attached") {
		t.Error("a warning about what was asked for")
	}
	expectSame(t, file, filepath.Join(to.folder, bigName))
	if len(running(t, daemon)) != 1 {
		t.Fatal("the daemon has not survived the commands after the first")
	}
	stop()
	awaitGone(t, daemon)
	p, _, _ = upload(fmt.Sprintf(`{"url":":%s","external":true}`, port))
	p.expectExit(1, "no transfer daemon listens at 127.0.0.1:"+port)
}

// TestFormerDaemon: one of the older package serves the same under another name.
func TestFormerDaemon(t *testing.T) {
	t.Parallel()
	sdk := t.TempDir()
	for _, name := range []string{"ascp", "aspera_bypass_rsa.pem"} {
		if err := os.Symlink(filepath.Join(shared.sandbox.Folder, "sdk", name), filepath.Join(sdk, name)); err != nil {
			t.Fatal(err)
		}
	}
	script(t, filepath.Join(sdk, daemonName), fmt.Sprintf("exec '%s' --former \"$@\"\n", filepath.Join(shared.sandbox.Folder, "sdk", daemonName)))
	to, file := newRemote(t, shared.sandbox), bigFile(t)
	p := start(t, shared.sandbox, "node", "upload", file, "--to-folder="+to.name, "--transfer=transferd", "--sdk-folder="+sdk)
	p.expectExit(0, "")
	expectSame(t, file, filepath.Join(to.folder, bigName))
}
