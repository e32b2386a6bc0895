//go:build unix

package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/testscripts/world"
)

// longTransfer bounds a transfer of much.
const longTransfer = 3 * time.Minute

// mover moves files with one agent, as a user does: by ascli node upload and
// download. It has a world of its own: what it leaves behind is known to be of it.
type mover struct {
	t     *testing.T
	agent movingAgent
	conformanceCase
	flow flow
	// server is the one of the product; sandboxes are all that the agent needs.
	server    *world.Sandbox
	sandboxes []*world.Sandbox
	// near is where the user's files are, far a folder of the server. Each has a
	// folder "out" with what is sent and a folder "in" for what comes.
	near, far remote
	// root is the folder of everything. home is that of the user, temp is where
	// temporary files of all programs go.
	root, home, temp string
	// application stands for one of the user; nil: the agent has none.
	application *world.Sandbox
	// flags and environ call the agent.
	flags, environ []string
	// within runs the command in a place of its own; nil: where the test runs.
	within []string
}

// newMover readies a world for a case and a direction.
func newMover(t *testing.T, agent movingAgent, c conformanceCase, f flow) *mover {
	t.Helper()
	// The folders of package testing have long names, with that of the test.
	root, err := os.MkdirTemp("", "mover-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
	})
	m := &mover{t: t, agent: agent, conformanceCase: c, flow: f, root: root, home: filepath.Join(root, "home"), temp: filepath.Join(root, "temp")}
	near := filepath.Join(root, "near")
	for _, folder := range []string{m.home, m.temp, near} {
		mkdirAll(t, folder)
	}
	m.near = remote{name: near, folder: near}
	mkdirAll(t, filepath.Join(near, "in"))
	m.server = m.startSandbox("server", m.diskFlags(upload)...)
	m.far = newRemote(t, m.server)
	agent.join(m)
	for _, side := range []remote{m.near, m.far} {
		mkdirAll(t, filepath.Join(side.folder, "out"))
		mkdirAll(t, filepath.Join(side.folder, "in"))
	}
	return m
}

// diskFlags are those of a sandbox that files come to in a flow.
func (m *mover) diskFlags(f flow) []string {
	if m.diskSize == 0 || m.flow != f {
		return nil
	}
	return []string{fmt.Sprintf("--disk-quota=%d", m.diskSize)}
}

// startSandbox starts a sandbox that ends with the test.
func (m *mover) startSandbox(name string, flags ...string) *world.Sandbox {
	m.t.Helper()
	return m.startSandboxWith(name, world.Options{Flags: flags})
}

func (m *mover) startSandboxWith(name string, o world.Options) *world.Sandbox {
	m.t.Helper()
	o.Environ = []string{"TMPDIR=" + m.temp}
	for _, rule := range m.ascpFaults {
		o.Flags = append(o.Flags, "--ascp-fault="+rule)
	}
	sandbox, err := world.StartWith(m.t.Context(), shared.bin, filepath.Join(m.root, name), o)
	if err != nil {
		m.t.Fatal(err)
	}
	m.sandboxes = append(m.sandboxes, sandbox)
	m.t.Cleanup(func() { m.stopSandbox(sandbox) })
	return sandbox
}

// stopSandbox stops one, unless it is stopped.
func (m *mover) stopSandbox(sandbox *world.Sandbox) {
	m.t.Helper()
	at := slices.Index(m.sandboxes, sandbox)
	if at < 0 {
		return
	}
	m.sandboxes = slices.Delete(m.sandboxes, at, at+1)
	if err := sandbox.Stop(); err != nil {
		m.t.Errorf("a sandbox ended with %v", err)
	}
}

// call adds options that call the agent.
func (m *mover) call(flags ...string) { m.flags = append(m.flags, flags...) }

// source is the side that files come from in a flow, target the other.
func (m *mover) source() remote {
	if m.flow == download {
		return m.far
	}
	return m.near
}

func (m *mover) target() remote {
	if m.flow == download {
		return m.near
	}
	return m.far
}

