//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalSize returns the size of the terminal in characters and pixels, zeros
// where it is not known.
func terminalSize() (rows, columns, width, height int) {
	size, err := unix.IoctlGetWinsize(int(os.Stdout.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, 0, 0
	}
	return int(size.Row), int(size.Col), int(size.Xpixel), int(size.Ypixel)
}
