package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// crampedFolder runs a command in a mount namespace of its own, where a folder is
// a small disk, and lists what is left in the folder.
const crampedFolder = `mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99
left="$3"; folder="$2"; shift 3
"$@"
status=$?
ls -A "$folder" > "$left"
exit $status
`

// crampNear makes the disk for downloads small, where the disk of no sandbox is
// meant. It returns what gives the files at the destination in the end.
func (m *mover) crampNear() (left func() fileTree) {
	m.t.Helper()
	if m.flow == upload || m.agent.writer == aNode {
		return func() fileTree { return readTree(m.t, m.in()) }
	}
	if err := exec.Command("unshare", "-rm", "true").Run(); err != nil {
		m.t.Skip("this system allows no mount namespaces to its users: ", err)
	}
	list := filepath.Join(m.root, "left")
	m.within = []string{"unshare", "-rm", "sh", "-c", crampedFolder, "sh", fmt.Sprint(m.diskSize), m.in(), list}
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
