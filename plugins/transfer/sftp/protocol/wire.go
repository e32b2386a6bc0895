package protocol

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Packet types.
const (
	typeInit          = 1
	typeVersion       = 2
	typeOpen          = 3
	typeClose         = 4
	typeRead          = 5
	typeWrite         = 6
	typeLstat         = 7
	typeFstat         = 8
	typeSetstat       = 9
	typeFsetstat      = 10
	typeOpendir       = 11
	typeReaddir       = 12
	typeRemove        = 13
	typeMkdir         = 14
	typeRmdir         = 15
	typeRealpath      = 16
	typeStat          = 17
	typeRename        = 18
	typeReadlink      = 19
	typeSymlink       = 20
	typeStatus        = 101
	typeHandle        = 102
	typeData          = 103
	typeName          = 104
	typeAttrs         = 105
	typeExtended      = 200
	typeExtendedReply = 201
)

// Flags of attributes.
const (
	attrSize        = 1 << 0
	attrOwner       = 1 << 1
	attrPermissions = 1 << 2
	attrTimes       = 1 << 3
	attrExtended    = 1 << 31
)

// Codes of a status.
const (
	statusOK               = 0
	statusEOF              = 1
	statusNoSuchFile       = 2
	statusPermissionDenied = 3
	// StatusFailure is OpenSSH's code for all that has none, a full disk among it.
	StatusFailure = 4
	// StatusUnsupported is that of what a server cannot do.
	StatusUnsupported = 8
)

var errMalformed = errors.New("malformed SFTP packet")

// StatusError is a request that the server refused.
type StatusError struct {
	Code    uint32
	Message string
}

func (e *StatusError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("SFTP status %d", e.Code)
	}
	return e.Message
}

// Is makes the codes that have one equal to the errors of files.
func (e *StatusError) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e.Code == statusNoSuchFile
	case fs.ErrPermission:
		return e.Code == statusPermissionDenied
	case io.EOF:
		return e.Code == statusEOF
	case errors.ErrUnsupported:
		return e.Code == StatusUnsupported
	}
	return false
}

func parseStatus(body []byte) error {
	c := cursor{b: body}
	code := c.uint32()
	if c.err != nil {
		return c.err
	}
	if code == statusOK {
		return nil
	}
	// Old servers send no message.
	return &StatusError{Code: code, Message: c.string()}
}

// cursor reads the parts of a packet; after the first error it gives zeros.
type cursor struct {
	b   []byte
	err error
}

func (c *cursor) take(n int) []byte {
	if c.err != nil || n < 0 || n > len(c.b) {
		c.err, c.b = errMalformed, nil
		return nil
	}
	part := c.b[:n]
	c.b = c.b[n:]
	return part
}

func (c *cursor) uint32() uint32 {
	if b := c.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) uint64() uint64 {
	if b := c.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (c *cursor) string() string { return string(c.take(int(c.uint32()))) }

func (c *cursor) attributes() Attributes {
	var a Attributes
	flags := c.uint32()
	if flags&attrSize != 0 {
		a.Size, a.HasSize = int64(c.uint64()), true
	}
	if flags&attrOwner != 0 {
		c.take(8)
	}
	if flags&attrPermissions != 0 {
		a.mode, a.hasMode = c.uint32(), true
	}
	if flags&attrTimes != 0 {
		a.AccessTime, a.ModTime, a.HasTimes = c.uint32(), c.uint32(), true
	}
	if flags&attrExtended != 0 {
		for n := c.uint32(); n > 0 && c.err == nil; n-- {
			c.take(int(c.uint32()))
			c.take(int(c.uint32()))
		}
	}
	if a.Size < 0 {
		c.err = errMalformed
	}
	return a
}

// names reads the entries of a folder, or the one of a path.
func (c *cursor) names() []Entry {
	n := c.uint32()
	var list []Entry
	for ; n > 0 && c.err == nil; n-- {
		name := c.string()
		c.take(int(c.uint32())) // the line that ls would print
		list = append(list, Entry{Name: name, Attributes: c.attributes()})
	}
	if c.err != nil {
		return nil
	}
	return list
}

func appendString(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

func readPacket(r *bufio.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	length := int(binary.BigEndian.Uint32(head[:])) - 1
	if length < 0 || length > maxPacket {
		return 0, nil, errMalformed
	}
	body = make([]byte, length)
	_, err = io.ReadFull(r, body)
	return head[4], body, err
}
