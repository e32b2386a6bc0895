package process

import "syscall"

// boundToUs has the kernel kill the process when we die. It leads a process
// group, so that its children can be killed with it.
func boundToUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
