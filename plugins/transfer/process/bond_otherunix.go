//go:build unix && !linux

package process

import "syscall"

// boundToUs makes the process lead a process group, so that its children can be
// killed with it. These systems have no bond to us: a process that we leave
// behind loses its management connection.
func boundToUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
