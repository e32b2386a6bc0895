package main

import (
	"os"

	"golang.org/x/term"
)

// terminalSize returns the size of the terminal in characters, zeros where it is
// not known. Windows does not tell pixels.
func terminalSize() (rows, columns, width, height int) {
	columns, rows, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0, 0, 0, 0
	}
	return rows, columns, 0, 0
}

// deviceAttributes is "": the console does not say what it can do.
func deviceAttributes() string { return "" }
