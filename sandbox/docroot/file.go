package docroot

import (
	"io/fs"

	"github.com/ascli-go/ascli/sandbox/quota"
)

// OpenToWrite opens a file by its name for the methods of os.Root. Flags and
// mode are those of os.OpenFile. Of it not more is written than the disk has
// room for.
func (f *Folder) OpenToWrite(name string, flags int, mode fs.FileMode) (*quota.File, error) {
	file, err := f.OpenFile(name, flags, mode)
	if err != nil {
		return nil, err
	}
	return f.grant.Disk.Bound(file), nil
}
