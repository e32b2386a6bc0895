package simulator

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// systemRelease tells version and build of the system.
func systemRelease() []string {
	v := windows.RtlGetVersion()
	return []string{fmt.Sprintf("%d.%d", v.MajorVersion, v.MinorVersion), fmt.Sprint(v.BuildNumber)}
}
