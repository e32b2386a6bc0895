//go:build unix

package plugins

import "os"

func trimExecutableSuffix(file string) string { return file }

func writableByOthers(info os.FileInfo) bool { return info.Mode().Perm()&0o002 != 0 }

// autoMTLS is off where the plugin's socket stands in a private folder: making
// keys costs 40 ms a start.
const autoMTLS = false
