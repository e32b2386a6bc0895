package ascp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/pkg/sftp"
)

// Code is an ascp error code (spec management.md section 7).
type Code int

// The codes that the stand-in gives.
const (
	codeASCP         Code = 2
	codeNoSuchFile   Code = 4
	codeNoPermission Code = 5
	codeNotFolder    Code = 6
	codeUsage        Code = 8
	codeConnect      Code = 12
	codeTimeout      Code = 13
	codeLost         Code = 16
	codeAuth         Code = 19
	codeNothing      Code = 20
	codeNotRegular   Code = 21
	codeNoSpace      Code = 25
	codeReadOnly     Code = 26
	codeSomeFailed   Code = 27
	codeCancelled    Code = 28
	codeDiskRead     Code = 35
	codeDiskWrite    Code = 36
	codeBadPath      Code = 41
	codeExists       Code = 42
	codeCrypt        Code = 48
	codePassphrase   Code = 49
	codeBadSetup     Code = 50
	codeWrongHost    Code = 51
)

// Error is a failure of the session or of one file, as told on the management
// port.
type Error struct {
	Code        Code
	Description string
}

func (e *Error) Error() string { return fmt.Sprintf("%s (code %d)", e.Description, e.Code) }

func failf(code Code, format string, values ...any) *Error {
	return &Error{Code: code, Description: fmt.Sprintf(format, values...)}
}

// failureOf gives the code of an error, fallback if nothing better is known.
func failureOf(err error, fallback Code) *Error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	for _, row := range []struct {
		code Code
		is   bool
	}{
		{codeLost, isLost(err)},
		{codeNoSuchFile, errors.Is(err, fs.ErrNotExist)},
		{codeNoPermission, errors.Is(err, fs.ErrPermission)},
		{codeExists, errors.Is(err, fs.ErrExist)},
		{codeNoSpace, isOrSays(err, syscall.ENOSPC)},
		{codeReadOnly, isOrSays(err, syscall.EROFS)},
		{codeNotFolder, isOrSays(err, syscall.ENOTDIR)},
		// What os.Root says of a path that leaves the granted folder.
		{codeBadPath, strings.Contains(err.Error(), "path escapes")},
	} {
		if row.is {
			return &Error{Code: row.code, Description: err.Error()}
		}
	}
	return &Error{Code: fallback, Description: err.Error()}
}

// pathFailure is failureOf for an error about one path, which its text names.
func pathFailure(path string, err error) *Error {
	failure := failureOf(err, codeASCP)
	switch {
	case failure.Code == codeNoSuchFile && errors.Is(err, fs.ErrNotExist):
		return failf(codeNoSuchFile, "No such file or directory: %s", path)
	case failure.Code == codeNoPermission:
		return failf(codeNoPermission, "Insufficient permissions: %s", path)
	case !strings.Contains(failure.Description, path):
		return failf(failure.Code, "%s: %s", failure.Description, path)
	}
	return failure
}

// isOrSays recognizes a system error here, or in the text of the server: SFTP
// has no status of its own for it.
func isOrSays(err error, number syscall.Errno) bool {
	return errors.Is(err, number) || strings.Contains(err.Error(), number.Error())
}

// isLost says whether an error of SFTP means that the connection is gone.
func isLost(err error) bool {
	return errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
