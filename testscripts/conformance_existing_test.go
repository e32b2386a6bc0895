//go:build unix

package testscripts

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Files that exist at the destination before a transfer.
const (
	sameFile  = "same"
	olderFile = "other content, older"
	newerFile = "other content, newer"
)

// overwriteCases: which files each policy replaces.
func overwriteCases() []conformanceCase {
	var cases []conformanceCase
	for policy, replaced := range map[string][]string{
		"never":      {},
		"always":     {sameFile, olderFile, newerFile},
		"diff":       {olderFile, newerFile},
		"older":      {olderFile},
		"diff+older": {olderFile},
	} {
		cases = append(cases, conformanceCase{name: "overwrite " + policy, test: func(m *mover) {
			m.overwrite(policy, replaced)
		}})
	}
	return cases
}

// overwrite moves files to where files of their names are.
func (m *mover) overwrite(policy string, replaced []string) {
	m.t.Helper()
	const size = 50_000
	files := map[string]int{sameFile: size, olderFile: size, newerFile: size}
	fill(m.t, m.out(), files)
	fill(m.t, m.in(), files)
	if err := copyFile(filepath.Join(m.in(), sameFile), filepath.Join(m.out(), sameFile), 0o600); err != nil {
		m.t.Fatal(err)
	}
	written := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	for name, age := range map[string]time.Duration{sameFile: 0, olderFile: time.Hour, newerFile: -time.Hour} {
		for path, at := range map[string]time.Time{filepath.Join(m.out(), name): written, filepath.Join(m.in(), name): written.Add(-age)} {
			if err := os.Chtimes(path, at, at); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	sent, want := readTree(m.t, m.out()), readTree(m.t, m.in())
	for _, name := range replaced {
		want[name] = sent[name]
	}
	names := slices.Sorted(maps.Keys(files))
	if m.flow == download && m.agent.unpack != nil {
		for _, name := range names {
			m.moves([]string{name}, "--ts.overwrite="+policy)
		}
	} else {
		m.moves(names, "--ts.overwrite="+policy)
	}
	m.expectContent(want)
}
