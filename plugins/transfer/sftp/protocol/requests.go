package protocol

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
)

// Attributes are what a server tells of a file. Times are seconds of the epoch.
type Attributes struct {
	Size                int64
	AccessTime, ModTime uint32
	HasSize, HasTimes   bool
	mode                uint32
	hasMode             bool
}

// The kinds of files in the mode of POSIX.
const (
	kindMask    = 0o170000
	kindFolder  = 0o040000
	kindRegular = 0o100000
	kindLink    = 0o120000
)

// Type is the kind of a file: 0 for a regular one, [fs.ModeDir],
// [fs.ModeSymlink], or [fs.ModeIrregular] for all else.
func (a Attributes) Type() fs.FileMode {
	switch {
	case !a.hasMode || a.mode&kindMask == kindRegular:
		return 0
	case a.mode&kindMask == kindFolder:
		return fs.ModeDir
	case a.mode&kindMask == kindLink:
		return fs.ModeSymlink
	}
	return fs.ModeIrregular
}

// Entry is a name in a folder.
type Entry struct {
	Name string
	Attributes
}

func (s *Session) attributes(kind byte, path string) (Attributes, error) {
	answer, err := s.ask(kind, func(b []byte) []byte { return appendString(b, path) })
	if err != nil {
		return Attributes{}, err
	}
	return answer.attributes()
}

func (c *Call) attributes() (Attributes, error) {
	<-c.done
	if c.err != nil {
		return Attributes{}, c.err
	}
	if c.kind != typeAttrs {
		return Attributes{}, errMalformed
	}
	r := cursor{b: c.body}
	a := r.attributes()
	return a, r.err
}

// StartStat asks for the attributes of what a path leads to.
func (s *Session) StartStat(path string) *Call {
	return s.begin(typeStat, func(b []byte) []byte { return appendString(b, path) })
}

// Stat follows links, Lstat does not.
func (s *Session) Stat(path string) (Attributes, error) { return s.attributes(typeStat, path) }

// Lstat: see Stat.
func (s *Session) Lstat(path string) (Attributes, error) { return s.attributes(typeLstat, path) }

// simple makes a request on paths that is answered by a status.
func (s *Session) simple(kind byte, arguments ...string) error {
	_, err := s.ask(kind, func(b []byte) []byte {
		for _, a := range arguments {
			b = appendString(b, a)
		}
		return b
	})
	return err
}

// Remove removes a file, RemoveFolder an empty folder.
func (s *Session) Remove(path string) error { return s.simple(typeRemove, path) }

// RemoveFolder: see Remove.
func (s *Session) RemoveFolder(path string) error { return s.simple(typeRmdir, path) }

// MakeFolder makes a folder.
func (s *Session) MakeFolder(path string) error {
	_, err := s.ask(typeMkdir, func(b []byte) []byte {
		return binary.BigEndian.AppendUint32(appendString(b, path), 0)
	})
	return err
}

// Symlink makes a link. OpenSSH takes the arguments in the order of its call, not
// in that of the draft, and other servers follow it (PROTOCOL 4.1).
func (s *Session) Symlink(target, path string) error { return s.simple(typeSymlink, target, path) }

// Rename replaces what has the new name, at once where the server can.
func (s *Session) Rename(from, to string) error {
	const extension = "posix-rename@openssh.com"
	if s.Has(extension) {
		return s.simple(typeExtended, extension, from, to)
	}
	err := s.simple(typeRename, from, to)
	if err == nil || errors.Is(err, ErrLost) {
		return err
	}
	// The rename of version 3 fails when the target exists.
	if removeErr := s.Remove(to); removeErr != nil {
		return err
	}
	return s.simple(typeRename, from, to)
}

// Readlink returns where a link points to, RealPath the absolute path without links.
func (s *Session) Readlink(path string) (string, error) { return s.oneName(typeReadlink, path) }

// RealPath: see Readlink.
func (s *Session) RealPath(path string) (string, error) { return s.oneName(typeRealpath, path) }

func (s *Session) oneName(kind byte, path string) (string, error) {
	answer, err := s.ask(kind, func(b []byte) []byte { return appendString(b, path) })
	if err != nil {
		return "", err
	}
	c := cursor{b: answer.body}
	names := c.names()
	if answer.kind != typeName || len(names) != 1 {
		return "", errMalformed
	}
	return names[0].Name, nil
}

// SetTimes sets the times of a path, in seconds of the epoch.
func (s *Session) SetTimes(path string, accessed, modified uint32) error {
	_, err := s.ask(typeSetstat, func(b []byte) []byte {
		return appendTimes(appendString(b, path), accessed, modified)
	})
	return err
}

func appendTimes(b []byte, accessed, modified uint32) []byte {
	b = binary.BigEndian.AppendUint32(b, attrTimes)
	b = binary.BigEndian.AppendUint32(b, accessed)
	return binary.BigEndian.AppendUint32(b, modified)
}

// List returns the entries of a folder without "." and "..", links as links.
// Several requests are under way: each gives a part only.
func (s *Session) List(path string) ([]Entry, error) {
	const ahead = 2
	handle, err := s.openHandle(typeOpendir, func(b []byte) []byte { return appendString(b, path) })
	if err != nil {
		return nil, err
	}
	defer handle.StartClose()
	ask := func() *Call {
		return s.begin(typeReaddir, func(b []byte) []byte { return appendString(b, handle.id) })
	}
	var pending []*Call
	for range ahead {
		pending = append(pending, ask())
	}
	var list []Entry
	for len(pending) > 0 {
		call := pending[0]
		pending = pending[1:]
		<-call.done
		switch {
		case errors.Is(call.err, io.EOF):
			continue
		case call.err != nil:
			err = call.err
			continue
		case call.kind != typeName:
			return nil, errMalformed
		}
		c := cursor{b: call.body}
		for _, e := range c.names() {
			if e.Name != "." && e.Name != ".." {
				list = append(list, e)
			}
		}
		if c.err != nil {
			return nil, c.err
		}
		pending = append(pending, ask())
	}
	return list, err
}

// FreeSpace returns how many bytes the user may still write where path is.
func (s *Session) FreeSpace(path string) (int64, error) {
	const extension = "statvfs@openssh.com"
	if !s.Has(extension) {
		return 0, errors.ErrUnsupported
	}
	answer, err := s.ask(typeExtended, func(b []byte) []byte { return appendString(appendString(b, extension), path) })
	if err != nil {
		return 0, err
	}
	c := cursor{b: answer.body}
	_, fragment := c.uint64(), c.uint64()
	_, _, available := c.uint64(), c.uint64(), c.uint64()
	return int64(fragment * available), c.err
}
