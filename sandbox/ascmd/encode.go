package ascmd

import (
	"encoding/binary"
	"time"
)

// The types of entries at the top level (spec ascmd.md 3.1).
const (
	typeFile    = 1
	typeDir     = 2
	typeSize    = 3
	typeError   = 4
	typeInfo    = 5
	typeSuccess = 6
	typeDisks   = 8
	typeMD5     = 9
)

// fields builds a structure: entries whose types are the numbers of its fields.
type fields []byte

func (f *fields) entry(number byte, value []byte) { *f = appendEntry(*f, number, value) }

// text adds a zstr, if it is not empty.
func (f *fields) text(number byte, value string) {
	if value != "" {
		f.entry(number, append([]byte(value), 0))
	}
}

func (f *fields) int32(number byte, value uint32) {
	f.entry(number, binary.BigEndian.AppendUint32(nil, value))
}

func (f *fields) int64(number byte, value uint64) {
	f.entry(number, binary.BigEndian.AppendUint64(nil, value))
}

// time adds an epoch and, in the field after it, its text.
func (f *fields) time(number byte, value time.Time) {
	if value.IsZero() {
		return
	}
	f.int64(number, uint64(value.Unix()))
	f.text(number+1, value.Format(time.ANSIC))
}

func appendEntry(out []byte, number byte, value []byte) []byte {
	out = append(out, number)
	out = binary.BigEndian.AppendUint32(out, uint32(len(value)))
	return append(out, value...)
}
