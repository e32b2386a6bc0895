package config

import (
	"bytes"

	"github.com/natefinch/atomic"
)

// replaceFile writes a file at once and whole. Who may read it follows from
// the folder, which lies in the user's profile.
func replaceFile(path string, data []byte) error {
	return atomic.WriteFile(path, bytes.NewReader(data))
}
