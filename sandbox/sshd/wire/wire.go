// Package wire holds what the sandbox's SSH server and its clients must agree
// on besides SSH and SFTP themselves.
//
// A client logs in as user TransferUser with the bypass key and presents its
// transfer token by "env" requests on each session channel, before subsystem
// "sftp" or command DigestCommand. A refused token is told on the channel's
// standard error by a line that begins with RefusedPrefix, and the channel ends
// with exit status RefusedStatus.
package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/ascli-go/ascli/sandbox/sparse"
)

// TransferUser is the account of transfers by token (spec transfer.md 6.1).
const TransferUser = "xfer"

// Environment variables of a session channel. Direction is "send" or
// "receive" as the client sees it; tags are base64 of transfer spec "tags".
const (
	EnvToken     = "ASPERA_SCP_TOKEN"
	EnvTags      = "ASPERA_SCP_TAGS64"
	EnvDirection = "ASPERA_SCP_DIRECTION"
)

// DiscardDestination is a destination that keeps nothing (spec transfer.md
// section 5.1).
const DiscardDestination = "faux://"

// How a session channel tells that the transfer token was refused. The status
// is ascp's code for an authentication failure (spec management.md section 7).
const (
	RefusedPrefix = "authorization refused: "
	RefusedStatus = 19
)

// Requests on the channel of subsystem "sftp" by which a client tells what the
// server cannot see of its transfer, as the two ends of ascp tell each other.
// They are optional, and come in the order of what happens.
const (
	// BeginRequest comes first. Its payload is a Begin as JSON.
	BeginRequest = "begin@ascli-sandbox"
	// EventRequest has an event of the management port in its wire form. The
	// answer, if one is wanted, says that the event was recorded.
	EventRequest = "event@ascli-sandbox"
)

// Begin says what a client is going to transfer.
type Begin struct {
	SessionID   string          `json:"session_id"`
	Direction   string          `json:"direction"` // "send" or "receive"
	Sources     []string        `json:"sources"`
	Destination string          `json:"destination"`
	Tags        json.RawMessage `json:"tags,omitempty"`
	Cookie      string          `json:"cookie,omitempty"`
	TargetKbps  int64           `json:"target_rate_kbps"`
	MinKbps     int64           `json:"min_rate_kbps"`
	CreateDir   bool            `json:"create_dir"`
	Overwrite   string          `json:"overwrite_policy,omitempty"`
	Resume      string          `json:"resume_policy,omitempty"`
	Precalc     bool            `json:"precalc"`
}

// DigestCommand is the exec command that gives the checksum of parts of a
// file: a DigestRequest as JSON on standard input, Digest's text on standard
// output. With it a resumed transfer compares both sides without reading a
// file over the network.
const DigestCommand = "ascli-sandbox-digest"

// DigestRequest is the input of DigestCommand.
type DigestRequest struct {
	Path   string  `json:"path"`
	Ranges []Range `json:"ranges"`
}

// Range is a part of a file, in bytes.
type Range = sparse.Range

// AccessedAttribute is an extended SFTP attribute of files: when the file was
// last read, in seconds since 1970. The library of the server has the
// modification time in the place of the access time.
const AccessedAttribute = "accessed@ascli-sandbox"

// RangesCommand is the exec command that tells which parts of a file hold data:
// its path on standard input, a JSON array of Range in order on standard
// output. What is between them is zeros, which need not be moved.
const RangesCommand = "ranges@ascli-sandbox"

// Digest gives the SHA-256 of the ranges of a file, one after the other, in
// hexadecimal. A range beyond the end of the file is an error.
func Digest(file io.ReaderAt, ranges []Range) (string, error) {
	sum := sha256.New()
	for _, r := range ranges {
		n, err := io.Copy(sum, io.NewSectionReader(file, r.Offset, r.Length))
		if err != nil {
			return "", fmt.Errorf("read for the checksum: %w", err)
		}
		if n != r.Length {
			return "", fmt.Errorf("read for the checksum: %w", io.ErrUnexpectedEOF)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
