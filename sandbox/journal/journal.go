// Package journal keeps lists of records on disk, for servers that tell their
// clients what changed since they last asked: each record has a position, and a
// change gives it a new one at the end of the list.
package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// slack is how many lines more than records a file may have before it is
// written anew.
const slack = 1000

// Log is a list of records, in memory and in a file of one JSON line a change.
// It may be used from any goroutine. Records are values: who puts one must not
// change what it points to.
type Log[T any] struct {
	file  string
	limit int

	mu      sync.RWMutex
	records map[string]*Entry[T]
	order   []*Entry[T] // by position
	last    uint64      // never goes down: a position is never given twice
	disk    *os.File
	lines   int
	broken  bool // the end of the file is not a whole line
}

// Entry is a record with its place in the list.
type Entry[T any] struct {
	// Position is above 0, and above that of all records put before.
	Position uint64
	ID       string
	Record   T
}

// line is one change. Without a record the id is gone; without an id it only
// keeps the last position given.
type line[T any] struct {
	Position uint64 `json:"position"`
	ID       string `json:"id,omitempty"`
	Record   *T     `json:"record,omitempty"`
}

// Open reads the list kept in file, or begins one. Beyond limit records the
// oldest ones are dropped.
func Open[T any](file string, limit int) (*Log[T], error) {
	l := &Log[T]{file: file, limit: limit, records: map[string]*Entry[T]{}}
	kept, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("open the journal: %w", err)
	default:
		err = l.replay(kept)
		kept.Close()
		if err != nil {
			return nil, fmt.Errorf("read the journal %s: %w", file, err)
		}
	}
	if err := l.rewrite(); err != nil {
		return nil, err
	}
	return l, nil
}

// replay applies the lines read from r. A last line without its end is what a
// crash leaves, and is dropped.
func (l *Log[T]) replay(r io.Reader) error {
	lines := bufio.NewReader(r)
	for number := 1; ; number++ {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var change line[T]
		if err := json.Unmarshal(text, &change); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if change.Position < l.last || (change.ID != "" && change.Position == l.last) {
			return fmt.Errorf("line %d: position %d comes after %d", number, change.Position, l.last)
		}
		l.apply(change)
	}
}

func (l *Log[T]) apply(change line[T]) {
	l.last = change.Position
	if change.ID == "" {
		return
	}
	if old := l.records[change.ID]; old != nil {
		l.drop(old)
	}
	if change.Record == nil {
		return
	}
	e := &Entry[T]{Position: change.Position, ID: change.ID, Record: *change.Record}
	l.records[e.ID] = e
	l.order = append(l.order, e)
	if len(l.order) > l.limit {
		l.drop(l.order[0])
	}
}

func (l *Log[T]) drop(e *Entry[T]) {
	at, found := slices.BinarySearchFunc(l.order, e.Position, comparePosition[T])
	if found {
		l.order = slices.Delete(l.order, at, at+1)
	}
	delete(l.records, e.ID)
}

func comparePosition[T any](e *Entry[T], position uint64) int {
	switch {
	case e.Position < position:
		return -1
	case e.Position > position:
		return 1
	}
	return 0
}

// Put adds a record, or replaces the one with the same id, and returns its
// position. When it fails nothing has changed.
func (l *Log[T]) Put(id string, record T) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change := line[T]{Position: l.last + 1, ID: id, Record: &record}
	if err := l.write(change); err != nil {
		return 0, err
	}
	l.apply(change)
	return change.Position, nil
}

// Delete removes a record, if there is one.
func (l *Log[T]) Delete(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.records[id] == nil {
		return nil
	}
	change := line[T]{Position: l.last + 1, ID: id}
	if err := l.write(change); err != nil {
		return err
	}
	l.apply(change)
	return nil
}

// write appends a change to the file.
func (l *Log[T]) write(change line[T]) error {
	if l.broken || l.lines > 2*len(l.records)+slack {
		if err := l.rewrite(); err != nil {
			return err
		}
	}
	text, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if _, err := l.disk.Write(append(text, '\n')); err != nil {
		l.broken = true
		return fmt.Errorf("write the journal: %w", err)
	}
	l.lines++
	return nil
}

// rewrite makes the file the shortest one that gives the present list.
func (l *Log[T]) rewrite() error {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	for _, e := range l.order {
		if err := lines.Encode(line[T]{Position: e.Position, ID: e.ID, Record: &e.Record}); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	if err := lines.Encode(line[T]{Position: l.last}); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if l.disk != nil {
		// Windows replaces no file that is open.
		l.disk.Close()
	}
	err := atomicfile.Write(l.file, out.Bytes())
	disk, openErr := os.OpenFile(l.file, os.O_WRONLY|os.O_APPEND, 0o600)
	if err := errors.Join(err, openErr); err != nil {
		l.broken = true
		return fmt.Errorf("open the journal: %w", err)
	}
	l.disk, l.lines, l.broken = disk, len(l.order)+1, false
	return nil
}

// Get returns the record with an id.
func (l *Log[T]) Get(id string) (Entry[T], bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if e := l.records[id]; e != nil {
		return *e, true
	}
	return Entry[T]{}, false
}

// After returns the records whose position is above the given one, in the order
// of positions: 0 gives all.
func (l *Log[T]) After(position uint64) []Entry[T] {
	l.mu.RLock()
	defer l.mu.RUnlock()
	at, exact := slices.BinarySearchFunc(l.order, position, comparePosition[T])
	if exact {
		at++
	}
	found := make([]Entry[T], 0, len(l.order)-at)
	for _, e := range l.order[at:] {
		found = append(found, *e)
	}
	return found
}

// Len returns the number of records.
func (l *Log[T]) Len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.order)
}

// Close closes the file.
func (l *Log[T]) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.disk.Close()
}
