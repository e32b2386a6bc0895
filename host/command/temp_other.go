//go:build !unix || darwin

package command

import "os"

// systemTemp is the folder that the system gives each user for temporary files.
func systemTemp() string { return os.TempDir() }
