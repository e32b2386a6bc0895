package sftpfiles

import (
	"context"
	"crypto/md5" // what the command is named after
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/sdk/record"
)

// info tells what is known of the server: how it names itself.
func (t *task) info() error {
	return t.yield(ascmd.KindInfo, record.New(
		"platform", string(t.Client.ServerVersion()),
		"version", "none: SFTP",
		"browse_caps", "MODE,SIZE,MTIME,ATIME,UID,GID",
		"protocol", "sftp-3",
	))
}

// list tells a file, or what is in a folder, by name.
func (t *task) list(ctx context.Context, name string) error {
	info, err := t.client.Stat(name)
	if err != nil {
		return refused(err)
	}
	if !info.IsDir() {
		if info, err = t.client.Lstat(name); err != nil {
			return refused(err)
		}
		t.learn(ctx, stats(info))
		return t.yield(ascmd.KindFile, t.stat(path.Dir(name), info))
	}
	items, err := t.client.ReadDirContext(ctx, name)
	if err != nil {
		return refused(err)
	}
	slices.SortFunc(items, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	t.learn(ctx, stats(items...))
	if err := t.yield(ascmd.KindSuccess, nil); err != nil {
		return err
	}
	for _, item := range items {
		if err := t.yield(ascmd.KindFile, t.stat(name, item)); err != nil {
			return err
		}
	}
	return nil
}

// stats are the attributes of files as SFTP tells them.
func stats(items ...fs.FileInfo) []*sftp.FileStat {
	var known []*sftp.FileStat
	for _, item := range items {
		if s, ok := item.Sys().(*sftp.FileStat); ok {
			known = append(known, s)
		}
	}
	return known
}

// stat has the fields of spec/ascmd.md 3.2 that SFTP tells: there is no ctime.
func (t *task) stat(folder string, info fs.FileInfo) *record.Object {
	o := record.New("name", info.Name(), "size", info.Size())
	known, _ := info.Sys().(*sftp.FileStat)
	if known == nil {
		return o
	}
	o.Set("mode", int64(known.Mode))
	o.Set("zmode", modeText(known.Mode))
	o.Set("uid", int64(known.UID))
	o.Set("zuid", t.owners.user(known.UID))
	o.Set("gid", int64(known.GID))
	o.Set("zgid", t.owners.group(known.GID))
	o.Set("mtime", t.time(known.Mtime))
	o.Set("atime", t.time(known.Atime))
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err := t.client.ReadLink(path.Join(folder, info.Name())); err == nil {
			o.Set("symlink", target)
		}
	}
	return o
}

func (t *task) time(seconds uint32) string {
	return time.Unix(int64(seconds), 0).In(t.Zone).Format(ascmd.TimeLayout)
}

// The bits of a mode that tell the type of a file (POSIX, sys/stat.h).
const (
	typeMask   = 0o170000
	typeFolder = 0o040000
)

// modeText writes a mode as ls does.
func modeText(mode uint32) string {
	letters := map[uint32]byte{typeFolder: 'd', 0o100000: '-', 0o120000: 'l', 0o060000: 'b', 0o020000: 'c', 0o010000: 'p', 0o140000: 's'}
	text := []byte("?rwxrwxrwx")
	if letter, ok := letters[mode&typeMask]; ok {
		text[0] = letter
	}
	for i := range 9 {
		if mode&(1<<(8-i)) == 0 {
			text[1+i] = '-'
		}
	}
	for _, special := range []struct {
		bit          uint32
		at           int
		letter, none byte
	}{{0o4000, 3, 's', 'S'}, {0o2000, 6, 's', 'S'}, {0o1000, 9, 't', 'T'}} {
		if mode&special.bit == 0 {
			continue
		}
		if text[special.at] == 'x' {
			text[special.at] = special.letter
		} else {
			text[special.at] = special.none
		}
	}
	return string(text)
}

// disks tells the file system of each path, by default that of the first folder.
func (t *task) disks(paths []string) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, name := range paths {
		room, err := t.client.StatVFS(name)
		if err != nil {
			return refused(err)
		}
		err = t.yield(ascmd.KindMount, record.New(
			"fs", strconv.FormatUint(room.Fsid, 10), "dir", name, "is_a", "sftp",
			"total", int64(room.TotalSpace()), "used", int64(room.Blocks-room.Bfree)*int64(room.Frsize), "free", int64(room.Bavail)*int64(room.Frsize),
			"fcount", int64(room.Files-room.Ffree),
		))
		if err != nil {
			return err
		}
	}
	return nil
}

// checksum reads the file: SFTP servers compute none.
func (t *task) checksum(ctx context.Context, name string) error {
	info, err := t.client.Stat(name)
	if err != nil {
		return refused(err)
	}
	if info.IsDir() {
		return &refusal{21, "Is a directory"}
	}
	file, err := t.client.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return refused(err)
	}
	defer func() { _ = file.Close() }()
	sum := md5.New()
	if _, err := file.WriteTo(contextWriter{ctx, sum}); err != nil {
		return refused(err)
	}
	return t.yield(ascmd.KindMD5, record.New("md5sum", hex.EncodeToString(sum.Sum(nil))))
}

// contextWriter ends a copy when its context does.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (w contextWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(p)
}
