package world

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
)

// Why an operation on files is refused, besides [fs.ErrNotExist] and
// [fs.ErrExist].
var (
	// ErrOutside: the path, or a symbolic link on it, leads out of the root.
	ErrOutside = errors.New("the path leads out of the root folder")
	// ErrBadPath: no file can have this name.
	ErrBadPath = errors.New("the path holds characters that a file name cannot have")
	// ErrNotFile: the operation needs a regular file.
	ErrNotFile = errors.New("not a file")
	// ErrNotFolder: the operation needs a folder.
	ErrNotFolder = errors.New("not a folder")
	// ErrNotEmpty: the folder holds files, and may only be deleted when empty.
	ErrNotEmpty = errors.New("the folder is not empty")
	// ErrIntoItself: a folder cannot be moved below itself.
	ErrIntoItself = errors.New("a folder cannot be moved into itself")
	// ErrRoot: the root folder can be neither deleted nor moved.
	ErrRoot = errors.New("the root folder can be neither deleted nor moved")
)

// Why a request about access keys is refused, besides [ErrKeyUnknown].
var (
	// ErrKeyExists: the id of a new access key is taken.
	ErrKeyExists = errors.New("the access key id exists already")
	// ErrKeyInvalid: the values of an access key cannot be used; the message
	// of the error around it says which.
	ErrKeyInvalid = errors.New("access key refused")
	// ErrKeyUnknown: there is no such access key, or it is not the caller's.
	ErrKeyUnknown = errors.New("no such access key")
)

// Why a request is refused for want of rights, or for what it says of a
// permission.
var (
	// ErrForbidden: the caller has not the rights that this needs; the error
	// around it says which.
	ErrForbidden = errors.New("not permitted")
	// ErrPermissionUnknown: there is no such permission, or not for this key.
	ErrPermissionUnknown = errors.New("no such permission")
	// ErrPermissionExists: the user or group has a permission on that file.
	ErrPermissionExists = errors.New("the permission exists already")
	// ErrPermissionInvalid: the values of a permission cannot be used; the error
	// around it says which.
	ErrPermissionInvalid = errors.New("permission refused")
)

// plain reduces an error of the file system to one of those that callers test.
func plain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fs.ErrNotExist
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EINVAL):
		return ErrBadPath
	// os does not export the error by which a Root refuses an escape.
	case strings.HasSuffix(err.Error(), "path escapes from parent"):
		return ErrOutside
	}
	return err
}
