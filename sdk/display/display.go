// Package display tells whether programs can show windows to the user.
package display

import "runtime"

// Available tells whether there is a graphical environment: always on Windows
// and macOS, elsewhere when a display is named (spec/transfer.md 10). lookup
// gives environment variables.
func Available(lookup func(string) (string, bool)) bool {
	display, _ := lookup("DISPLAY")
	wayland, _ := lookup("WAYLAND_DISPLAY")
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || display != "" || wayland != ""
}
