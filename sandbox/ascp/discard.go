package ascp

import (
	"context"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// discards says whether the destination keeps nothing (spec transfer.md section
// 5.1). The server knows that name too.
func (j *job) discards() bool {
	return j.destination == wire.DiscardDestination || strings.HasPrefix(j.destination, wire.DiscardDestination+"/")
}

// discardTree is a destination on this computer that keeps nothing.
type discardTree struct{ localTree }

func (discardTree) Join(folder, relative string) string { return path.Join(folder, relative) }
func (discardTree) Parent(name string) string           { return path.Dir(name) }

func (discardTree) Stat(name string) (fs.FileInfo, error) {
	if path.Clean(name) == path.Clean(wire.DiscardDestination) {
		return fauxFolder{name: name}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (t discardTree) Lstat(name string) (fs.FileInfo, error) { return t.Stat(name) }

func (discardTree) ReadDir(string) ([]fs.FileInfo, error) { return nil, nil }

func (discardTree) Open(name string) (io.ReadCloser, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (discardTree) Create(string, bool) (targetFile, error) { return &discardFile{}, nil }

func (discardTree) Digest(context.Context, string, []wire.Range) (string, error) { return "", nil }

func (discardTree) MkdirAll(string) (bool, error)              { return true, nil }
func (discardTree) Symlink(string, string) error               { return nil }
func (discardTree) Rename(string, string) error                { return nil }
func (discardTree) Remove(string) error                        { return nil }
func (discardTree) Chtimes(string, time.Time, time.Time) error { return nil }

// discardFile keeps nothing but its place.
type discardFile struct{ at int64 }

func (f *discardFile) Write(data []byte) (int, error) {
	f.at += int64(len(data))
	return len(data), nil
}

func (f *discardFile) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		offset += f.at
	}
	f.at = offset
	return f.at, nil
}

func (*discardFile) Truncate(int64) error { return nil }
func (*discardFile) Close() error         { return nil }

// keepsNothing says whether a received file goes nowhere.
func (j *job) keepsNothing() bool { return j.discards() && j.direction == grant.Receive }
