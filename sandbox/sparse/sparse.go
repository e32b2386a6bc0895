// Package sparse finds the parts of a file that hold data: what lies between
// them is zeros that need not be moved.
package sparse

import (
	"bytes"
	"errors"
	"io"
)

// MinSize is the least size, in bytes, of files of which it is worth while to
// look for holes.
const MinSize = 1 << 20

// Range is a part of a file, in bytes.
type Range struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// End is the first byte behind the range.
func (r Range) End() int64 { return r.Offset + r.Length }

// Whole is a file without holes.
func Whole(size int64) []Range {
	if size == 0 {
		return nil
	}
	return []Range{{0, size}}
}

// block is what is looked at where the system does not tell holes.
const block = 64 << 10

// scan finds the ranges by reading: those that are not blocks of zeros.
func scan(file io.ReaderAt, size int64) ([]Range, error) {
	var ranges []Range
	buffer, zeros := make([]byte, block), make([]byte, block)
	for at := int64(0); at < size; at += block {
		n, err := file.ReadAt(buffer[:min(block, size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if n > 0 && !bytes.Equal(buffer[:n], zeros[:n]) {
			ranges = add(ranges, Range{at, int64(n)})
		}
	}
	return ranges, nil
}

// add appends a range, joined to the last one where they touch.
func add(ranges []Range, r Range) []Range {
	if last := len(ranges) - 1; last >= 0 && ranges[last].End() == r.Offset {
		ranges[last].Length += r.Length
		return ranges
	}
	return append(ranges, r)
}

// InOrder says whether ranges follow each other inside a file of that size, as
// those of Ranges do.
func InOrder(ranges []Range, size int64) bool {
	at := int64(0)
	for _, r := range ranges {
		if r.Length <= 0 || r.Offset < at || r.Offset > size || r.Length > size-r.Offset {
			return false
		}
		at = r.End()
	}
	return true
}

// Within gives what of some ranges lies inside one.
func Within(ranges []Range, part Range) []Range {
	var inside []Range
	for _, r := range ranges {
		from, to := max(r.Offset, part.Offset), min(r.End(), part.End())
		if from < to {
			inside = append(inside, Range{from, to - from})
		}
	}
	return inside
}
