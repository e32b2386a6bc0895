//go:build unix

package plugins

import (
	"strings"
	"testing"
)

func TestSocketFolder(t *testing.T) {
	long := "/" + strings.Repeat("a", maxSocketPath-len(socketName))
	for folder, want := range map[string]string{
		"/tmp":   "/tmp",
		long[1:]: long[1:],
		long:     shortFolder,
	} {
		if got := socketFolder(folder); got != want {
			t.Errorf("sockets for %s are in %s, want %s", folder, got, want)
		}
	}
}
