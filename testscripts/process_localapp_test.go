//go:build unix

package testscripts

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// desktopHome returns a home folder in which both clients of the sandbox are
// installed.
func desktopHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for name, link := range map[string]string{
		"connect": ".aspera/connect", "desktop": "Library/Logs/com.ibm.software.aspera.desktop",
	} {
		place := filepath.Join(home, link)
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(shared.sandbox.Folder, name), place); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// TestInterruptedClient: who stops an agent of an application stops its transfer,
// and what has arrived stays.
func TestInterruptedClient(t *testing.T) {
	for _, c := range []struct {
		agent  string
		upload bool
	}{{"desktop", true}, {"connect", false}} {
		t.Run(c.agent, func(t *testing.T) {
			t.Parallel()
			from, to := bigFile(t), newRemote(t, shared.sandbox)
			args, arrives, destination := slowUpload(from, to), to.folder, to.name
			if !c.upload {
				if err := os.Rename(from, filepath.Join(to.folder, bigName)); err != nil {
					t.Fatal(err)
				}
				arrives = t.TempDir()
				destination = arrives
				args = []string{"node", "download", to.name + "/" + bigName, "--to-folder=" + arrives, "--ts.target_rate_kbps=400"}
			}
			p := startAt(t, shared.sandbox, desktopHome(t), []string{"DISPLAY=:0"}, append(args, "--transfer="+c.agent)...)
			partial := remote{folder: arrives}
			p.await("the first bytes arrive", func() bool { return partial.size(t, bigName+partialSuffix) > 0 })
			ascp := ascpTo(t, destination)
			if len(ascp) == 0 {
				t.Fatal("the application has started no ascp")
			}
			interruptions()[0].send(p)
			p.expectExit(interrupted, "interrupted by user")
			awaitGone(t, ascp)
			if kept := partial.size(t, bigName+partialSuffix); kept == 0 || kept >= bigSize || partial.size(t, bigName) != 0 {
				t.Errorf("%d bytes are kept as partial file, %d published", kept, partial.size(t, bigName))
			}
		})
	}
}

// ascpTo are the programs, of this test and of the sandbox, that transfer to a
// folder.
func ascpTo(t *testing.T, destination string) []process {
	t.Helper()
	var found []process
	word := base64.StdEncoding.EncodeToString([]byte(destination))
	for _, p := range descendants(t, os.Getpid()) {
		if strings.HasSuffix(p.command, " "+word) {
			found = append(found, p)
		}
	}
	return found
}
