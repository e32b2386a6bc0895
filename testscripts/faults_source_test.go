//go:build unix

package testscripts

import (
	"errors"
	"os"
	"path/filepath"
)

// sourceFaultCases change a file while it is read.
func sourceFaultCases() []conformanceCase {
	var cases []conformanceCase
	for name, change := range map[string]func(file *os.File) error{
		"source changed": func(file *os.File) error {
			// The beginning was read, the end was not.
			_, err := file.WriteAt([]byte("changed"), 0)
			_, err2 := file.WriteAt([]byte("changed"), faultySize-100)
			return errors.Join(err, err2)
		},
		"source shortened": func(file *os.File) error { return file.Truncate(faultySize - 100) },
		"source grown": func(file *os.File) error {
			_, err := file.WriteAt([]byte("more"), faultySize)
			return err
		},
		"source removed": func(file *os.File) error { return os.Remove(file.Name()) },
	} {
		cases = append(cases, conformanceCase{name: name, test: func(m *mover, f flow) { m.changeSource(f, change) }})
	}
	return cases
}

// changeSource: what arrives with success is the file as it was, or as it is, and
// nothing between.
func (m *mover) changeSource(f flow, change func(*os.File) error) {
	m.t.Helper()
	fill(m.t, m.out(f), map[string]int{faultyFile: faultySize})
	before := readTree(m.t, m.out(f))[faultyFile]
	n := m.network()
	n.slow(f, slowRate)
	p := m.start(f, []string{faultyFile}, m.agent.retry...)
	p.await("bytes move", func() bool { return n.carried(f) > someBytes })
	file, err := os.OpenFile(filepath.Join(m.out(f), faultyFile), os.O_RDWR, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	defer file.Close()
	if err := change(file); err != nil {
		m.t.Fatal(err)
	}
	success := p.awaitExit().ExitStatus() == 0
	got, there := readTree(m.t, m.in(f))[faultyFile]
	after := readTree(m.t, m.out(f))[faultyFile]
	switch {
	case success && got != before && got != after:
		m.t.Error("it ends with success, and what came is neither the file before nor after the change")
	case !success && there:
		m.t.Errorf("it ends with %v, and the file has its final name", p.cmd.ProcessState)
	case !success:
		p.expectExit(1, "ERROR: ")
	}
}
