package transfer

import (
	"errors"
	"fmt"
)

// Error is a failed session. A user sees it under the label "Transfer".
type Error struct {
	// Code is that of [Codes], 0 when the failure has none: a process that did
	// not start, a timeout.
	Code    int
	Message string
	// Retryable errors are of the transport: the same job may succeed later.
	Retryable bool
	// Cause, when set, is what errors.Is and errors.As see.
	Cause error
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Error returns the message alone: the code is of no use to most readers.
func (e *Error) Error() string { return e.Message }

// Errorf returns an error without code, which is not retryable. The format may
// wrap an error with %w.
func Errorf(format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Message: err.Error(), Cause: errors.Unwrap(err)}
}

// FromCode returns the error that ascp reports with a code and a description.
// Code 14 with a target that cannot exist is final (spec/management.md 7).
func FromCode(code int, description string) *Error {
	known := LookupCode(code)
	if description == "" {
		description = known.Info
	}
	retryable := known.Retryable && !(code == connectionError && description == noSuchTarget)
	return &Error{Code: code, Message: description, Retryable: retryable}
}

// CodeCancelled is the code of a transfer that a user, or a command to ascp, has
// stopped.
const CodeCancelled = 28

const (
	connectionError = 14
	noSuchTarget    = "Target address not available"
)

// Code is an error number of ascp.
type Code struct {
	Number    int
	Mnemonic  string
	Retryable bool
	Info      string
}

// Codes returns the error numbers of ascp in order, from 0 on
// (spec/management.md 7).
func Codes() []Code { return append([]Code(nil), codes[:]...) }

// LookupCode returns what is known of an error number; an unknown number is
// like 0.
func LookupCode(number int) Code {
	if number < 0 || number >= len(codes) {
		number = 0
	}
	return codes[number]
}

// codes is indexed by number.
var codes = [...]Code{
	{0, "UNKNOWN", false, "unknown"},
	{1, "FASP_PROTO", false, "fasp(tm) error"},
	{2, "ASCP", false, "ASCP error"},
	{3, "AMBIGUOUS_TARGET", false, "Ambiguous target"},
	{4, "NO_SUCH_FILE", false, "No such file or directory"},
	{5, "NO_PERMS", false, "Insufficient permissions"},
	{6, "NOT_DIR", false, "Target must be a directory"},
	{7, "IS_DIR", false, "Expected regular file"},
	{8, "USAGE", false, "Incorrect usage of Aspera scp command"},
	{9, "LIC_DUP", false, "Duplicate license"},
	{10, "LIC_RATE_EXCEEDED", false, "Rate exceeds cap imposed by license"},
	{11, "INTERNAL_ERROR", false, "Internal error"},
	{12, "TRANSFER_ERROR", true, "Error establishing SSH connection (check SSH port and firewall)"},
	{13, "TRANSFER_TIMEOUT", true, "Timeout establishing SSH connection (check SSH port and firewall)"},
	{14, "CONNECTION_ERROR", true, "Error establishing UDP connection (check UDP port and firewall)"},
	{15, "CONNECTION_TIMEOUT", true, "Timeout establishing UDP connection (check UDP port and firewall)"},
	{16, "CONNECTION_LOST", true, "Connection lost"},
	{17, "RCVR_SEND_ERROR", true, "Network failure (receiver can't send feedback)"},
	{18, "RCVR_RECV_ERROR", true, "Network failure (receiver can't receive UDP data)"},
	{19, "AUTH", false, "Authentication failure"},
	{20, "NOTHING", false, "Nothing to transfer"},
	{21, "NOT_REGULAR", false, "Not a regular file"},
	{22, "FILE_TABLE_OVR", false, "File table overflow"},
	{23, "TOO_MANY_FILES", true, "Too many files open"},
	{24, "FILE_TOO_BIG", false, "File too big for filesystem"},
	{25, "NO_SPACE_LEFT", false, "No space left on disk"},
	{26, "READ_ONLY_FS", false, "Read only filesystem"},
	{27, "SOME_FILE_ERRS", false, "One or more files failed"},
	{28, "USER_CANCEL", false, "Cancelled by user"},
	{29, "LIC_NOLIC", false, "Unable to access license info"},
	{30, "LIC_EXPIRED", false, "License expired"},
	{31, "SOCK_SETUP", false, "Unable to set up socket"},
	{32, "OUT_OF_MEMORY", true, "Out of memory"},
	{33, "THREAD_SPAWN", true, "Unable to spawn thread"},
	{34, "UNAUTHORIZED", false, "Unauthorized"},
	{35, "DISK_READ", true, "Disk read error"},
	{36, "DISK_WRITE", true, "Disk write error"},
	{37, "AUTHORIZATION", true, "Authorization failure"},
	{38, "LIC_ILLEGAL", false, "Operation not permitted by license"},
	{39, "PEER_ABORTED_SESSION", true, "Peer aborted session"},
	{40, "DATA_TRANSFER_TIMEOUT", true, "Data transfer stalled, timed out"},
	{41, "BAD_PATH", false, "File location is outside 'docroot' hierarchy"},
	{42, "ALREADY_EXISTS", false, "File or directory already exists"},
	{43, "STAT_FAILS", false, "Cannot collect details about file or directory"},
	{44, "PMTU_BRTT_ERROR", true, "UDP session initiation fatal error"},
	{45, "BWMEAS_ERROR", true, "Bandwidth measurement fatal error"},
	{46, "VLINK_ERROR", false, "Virtual link error"},
	{47, "CONNECTION_ERROR_HTTP", false, "Error establishing HTTP connection (check HTTP port and firewall)"},
	{48, "FILE_ENCRYPTION_ERROR", false, "File encryption/decryption error, e.g. corrupt file"},
	{49, "FILE_DECRYPTION_PASS", false, "File decryption error, bad passphrase"},
	{50, "BAD_CONFIGURATION", false, "Invalid configuration"},
	{51, "INSECURE_CONNECTION", false, "Remote host is not who we expected"},
	{52, "START_VALIDATION_FAILED", false, "File start validation failed"},
	{53, "STOP_VALIDATION_FAILED", false, "File stop validation failed"},
	{54, "THRESHOLD_VALIDATION_FAILED", false, "File threshold validation failed"},
	{55, "FILEPATH_TOO_LONG", false, "File path exceeds underlying file system limit"},
	{56, "ILLEGAL_CHARS_IN_PATH", false, "Path being written to Windows file system contains illegal characters"},
	{57, "CHUNK_MUST_MATCH_ALIGNMENT", false, "Chunk size/start must be aligned with storage"},
	{58, "VALIDATION_SESSION_ABORT", false, "Session aborted to due validation error"},
	{59, "REMOTE_STORAGE_ERROR", false, "Remote storage errored"},
	{60, "LUA_SCRIPT_ABORTED_SESSION", false, "Session aborted due to Lua script abort"},
	{61, "SSEAR_RETRYABLE", true, "Transfer failed because of a retryable Encryption at Rest error"},
	{62, "SSEAR_FATAL", false, "Transfer failed because of a fatal Encryption at Rest error"},
	{63, "LINK_LOOP", false, "Path refers to a symbolic link loop"},
	{64, "CANNOT_RENAME_PARTIAL_FILES", false, "Can't rename a partial file."},
	{65, "CIPHER_NON_COMPAT_FIPS", false, "Can't use this cipher with FIPS mode enabled"},
	{66, "PEER_REQUIRES_FIPS", false, "Peer rejects cipher due to FIPS mode enabled on peer"},
}
