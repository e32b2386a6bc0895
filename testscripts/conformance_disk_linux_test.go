package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/testscripts/world"
)

const (
	// onSmallDisk runs a program in a mount namespace of its own, where a folder is
	// a small disk: size, folder, program.
	onSmallDisk = `mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99
shift 2
exec "$@"
`
	// listedOnSmallDisk also lists what is left in the folder: size, folder, list,
	// program.
	listedOnSmallDisk = `mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99
folder="$2" list="$3"
shift 3
"$@"
status=$?
ls -A "$folder" > "$list"
exit $status
`
)

// smallDisk is the beginning of a command that runs another one where the folder
// for downloads is a small disk.
func (m *mover) smallDisk(script string, more ...string) []string {
	m.t.Helper()
	if err := exec.Command("unshare", "-rm", "true").Run(); err != nil {
		m.t.Skip("this system allows no mount namespaces to its users: ", err)
	}
	return append([]string{"unshare", "-rm", "sh", "-c", script, "sh", fmt.Sprint(m.diskSize), m.in()}, more...)
}

// startApplication starts a sandbox in the place of an application of the user.
func (m *mover) startApplication() *world.Sandbox {
	m.t.Helper()
	var o world.Options
	if m.diskSize > 0 && m.flow == download {
		o.Within = m.smallDisk(onSmallDisk)
	}
	return m.startSandboxWith("application", o)
}

// crampNear makes the disk for downloads small, unless it is one of a sandbox. It
// returns what gives the files at the destination in the end.
func (m *mover) crampNear() (left func() fileTree) {
	m.t.Helper()
	switch {
	case m.flow == upload || m.agent.writer == aNode:
		return func() fileTree { return readTree(m.t, m.in()) }
	case m.agent.writer == anApplication:
		// Its disk is seen through the kernel's list of processes only.
		return func() fileTree { return readTree(m.t, fmt.Sprintf("/proc/%d/root%s", m.application.PID(), m.in())) }
	}
	list := filepath.Join(m.root, "left")
	m.within = m.smallDisk(listedOnSmallDisk, list)
	return func() fileTree {
		text, err := os.ReadFile(list)
		if err != nil {
			m.t.Fatal(err)
		}
		tree := fileTree{}
		for name := range strings.Lines(string(text)) {
			tree[strings.TrimSpace(name)] = ""
		}
		return tree
	}
}
