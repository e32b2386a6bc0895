//go:build unix

package localapp

import "syscall"

// apart gives a program a process group of its own: what it opens does not end
// with the group of this one.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
