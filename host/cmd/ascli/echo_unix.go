//go:build unix

package main

import "golang.org/x/sys/unix"

// withoutEcho keeps a terminal from showing what is typed, until restore.
func withoutEcho(fd int) (restore func(), err error) {
	state, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	silent := *state
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, state) }, nil
}
