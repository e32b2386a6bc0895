//go:build !windows

package atomicfile

import "github.com/google/renameio/v2"

// Write replaces a file, at once and whole. Only the user can read it.
func Write(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600, renameio.WithStaticPermissions(0o600))
}
