//go:build unix

package main

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
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

// attributesTimeout is how long a terminal may take to say what it can do.
const attributesTimeout = 200 * time.Millisecond

// deviceAttributes asks the terminal what it can do (primary device attributes,
// ESC [ c); "" when it does not say.
func deviceAttributes() string {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return ""
	}
	defer tty.Close()
	before, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		return ""
	}
	defer func() { _ = term.Restore(int(tty.Fd()), before) }()
	if _, err := tty.WriteString("\x1b[c"); err != nil {
		return ""
	}
	var answer strings.Builder
	deadline := time.Now().Add(attributesTimeout)
	letters := make([]byte, 64)
	for !strings.Contains(answer.String(), "c") {
		wait := []unix.PollFd{{Fd: int32(tty.Fd()), Events: unix.POLLIN}}
		ready, err := unix.Poll(wait, int(time.Until(deadline).Milliseconds()))
		if err != nil || ready == 0 || !time.Now().Before(deadline) {
			return ""
		}
		n, err := unix.Read(int(tty.Fd()), letters)
		if err != nil || n == 0 {
			return ""
		}
		answer.Write(letters[:n])
	}
	return answer.String()
}
