package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// fullDisk runs in a mount namespace of its own: the main folder is a disk of 16 KB
// that is filled after the first command.
const fullDisk = `set -e
mount -t tmpfs -o size=16k tmpfs "$ASCLI_HOME"
ascli config preset set mine url https://h --display=data 2>/dev/null
cp "$ASCLI_HOME/config.yaml" "$HOME/before"
dd if=/dev/zero of="$ASCLI_HOME/fill" bs=1k 2>/dev/null || true
ascli config preset set mine password s3same --display=data && exit 3
cmp "$HOME/before" "$ASCLI_HOME/config.yaml"
ls -A "$ASCLI_HOME" > "$HOME/left"
ascli config echo @list:,1,2,3 --format=json --output="$ASCLI_HOME/out" && exit 4
exit 0
`

// A full disk is an error that loses nothing.
func TestFullDisk(t *testing.T) {
	if err := exec.Command("unshare", "-rm", "true").Run(); err != nil {
		t.Skip("this system allows no mount namespaces to its users: ", err)
	}
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".aspera", "ascli"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "-rm", "sh", "-c", fullDisk)
	cmd.Env = world.Environ(shared.bin, home, "")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Count(string(out), "no space left on device") != 2 || strings.Contains(string(out), "s3same") {
		t.Errorf("output:\n%s", out)
	}
	left, err := os.ReadFile(filepath.Join(home, "left"))
	if want := "config.yaml\nconfig.yaml.lock\nfill\n"; err != nil || string(left) != want {
		t.Errorf("the folder holds %q, %v, want %q", left, err, want)
	}
}
