//go:build unix && !linux

package plugins

import "syscall"

// childAttributes gives a plugin its own process group: see child. Nothing binds
// it to the host's life: it ends when its connection to the host closes.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
