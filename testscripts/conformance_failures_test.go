//go:build unix

package testscripts

import "strings"

// resumes is the case that agents do not pass which send everything again.
const resumes = "resume after cut"

func failureCases() []conformanceCase {
	return []conformanceCase{
		{name: "cancel", test: cancelTransfer},
		{name: resumes, test: resumeAfterCut},
		{name: "wrong credentials", test: refuseCredentials},
		{name: "disk full", diskSize: faultySize / 2, test: fillDisk},
	}
}

// cancelTransfer: Ctrl-C stops everything, and the same command completes it later.
func cancelTransfer(m *mover) {
	const file, enough, slow = "big.bin", 1 << 20, 512
	fill(m.t, m.out(), map[string]int{file: 8 << 20})
	net := m.network()
	net.slow(m.flow, slow)
	p := m.start([]string{file})
	p.await("bytes move", func() bool { return net.carried(m.flow) > enough })
	list := p.children("ascli-plugin-transfer")
	expectAlone(p, list)
	interruptions()[0].send(p)
	p.expectExit(interrupted, "interrupted by user")
	awaitGone(m.t, list)
	m.expectSettled()
	if _, there := readTree(m.t, m.in())[file]; there {
		m.t.Errorf("%s, which is not complete, has its final name", file)
	}
	if _, again := m.agent.cannot[resumes]; again && m.flow == upload {
		// The server removes what is of no more use, and may be late.
		await(m.t, "nothing is left of it", eventually, func() bool { return len(filesIn(m.t, m.in())) == 0 })
	}
	m.network()
	m.moves([]string{file})
	m.expectArrived()
}

// resumeAfterCut: what arrived before the connection broke is not sent again,
// whether the agent tries again by itself or the user does.
func resumeAfterCut(m *mover) {
	const file, size = "big.bin", 16 << 20
	fill(m.t, m.out(), map[string]int{file: size})
	net := m.network()
	net.cut(m.flow, size/2)
	m.attempt(file, 1)
	if net.cutsLeft(m.flow) > 0 {
		m.t.Fatal("the connection was not cut")
	}
	m.expectArrived()
	expectCarried(m, net, size, 1)
}

// attempt moves a file, again when that failed, up to a number of times.
func (m *mover) attempt(file string, again int) {
	m.t.Helper()
	for range again {
		p := m.start([]string{file}, m.agent.retry...)
		if p.awaitExit().ExitStatus() == 0 {
			return
		}
		p.expectExit(1, "ERROR: ")
	}
	p := m.start([]string{file}, m.agent.retry...)
	p.expectExit(0, "")
}

// sftpRequests is how many bytes the requests of one SFTP connection bring at most.
const sftpRequests = 64 * 32 << 10

// expectCarried: little more was sent than there is, and what was lost in a number
// of breaks.
func expectCarried(m *mover, net *network, size int64, breaks int) {
	m.t.Helper()
	const protocols = 20 // they add less than a part of that many
	if sent := net.carried(m.flow); sent > size+size/protocols+int64(breaks)*max(sftpRequests, m.agent.underWay) {
		m.t.Errorf("%d bytes were sent for a file of %d, after %d breaks", sent, size, breaks)
	}
}

func refuseCredentials(m *mover) {
	fill(m.t, m.out(), map[string]int{"one.bin": 1000})
	p := m.start([]string{"one.bin"}, m.agent.wrong...)
	p.expectExit(1, m.agent.refusal)
	m.expectContent(fileTree{})
	if said := p.stdout.String(); said != "" {
		m.t.Errorf("it says %q", said)
	}
}

// fillDisk: a full disk at the destination is an error.
func fillDisk(m *mover) {
	fill(m.t, m.out(), map[string]int{faultyFile: faultySize})
	left := m.crampNear()
	p := m.start([]string{faultyFile}, m.agent.retry...)
	p.expectExit(1, "ERROR: ")
	if said := strings.ToLower(p.stderr.String()); !strings.Contains(said, "space") && !strings.Contains(said, "quota") {
		m.t.Error("it does not say that the disk is full")
	}
	if _, there := left()[faultyFile]; there {
		m.t.Error("the file has its final name")
	}
}
