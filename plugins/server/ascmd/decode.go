package ascmd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// maxValue bounds the value of one entry: a folder comes as many.
const maxValue = 1 << 20

// ErrEmpty tells that the server answered nothing at all.
var ErrEmpty = errors.New("empty answer from server")

// MalformedError tells that an answer is not that of ascmd.
type MalformedError struct{ Reason string }

func (e *MalformedError) Error() string { return "malformed answer of " + Program + ": " + e.Reason }

// Entry is one thing that ascmd tells: an item of a folder, a result, an error.
type Entry struct {
	Kind Kind
	// Index is that of the command which it answers, from 0 on; the banner that
	// comes first has -1.
	Index int
	// Fields are named as in spec/ascmd.md 3.2 to 3.4; times are texts of the local
	// zone. Entries without content have none.
	Fields *record.Object
}

// Decode reads an answer and yields its entries as they come: a folder of any
// size takes no more memory than an item. An error of yield ends it.
func Decode(r io.Reader, zone *time.Location, yield func(Entry) error) error {
	d := &decoder{in: bufio.NewReaderSize(r, 64<<10), zone: zone, yield: yield}
	for index := -1; ; index++ {
		err := d.top(index)
		switch {
		case errors.Is(err, io.EOF) && index == -1:
			return ErrEmpty
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

type decoder struct {
	in    *bufio.Reader
	zone  *time.Location
	yield func(Entry) error
}

// top reads one entry of the top level. io.EOF: there is none.
func (d *decoder) top(index int) error {
	number, length, err := header(d.in)
	if err != nil {
		return err
	}
	kind := Kind(number)
	switch kind {
	case kindDir:
		return d.items(length, index)
	case KindMount:
		return d.mounts(length, index)
	case KindSuccess, kindExit:
		if _, err := value(d.in, length); err != nil {
			return err
		}
		return d.yield(Entry{Kind: kind, Index: index})
	}
	s, known := structureOf(kind)
	if !known {
		return &MalformedError{fmt.Sprintf("Unrecognized field for result: %d", number)}
	}
	content, err := value(d.in, length)
	if err != nil {
		return err
	}
	fields, err := d.structure(s, content)
	if err != nil {
		return err
	}
	return d.yield(Entry{Kind: kind, Index: index, Fields: fields})
}

// items reads a folder: each entry, whatever its type, is an item.
func (d *decoder) items(length uint32, index int) error {
	// A folder without items is an answer, too.
	if err := d.yield(Entry{Kind: KindSuccess, Index: index}); err != nil {
		return err
	}
	return d.entries(length, func(_ byte, content []byte) error {
		fields, err := d.structure(statStructure, content)
		if err != nil {
			return err
		}
		return d.yield(Entry{Kind: KindFile, Index: index, Fields: fields})
	})
}

// mounts reads a flat list: the first member begins the next mount.
func (d *decoder) mounts(length uint32, index int) error {
	var fields *record.Object
	flush := func() error {
		if fields == nil {
			return nil
		}
		return d.yield(Entry{Kind: KindMount, Index: index, Fields: fields})
	}
	err := d.entries(length, func(number byte, content []byte) error {
		if number == 1 || fields == nil {
			if err := flush(); err != nil {
				return err
			}
			fields = record.New()
		}
		return d.member(mountStructure, fields, number, content)
	})
	if err != nil {
		return err
	}
	return flush()
}

// entries reads the entries of a value without holding all of it.
func (d *decoder) entries(length uint32, take func(number byte, content []byte) error) error {
	inner := &io.LimitedReader{R: d.in, N: int64(length)}
	for inner.N > 0 {
		number, size, err := header(inner)
		if err != nil {
			return missing(err)
		}
		content, err := value(inner, size)
		if err != nil {
			return err
		}
		if err := take(number, content); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) structure(s structure, content []byte) (*record.Object, error) {
	fields := record.New()
	in := bytes.NewReader(content)
	for in.Len() > 0 {
		number, size, err := header(in)
		if err != nil {
			return nil, missing(err)
		}
		inner, err := value(in, size)
		if err != nil {
			return nil, err
		}
		if err := d.member(s, fields, number, inner); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

func (d *decoder) member(s structure, fields *record.Object, number byte, content []byte) error {
	if number == 0 || int(number) > len(s.members) {
		return &MalformedError{fmt.Sprintf("Unrecognized field for %s: %d", s.name, number)}
	}
	m := s.members[number-1]
	switch m.base {
	case textBase:
		fields.Set(m.name, text(content))
	case listBase:
		fields.Set(m.name, append(fields.List(m.name), text(content)))
	default:
		n, err := integer(m, content)
		if err != nil {
			return err
		}
		if m.base == epochBase {
			fields.Set(m.name, time.Unix(int64(n), 0).In(d.zone).Format(TimeLayout))
		} else {
			fields.Set(m.name, json.Number(strconv.FormatUint(n, 10)))
		}
	}
	return nil
}

// TimeLayout is how times are shown (spec/ascmd.md 5).
const TimeLayout = "2006-01-02 15:04:05 -0700"

func integer(m member, content []byte) (uint64, error) {
	size := 8
	if m.base == int32Base {
		size = 4
	}
	if len(content) != size {
		return 0, &MalformedError{fmt.Sprintf("%s has %d bytes, not %d", m.name, len(content), size)}
	}
	if size == 4 {
		return uint64(binary.BigEndian.Uint32(content)), nil
	}
	return binary.BigEndian.Uint64(content), nil
}

func text(content []byte) string {
	if end := bytes.IndexByte(content, 0); end >= 0 {
		content = content[:end]
	}
	return string(content)
}

// header reads type and length of an entry; io.EOF only at its very begin.
func header(r io.Reader) (number byte, length uint32, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, 0, missing(err)
		}
		return 0, 0, err
	}
	return head[0], binary.BigEndian.Uint32(head[1:]), nil
}

func value(r io.Reader, length uint32) ([]byte, error) {
	if length > maxValue {
		return nil, &MalformedError{fmt.Sprintf("an entry of %d bytes", length)}
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, missing(err)
	}
	return content, nil
}

// missing is the error about an answer that ends too early; others stay.
func missing(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &MalformedError{"not enough bytes"}
	}
	return err
}

// Refused is the error that an entry of KindError stands for, as users see it
// (spec/ascmd.md 4.1).
func Refused(fields *record.Object, verb Verb, arguments []string) error {
	errno, _ := fields.Int("errno")
	return &failure.Error{
		Label:   failure.Argument,
		Message: fmt.Sprintf("ascmd: errno=%d errstr=\"%s\" command=%s arguments=%s", errno, fields.Text("errstr"), verb, strings.Join(arguments, ",")),
	}
}
