package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// blobMagic begins an encrypted blob that has a header.
const blobMagic = "@EnC"

// The flags of a blob (spec/plugins/config.md 6.2, "general layout").
const (
	flagCompressed = 0x80
	flagVector     = 0x40
	flagKey        = 0x20
	flagCipher     = 0x10
	flagTag        = 0x08
	flagChunked    = 0x04
)

// header is what a blob says of its encryption.
type header struct {
	compressed bool
	// vector is the initialisation vector; nil means zeros.
	vector []byte
	// cipher is the name of the cipher; empty when the blob does not tell.
	cipher string
}

var errTruncated = fmt.Errorf("%w: the header is cut short", ErrDecrypt)

// parseHeader splits a blob into its header and the encrypted text. A blob
// without header is all text.
func parseHeader(blob []byte) (h header, text []byte, err error) {
	rest, found := bytes.CutPrefix(blob, []byte(blobMagic))
	if !found {
		return header{}, blob, nil
	}
	if len(rest) < 2 {
		return header{}, nil, errTruncated
	}
	flags, rest := rest[1], rest[2:]
	if flags&(flagKey|flagTag|flagChunked) != 0 {
		return header{}, nil, errors.New("a key of its own, an authentication tag and chunks are not supported in a vault")
	}
	h.compressed = flags&flagCompressed != 0
	if flags&flagVector != 0 {
		if h.vector, rest, err = field(rest); err != nil {
			return header{}, nil, err
		}
	}
	if flags&flagCipher != 0 {
		var name []byte
		if name, rest, err = field(rest); err != nil {
			return header{}, nil, err
		}
		h.cipher = string(name)
	}
	return h, rest, nil
}

// field reads 2 bytes of length, little-endian, and as many bytes.
func field(from []byte) (content, rest []byte, err error) {
	if len(from) < 2 {
		return nil, nil, errTruncated
	}
	length := int(binary.LittleEndian.Uint16(from))
	if len(from) < 2+length {
		return nil, nil, errTruncated
	}
	return from[2 : 2+length], from[2+length:], nil
}
