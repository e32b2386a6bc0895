//go:build unix && !linux

package direct

import "syscall"

// boundToUs changes nothing: these systems have no such bond. A process that we
// leave behind loses its management connection.
func boundToUs() *syscall.SysProcAttr { return nil }
