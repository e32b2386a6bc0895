//go:build unix && !linux

package testscripts

// crampNear skips what needs a small disk: only Linux makes one for anybody.
func (m *mover) crampNear() (left func() fileTree) {
	if m.flow == download && m.agent.writer != aNode {
		m.t.Skip("this system allows no mount namespaces to its users")
	}
	return func() fileTree { return readTree(m.t, m.in()) }
}
