//go:build unix && !linux

package testscripts

import "github.com/ascli-go/ascli/testscripts/world"

func (m *mover) startApplication() *world.Sandbox {
	m.t.Helper()
	return m.startSandbox("application")
}

// crampNear skips what needs a small disk: only Linux makes one for anybody.
func (m *mover) crampNear() (left func() fileTree) {
	if m.flow == download && m.agent.writer != aNode {
		m.t.Skip("this system allows no mount namespaces to its users")
	}
	return func() fileTree { return readTree(m.t, m.in()) }
}