// out is the folder of what is sent, in that of what comes.
func (m *mover) out() string { return filepath.Join(m.source().folder, "out") }
func (m *mover) in() string  { return filepath.Join(m.target().folder, "in") }

// network leads the bytes of the agent through a network, which has no faults
// yet, instead of the one before.
func (m *mover) network() *network {
	m.t.Helper()
	n := newNetwork(m.t, m.agent.server(m.server))
	m.call(m.agent.via(n.address())...)
	return n
}

// named is how the user names something that is sent.
func (m *mover) named(file string) string {
	if m.flow == upload && m.near.name == "" {
		return file // relative to the folder that the command runs in
	}
	return path.Join(m.source().name, "out", file)
}

// destination is how the user names the folder that files come to.
func (m *mover) destination() string {
	if m.flow == download && m.near.name == "" {
		return m.in()
	}
	return path.Join(m.target().name, "in")
}

// start moves files and folders of the folder out.
func (m *mover) start(sources []string, flags ...string) *program {
	m.t.Helper()
	var words []string
	for _, s := range sources {
		words = append(words, m.named(s))
	}
	if m.agent.selection != "" && m.flow == upload {
		m.selectInDialog(words)
	}
	return m.command(words, flags...)
}

// selectInDialog is what the user of the application does.
func (m *mover) selectInDialog(paths []string) {
	m.t.Helper()
	file := filepath.Join(m.application.Folder, m.agent.name, m.agent.selection)
	if err := os.WriteFile(file, []byte(strings.Join(paths, "\n")+"\n"), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// command runs ascli node upload or download.
func (m *mover) command(words []string, flags ...string) *program {
	m.t.Helper()
	args := slices.Concat([]string{"node", string(m.flow)}, words, []string{"--to-folder=" + m.destination()}, m.flags, flags)
	line := slices.Concat(m.within, []string{world.Program(shared.bin, "ascli")}, args)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = slices.Concat(world.Environ(shared.bin, m.home, m.server.Config), []string{"TMPDIR=" + m.temp}, m.environ)
	cmd.Dir = filepath.Join(m.near.folder, "out")
	return startCommand(m.t, cmd)
}

// moves moves files and folders, without trouble and in silence.
func (m *mover) moves(sources []string, flags ...string) {
	m.t.Helper()
	m.expectMoved(m.start(sources, flags...))
}

func (m *mover) expectMoved(p *program) {
	m.t.Helper()
	p.patience = longTransfer
	p.expectExit(0, "")
	for line := range strings.Lines(p.stdout.String() + p.stderr.String()) {
		if m.agent.warns == "" || !strings.Contains(line, m.agent.warns) {
			m.t.Errorf("it does not keep silent: %.200s", line)
		}
	}
}

// expectArrived compares what came with what was sent: all of it.
func (m *mover) expectArrived() {
	m.t.Helper()
	m.expectContent(readTree(m.t, m.out()))
}

func (m *mover) expectContent(want fileTree) {
	m.t.Helper()
	if m.flow == download && m.agent.unpack != nil {
		m.agent.unpack(m.t, m.in())
	}
	got := readTree(m.t, m.in())
	if m.agent.filesOnly != "" {
		got, want = got.filesOnly(), want.filesOnly()
	}
	got.expect(m.t, want)
}

// expectSettled checks that nothing of the transfers is left: no process, no
// temporary file, no list of files.
func (m *mover) expectSettled() {
	m.t.Helper()
	for _, s := range m.sandboxes {
		await(m.t, "the servers run nothing more", eventually, func() bool { return len(descendants(m.t, s.PID())) == 0 })
	}
	for _, folder := range []string{m.temp, filepath.Join(m.home, ".aspera", "ascli", "filelists")} {
		entries, err := os.ReadDir(folder)
		if err != nil && !os.IsNotExist(err) {
			m.t.Fatal(err)
		}
		for _, e := range entries {
			m.t.Errorf("%s is left in %s", e.Name(), folder)
		}
	}
}
