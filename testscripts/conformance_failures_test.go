//go:build unix

package testscripts

// resumes is the case that agents do not pass which send everything again.
const resumes = "resume after cut"

func failureCases() []conformanceCase {
	return []conformanceCase{
		{name: "cancel", test: cancelTransfer},
		{name: resumes, test: resumeAfterCut},
		{name: "wrong credentials", test: refuseCredentials},
	}
}

// cancelTransfer: Ctrl-C stops everything, and the same command completes it later.
func cancelTransfer(m *mover, f flow) {
	const file, enough, slow = "big.bin", 1 << 20, 512
	fill(m.t, m.out(f), map[string]int{file: 8 << 20})
	net := m.network()
	net.slow(f, slow)
	p := m.start(f, []string{file})
	p.await("bytes move", func() bool { return net.carried(f) > enough })
	list := p.children("ascli-plugin-transfer")
	expectAlone(p, list)
	interruptions()[0].send(p)
	p.expectExit(interrupted, "interrupted by user")
	awaitGone(m.t, list)
	m.expectSettled()
	if _, there := readTree(m.t, m.in(f))[file]; there {
		m.t.Errorf("%s, which is not complete, has its final name", file)
	}
	m.network()
	m.moves(f, []string{file})
	m.expectArrived(f)
}

// resumeAfterCut: what arrived before the connection broke is not sent again,
// whether the agent tries again by itself or the user does.
func resumeAfterCut(m *mover, f flow) {
	const file, size = "big.bin", 16 << 20
	fill(m.t, m.out(f), map[string]int{file: size})
	net := m.network()
	net.cut(f, size/2)
	m.attempt(f, file, 1)
	if net.cutsLeft(f) > 0 {
		m.t.Fatal("the connection was not cut")
	}
	m.expectArrived(f)
	expectCarried(m, net, f, size)
}

// attempt moves a file, again when that failed, up to a number of times.
func (m *mover) attempt(f flow, file string, again int) {
	m.t.Helper()
	for range again {
		p := m.start(f, []string{file}, m.agent.retry...)
		if p.awaitExit().ExitStatus() == 0 {
			return
		}
		p.expectExit(1, "ERROR: ")
	}
	p := m.start(f, []string{file}, m.agent.retry...)
	p.expectExit(0, "")
}

// expectCarried: little more was sent than there is.
func expectCarried(m *mover, net *network, f flow, size int64) {
	m.t.Helper()
	// Protocols add some, and what was under way when the connection broke is lost.
	if sent := net.carried(f); sent > size+size/4 {
		m.t.Errorf("%d bytes were sent for a file of %d", sent, size)
	}
}

func refuseCredentials(m *mover, f flow) {
	fill(m.t, m.out(f), map[string]int{"one.bin": 1000})
	p := m.start(f, []string{"one.bin"}, m.agent.wrong...)
	p.expectExit(1, m.agent.refusal)
	m.expectContent(f, fileTree{})
	if said := p.stdout.String(); said != "" {
		m.t.Errorf("it says %q", said)
	}
}
