package plugins

import "os"

const (
	// maxSocketPath is the shortest limit that a system has for the path of a Unix
	// socket, that of macOS with its final NUL left out.
	maxSocketPath = 103
	// socketName is the longest path that go-plugin adds to the folder.
	socketName = "/plugin-dir4294967295/plugin4294967295"
	// shortFolder is for temporary files on every Unix.
	shortFolder = "/tmp"
)

// socketFolder returns where to make the private folder of sockets: that of
// temporary files, unless its name is too long for a socket inside.
func socketFolder(temporary string) string {
	if len(temporary)+len(socketName) <= maxSocketPath {
		return temporary
	}
	if info, err := os.Stat(shortFolder); err != nil || !info.IsDir() {
		return temporary
	}
	return shortFolder
}
