// Package sftpfiles does over SFTP what ascmd does on a transfer server, and tells
// it in the same way: any SSH server will do.
package sftpfiles

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"syscall"
	"time"

	"github.com/pkg/sftp"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sshclient"
)

// ErrUnavailable tells that the server offers no SFTP.
var ErrUnavailable = errors.New("the server offers no SFTP")

// startTimeout bounds the wait for the first answer of an SFTP server.
const startTimeout = 15 * time.Second

// Files are those of a server. The zone is that of the times shown.
type Files struct {
	Client *sshclient.Client
	Zone   *time.Location
	Log    *slog.Logger
}

// Run does a command. What the server refuses is an entry of ascmd.KindError, and
// the other arguments are dealt with; an error ends the command.
func (f *Files) Run(ctx context.Context, command ascmd.Command, yield func(ascmd.Entry) error) error {
	channel, err := f.Client.Subsystem("sftp")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = channel.Close() }()
	wire := newWire(channel, channel)
	// What answers need not be an SFTP server, and may wait for something else.
	late := time.AfterFunc(startTimeout, func() { _ = channel.Close() })
	client, err := sftp.NewClientPipe(wire, wire, sftp.UseConcurrentReads(true), sftp.UseConcurrentWrites(true))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = client.Close() }()
	if !late.Stop() {
		return fmt.Errorf("%w: no answer within %v", ErrUnavailable, startTimeout)
	}
	t := &task{Files: f, client: client, wire: wire}
	for index, group := range command.Groups {
		t.yield = func(kind ascmd.Kind, fields *record.Object) error {
			return yield(ascmd.Entry{Kind: kind, Index: index, Fields: fields})
		}
		err := t.do(ctx, command.Verb, group)
		var refused *refusal
		if errors.As(err, &refused) && ctx.Err() == nil {
			err = t.yield(ascmd.KindError, record.New("errno", refused.errno, "errstr", refused.text))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// task is a command under way.
type task struct {
	*Files
	client *sftp.Client
	yield  func(ascmd.Kind, *record.Object) error

	wire        *wire
	owners      owners
	tellsOwners bool
}

func (t *task) do(ctx context.Context, verb ascmd.Verb, args []string) error {
	switch verb {
	case ascmd.Info:
		return t.info()
	case ascmd.Disks:
		return t.disks(args)
	case ascmd.List:
		return t.list(ctx, args[0])
	case ascmd.Usage:
		return t.usage(ctx, args[0])
	case ascmd.Checksum:
		return t.checksum(ctx, args[0])
	}
	var err error
	switch verb {
	case ascmd.MakeDir:
		err = t.makeDir(args[0])
	case ascmd.Remove:
		err = t.remove(ctx, args[0])
	case ascmd.Move:
		err = t.move(args[0], args[1])
	case ascmd.Copy:
		err = t.copy(ctx, args[0], args[1])
	default:
		return fmt.Errorf("command %s is not known for SFTP", verb)
	}
	if err != nil {
		return err
	}
	return t.yield(ascmd.KindSuccess, nil)
}

// refusal is an error that the server gives for a path: the others go on.
type refusal struct {
	errno int
	text  string
}

func (r *refusal) Error() string { return r.text }

// refused turns an error of the library into that of a path, with the number that
// ascmd would tell; others, such as a lost connection, stay.
func refused(err error) error {
	var status *sftp.StatusError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrNotExist):
		return &refusal{int(syscall.ENOENT), "No such file or directory"}
	case errors.Is(err, os.ErrPermission):
		return &refusal{int(syscall.EACCES), "Permission denied"}
	case errors.Is(err, os.ErrExist):
		return &refusal{int(syscall.EEXIST), "File exists"}
	case errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported:
		return &refusal{enosys, "Function not implemented by this SFTP server"}
	case errors.As(err, &status):
		return &refusal{int(syscall.EIO), status.Error()}
	}
	return err
}

// enosys is the number of Linux for what is not implemented.
const enosys = 38

// makeDir creates a folder. SFTP does not tell why it fails.
func (t *task) makeDir(name string) error {
	err := t.client.Mkdir(name)
	if err == nil {
		return nil
	}
	if _, statErr := t.client.Lstat(name); statErr == nil {
		return &refusal{int(syscall.EEXIST), "File exists"}
	}
	return refused(err)
}

// move renames; into a folder that exists, like mv.
func (t *task) move(from, to string) error {
	if _, err := t.client.Lstat(from); err != nil {
		return refused(err)
	}
	to, err := t.inside(from, to)
	if err != nil {
		return err
	}
	err = t.client.PosixRename(from, to)
	var status *sftp.StatusError
	if errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported {
		err = t.client.Rename(from, to)
	}
	return refused(err)
}

// inside is the destination itself or, where that is a folder, the place in it.
func (t *task) inside(from, to string) (string, error) {
	info, err := t.client.Stat(to)
	switch {
	case err == nil && info.IsDir():
		return path.Join(to, path.Base(from)), nil
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", refused(err)
	}
	return to, nil
}

// remove deletes a file, or a folder with all that is in it.
func (t *task) remove(ctx context.Context, name string) error {
	info, err := t.client.Lstat(name)
	if err != nil {
		return refused(err)
	}
	if !info.IsDir() {
		return refused(t.client.Remove(name))
	}
	items, err := t.client.ReadDirContext(ctx, name)
	if err != nil {
		return refused(err)
	}
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.remove(ctx, path.Join(name, item.Name())); err != nil {
			return err
		}
	}
	return refused(t.client.RemoveDirectory(name))
}
