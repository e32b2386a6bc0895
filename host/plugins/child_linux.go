package plugins

import "syscall"

// childAttributes makes the kernel end a plugin with its host, even one that
// does not watch its connection. The signal is bound to the thread that starts
// the child: see starter. The process group is the plugin's own: see child.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
