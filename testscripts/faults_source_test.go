//go:build unix

package testscripts

import (
	"errors"
	"os"
	"path/filepath"
	"time"
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
		cases = append(cases, conformanceCase{name: name, test: func(m *mover) { m.changeSource(change) }})
	}
	return cases
}

// changeSource: what arrives with success is the file as it was, or as it is, and
// nothing between.
func (m *mover) changeSource(change func(*os.File) error) {
	m.t.Helper()
	fill(m.t, m.out(), map[string]int{faultyFile: faultySize})
	// SFTP tells times in whole seconds: the change must not come in the same one.
	written := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(m.out(), faultyFile), written, written); err != nil {
		m.t.Fatal(err)
	}
	before := readTree(m.t, m.out())[faultyFile]
	n := m.network()
	n.slow(m.flow, slowRate)
	p := m.start([]string{faultyFile}, m.agent.retry...)
	p.await("bytes move", func() bool { return n.carried(m.flow) > someBytes })
	file, err := os.OpenFile(filepath.Join(m.out(), faultyFile), os.O_RDWR, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	defer file.Close()
	if err := change(file); err != nil {
		m.t.Fatal(err)
	}
	success := p.awaitExit().ExitStatus() == 0
	got, there := readTree(m.t, m.in())[faultyFile]
	after := readTree(m.t, m.out())[faultyFile]
	switch {
	case success && got != before && got != after:
		m.t.Error("it ends with success, and what came is neither the file before nor after the change")
	case !success && there:
		m.t.Errorf("it ends with %v, and the file has its final name", p.cmd.ProcessState)
	case !success:
		p.expectExit(1, "ERROR: ")
	}
}
