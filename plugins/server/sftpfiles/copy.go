package sftpfiles

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"github.com/pkg/sftp"
)

// copy copies a file, or a folder with all that is in it, into a folder that
// exists or under a new name. The bytes pass through here: SFTP servers do not copy.
func (t *task) copy(ctx context.Context, from, to string) error {
	info, err := t.client.Stat(from)
	if err != nil {
		return refused(err)
	}
	to, err = t.inside(from, to)
	if err != nil {
		return err
	}
	if strings.HasPrefix(path.Clean(to)+"/", strings.TrimSuffix(path.Clean(from), "/")+"/") {
		return &refusal{int(syscall.EINVAL), "Invalid argument: the destination is in the source"}
	}
	return t.copyItem(ctx, info, from, to)
}

func (t *task) copyItem(ctx context.Context, info fs.FileInfo, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := t.client.ReadLink(from)
		if err == nil {
			err = t.client.Symlink(target, to)
		}
		return refused(err)
	case !info.IsDir():
		return t.copyFile(ctx, info, from, to)
	}
	if err := t.client.Mkdir(to); err != nil {
		if existing, statErr := t.client.Stat(to); statErr != nil || !existing.IsDir() {
			return refused(err)
		}
	}
	items, err := t.client.ReadDirContext(ctx, from)
	if err != nil {
		return refused(err)
	}
	for _, item := range items {
		if err := t.copyItem(ctx, item, path.Join(from, item.Name()), path.Join(to, item.Name())); err != nil {
			return err
		}
	}
	return nil
}

// copyFile writes beside the destination first: what is there is never half a file.
func (t *task) copyFile(ctx context.Context, info fs.FileInfo, from, to string) (err error) {
	source, err := t.client.OpenFile(from, os.O_RDONLY)
	if err != nil {
		return refused(err)
	}
	defer func() { _ = source.Close() }()
	partial := to + ".partial"
	target, err := t.client.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return refused(err)
	}
	defer func() {
		if err != nil {
			_ = t.client.Remove(partial)
		}
	}()
	_, err = source.WriteTo(contextWriter{ctx, target})
	if err = errors.Join(err, target.Close()); err != nil {
		return refused(err)
	}
	if err := t.client.Chmod(partial, info.Mode().Perm()); err != nil {
		return refused(err)
	}
	err = t.client.PosixRename(partial, to)
	var status *sftp.StatusError
	if errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported {
		err = t.client.Rename(partial, to)
	}
	return refused(err)
}
