package sshd

import (
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/pkg/sftp"

	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// discardRoot is the path as which the destination that keeps nothing arrives.
var discardRoot = path.Clean("/" + wire.DiscardDestination)

// isDiscarded says whether a path is the destination that keeps nothing, or
// below it.
func isDiscarded(name string) bool {
	name = path.Clean("/" + name)
	return name == discardRoot || strings.HasPrefix(name, discardRoot+"/")
}

// discarded answers a look at what keeps nothing: there is a folder, which holds
// nothing.
func discarded(name string) (sftp.ListerAt, error) {
	if path.Clean("/"+name) != discardRoot {
		return nil, fs.ErrNotExist
	}
	return oneEntry{discardFolder{}}, nil
}

type discardFolder struct{}

func (discardFolder) Name() string       { return path.Base(discardRoot) }
func (discardFolder) Size() int64        { return 0 }
func (discardFolder) Mode() fs.FileMode  { return fs.ModeDir | 0o755 }
func (discardFolder) ModTime() time.Time { return time.Time{} }
func (discardFolder) IsDir() bool        { return true }
func (discardFolder) Sys() any           { return nil }

// discardFile counts what it does not keep.
type discardFile struct{ payload *payload }

func (f discardFile) WriteAt(data []byte, _ int64) (int, error) {
	f.payload.add(len(data))
	return len(data), nil
}
