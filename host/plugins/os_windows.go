package plugins

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

func trimExecutableSuffix(file string) string {
	switch ext := strings.ToLower(filepath.Ext(file)); ext {
	case ".exe", ".cmd", ".bat":
		return file[:len(file)-len(ext)]
	}
	return ""
}

// writableByOthers is left to the access control lists of Windows, which give
// no mode bits.
func writableByOthers(os.FileInfo) bool { return false }

// autoMTLS is on: plugins listen on TCP there.
const autoMTLS = true

// childAttributes gives a plugin its own process group: see child.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
