//go:build unix && !linux

package plugins

import "syscall"

// childAttributes has nothing to set: a plugin ends when its connection to the
// host closes.
func childAttributes() *syscall.SysProcAttr { return nil }
