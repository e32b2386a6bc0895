//go:build !windows

package config

import "github.com/google/renameio/v2"

// replaceFile writes a file that only the user can read, at once and whole.
// renameio.WriteFile would keep the permissions of the file it replaces.
func replaceFile(path string, data []byte) error {
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
