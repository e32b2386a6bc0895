package diskspace

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Of returns the bytes in all, and those free for the user, of the file
// system that holds f.
func Of(f *os.File) (total, free uint64, err error) {
	folder := f.Name()
	if info, err := f.Stat(); err == nil && !info.IsDir() {
		folder = filepath.Dir(folder)
	}
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, 0, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, &total, nil)
	return total, free, err
}
