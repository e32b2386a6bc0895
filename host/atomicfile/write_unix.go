//go:build !windows

package atomicfile

import "github.com/google/renameio/v2"

// Write replaces a file, at once and whole. Only the user can read it, also
// when others could read the former one: renameio.WriteFile would keep that.
func Write(path string, data []byte) error {
	file, err := renameio.NewPendingFile(path, renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	// Does nothing once the file has its name.
	defer func() { _ = file.Cleanup() }()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}
