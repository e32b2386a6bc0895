package ascmd

import (
	"crypto/md5" // what the command is named after
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/diskspace"
)

// list tells a file, or what is in a folder, by name.
func (s *server) list(name string) error {
	target, err := s.folder.Visible(name)
	if err != nil {
		return err
	}
	info, err := s.folder.Stat(target)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if info, err = s.folder.Lstat(target); err != nil {
			return err
		}
		return s.send(typeFile, s.stat(target, info))
	}
	if target, err = s.folder.Readable(name); err != nil {
		return err
	}
	items, err := s.read(target)
	if err != nil {
		return err
	}
	slices.SortFunc(items, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	var all fields
	for _, item := range items {
		all.entry(typeFile, s.stat(path.Join(target, item.Name()), item))
	}
	return s.send(typeDir, all)
}

// stat has the fields of spec ascmd.md 3.2.
func (s *server) stat(name string, info fs.FileInfo) fields {
	var f fields
	f.text(1, info.Name())
	f.int64(2, uint64(info.Size()))
	f.int32(3, unixMode(info.Mode()))
	f.text(4, modeText(info.Mode()))
	if known, ok := attributesOf(info); ok {
		f.int32(5, known.uid)
		f.text(6, s.owners.user(known.uid))
		f.int32(7, known.gid)
		f.text(8, s.owners.group(known.gid))
		f.time(9, known.changed)
		f.time(11, info.ModTime())
		f.time(13, known.accessed)
	} else {
		f.time(11, info.ModTime())
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err := s.folder.Readlink(name); err == nil {
			f.text(15, target)
		}
	}
	return f
}

// unixMode is a mode with the bits of POSIX.
func unixMode(mode fs.FileMode) uint32 {
	bits := uint32(mode.Perm())
	for _, b := range []struct {
		mode fs.FileMode
		bit  uint32
	}{
		{fs.ModeDir, 0o040000}, {fs.ModeSymlink, 0o120000}, {fs.ModeNamedPipe, 0o010000}, {fs.ModeSocket, 0o140000},
		{fs.ModeSetuid, 0o4000}, {fs.ModeSetgid, 0o2000}, {fs.ModeSticky, 0o1000},
	} {
		if mode&b.mode != 0 {
			bits |= b.bit
		}
	}
	if mode.IsRegular() {
		bits |= 0o100000
	}
	return bits
}

// modeText writes a mode as ls does.
func modeText(mode fs.FileMode) string {
	kind := "-"
	switch {
	case mode.IsDir():
		kind = "d"
	case mode&fs.ModeSymlink != 0:
		kind = "l"
	case mode&fs.ModeNamedPipe != 0:
		kind = "p"
	case mode&fs.ModeSocket != 0:
		kind = "s"
	}
	return kind + mode.Perm().String()[1:]
}

// usage adds up what is in a folder, itself included, or tells the size of a file.
func (s *server) usage(name string) error {
	target, err := s.folder.Readable(name)
	if err != nil {
		return err
	}
	var size, files, folders, failed uint64
	err = fs.WalkDir(s.folder.FS(), strings.ReplaceAll(target, "\\", "/"), func(_ string, item fs.DirEntry, err error) error {
		switch {
		case s.ctx.Err() != nil:
			return s.ctx.Err()
		case err != nil && item == nil:
			return err
		case err != nil:
			failed++
			return fs.SkipDir
		case item.IsDir():
			folders++
			return nil
		}
		files++
		if info, err := item.Info(); err == nil {
			size += uint64(info.Size())
		}
		return nil
	})
	if err != nil {
		return err
	}
	var f fields
	f.int64(1, size)
	f.int32(2, uint32(files))
	f.int32(3, uint32(folders))
	f.int32(4, 0)
	f.int32(5, uint32(failed))
	return s.send(typeSize, f)
}

func (s *server) checksum(name string) error {
	target, err := s.folder.Readable(name)
	if err != nil {
		return err
	}
	file, err := s.folder.Open(target)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return fmt.Errorf("is a directory: %w", syscall.EISDIR)
	}
	sum := md5.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	var f fields
	f.text(1, hex.EncodeToString(sum.Sum(nil)))
	return s.send(typeMD5, f)
}

// disks tells the file system of the folder.
func (s *server) disks() error {
	root, err := s.folder.Open(".")
	if err != nil {
		return err
	}
	defer root.Close()
	total, free, err := diskspace.Of(root)
	if err != nil {
		return err
	}
	var f fields
	f.text(1, "sandbox")
	f.text(2, "/")
	f.text(3, "folder")
	f.int64(4, total)
	f.int64(5, total-free)
	f.int64(6, free)
	return s.send(typeDisks, f)
}
