//go:build unix

package simulator

import "golang.org/x/sys/unix"

// systemRelease tells release and version of the system; nothing when the system
// does not.
func systemRelease() []string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return nil
	}
	return []string{unix.ByteSliceToString(name.Release[:]), unix.ByteSliceToString(name.Version[:])}
}
