package sftp

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/sshclient"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Codes of ascp that this agent gives (spec/management.md 7).
const (
	codeNoSuchFile     = 4
	codeNoPermission   = 5
	codeNotFolder      = 6
	codeIsFolder       = 7
	codeNoConnection   = 12
	codeConnectTimeout = 13
	codeConnectionLost = 16
	codeAuthentication = 19
	codeNoSpace        = 25
	codeReadOnly       = 26
	codeSomeFiles      = 27
	codeStalled        = 40
	codeBadPath        = 41
	codeAlreadyExists  = 42
	codeConfiguration  = 50
	codeInsecure       = 51
	codePathTooLong    = 55
	codeLinkLoop       = 63
	codeCannotRename   = 64
)

// finalError ends a job at once: another attempt would end alike, and might lock
// the user out.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }

// coded is an error of one file.
func coded(code int, format string, args ...any) *transfer.Error {
	e := transfer.Errorf(format, args...)
	e.Code = code
	return e
}

// lost tells whether an error is that of the connection, not of a file.
func lost(err error) bool { return errors.Is(err, protocol.ErrLost) }

// connectionFailure turns a failure to connect into that of a session.
func connectionFailure(err error) error {
	var failed *sshclient.Error
	if !errors.As(err, &failed) {
		return err
	}
	codes := map[sshclient.Kind]int{
		sshclient.Connection: codeNoConnection, sshclient.Timeout: codeConnectTimeout,
		sshclient.Authentication: codeAuthentication, sshclient.HostKey: codeInsecure, sshclient.Configuration: codeConfiguration,
	}
	e := &transfer.Error{Code: codes[failed.Kind], Message: failed.Message, Retryable: failed.Retryable(), Cause: err}
	if e.Retryable {
		return e
	}
	if len(failed.Hints) == 0 {
		return &finalError{e}
	}
	hints := failed.Hints
	if failed.Unknown {
		hints = append(hints, "Or accept servers at their first connection: --transfer-info.host_check="+string(sshclient.AcceptNew))
	}
	return &finalError{&failure.Error{Label: failure.Transfer, Message: failed.Message, Hints: hints, Cause: e}}
}

// fileFailure gives the failure of a file its code.
func fileFailure(path string, err error) *transfer.Error {
	var known *transfer.Error
	if errors.As(err, &known) {
		return known
	}
	code, text := 0, ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		code = codeNoSuchFile
	case errors.Is(err, fs.ErrPermission):
		code = codeNoPermission
	case diskFull(err):
		code = codeNoSpace
	case errors.Is(err, syscall.EROFS):
		code = codeReadOnly
	case errors.Is(err, syscall.ENAMETOOLONG):
		code = codePathTooLong
	case errors.Is(err, syscall.ENOTDIR):
		code = codeNotFolder
	case errors.Is(err, syscall.EISDIR):
		code = codeIsFolder
	}
	if code != 0 {
		text = transfer.LookupCode(code).Info
	} else {
		text = reason(err)
	}
	return &transfer.Error{Code: code, Message: text + ": " + path, Cause: err}
}

// reason is an error without the path that its kind repeats.
func reason(err error) string {
	var onPath *fs.PathError
	if errors.As(err, &onPath) {
		return onPath.Err.Error()
	}
	return err.Error()
}

// maxNamed is how many failed files a message names: the log has all.
const maxNamed = 10

// outcome is the error of a session in which files failed.
func outcome(failures []*transfer.Error, files int) error {
	switch {
	case len(failures) == 0:
		return nil
	case len(failures) == 1 && files <= 1, failures[0].Code == codeNoSpace:
		return &finalError{failures[0]}
	}
	var named []string
	for _, f := range failures[:min(len(failures), maxNamed)] {
		named = append(named, f.Message)
	}
	if more := len(failures) - maxNamed; more > 0 {
		named = append(named, fmt.Sprintf("and %d more", more))
	}
	e := coded(codeSomeFiles, "%s: %s", transfer.LookupCode(codeSomeFiles).Info, strings.Join(named, "; "))
	e.Cause = failures[0]
	return &finalError{e}
}
