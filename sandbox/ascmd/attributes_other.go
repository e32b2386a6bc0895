//go:build !linux && !darwin

package ascmd

import "io/fs"

// attributesOf knows none on this system.
func attributesOf(fs.FileInfo) (attributes, bool) { return attributes{}, false }
