package direct

import "syscall"

// boundToUs has the kernel kill the process when we die.
func boundToUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
