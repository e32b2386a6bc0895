package testscripts

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// serverWays are the ways to the same files: the options of `ascli server`, and the
// path of the folder of all files.
func serverWays() map[string]struct {
	options []string
	root    string
} {
	s := shared.sshd
	return map[string]struct {
		options []string
		root    string
	}{
		"ascmd": {nil, ""},
		"sftp": {[]string{
			"--no-default", fmt.Sprintf("--url=ssh://%s:%d", s.Host, s.Port), "--username=" + s.User, "--ssh-keys=" + s.KeyPath,
		}, shared.sandbox.Files},
	}
}

// BenchmarkServerBrowse lists a folder of 10,000 files by SSH.
func BenchmarkServerBrowse(b *testing.B) {
	remote := remoteFolder(b)
	fillFolders(b, filepath.Join(shared.sandbox.Files, remote), 1, 10_000)
	for name, way := range serverWays() {
		b.Run(name, func(b *testing.B) {
			benchmarkCommand(b, "file 9999", slices.Concat([]string{"server", "browse", way.root + "/" + remote + "/0", "--format=csv"}, way.options)...)
		})
	}
}

// BenchmarkServerUsage adds up 100,000 files in 1,000 folders by SSH.
func BenchmarkServerUsage(b *testing.B) {
	remote := remoteFolder(b)
	fillFolders(b, filepath.Join(shared.sandbox.Files, remote), 1_000, 100)
	for name, way := range serverWays() {
		b.Run(name, func(b *testing.B) {
			benchmarkCommand(b, "100000", slices.Concat([]string{"server", "du", way.root + "/" + remote, "--format=csv"}, way.options)...)
		})
	}
}

// fillFolders makes folders of files.
func fillFolders(b *testing.B, root string, folders, files int) {
	b.Helper()
	for i := range folders {
		folder := filepath.Join(root, fmt.Sprint(i))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			b.Fatal(err)
		}
		for j := range files {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("file %d", j)), []byte("x"), 0o600); err != nil {
				b.Fatal(err)
			}
		}
	}
}
