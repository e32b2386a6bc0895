//go:build unix && !darwin

package command

// systemTemp is the system's folder for temporary files, whatever TMPDIR says.
func systemTemp() string { return "/tmp" }
