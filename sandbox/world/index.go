package world

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// storeID is the file id of the folder that holds all files of the world.
const storeID = "1"

// index knows the file ids of the store. It is a tree of (parent id, name), so
// that moving a folder leaves the ids of everything below it untouched.
//
// It lives in memory and in a journal: one JSON line a change, read back and
// compacted at the next start. Saving the whole tree at each change would make
// a folder of a hundred thousand files unusable.
//
// An index is not safe for concurrent use.
type index struct {
	places   map[string]place
	children map[string]map[string]string // parent id, name -> id
	next     uint64                       // never goes down: an id is never given twice
	journal  *os.File
	pending  bytes.Buffer // changes that the journal does not have yet
}

// place is where a file id is found.
type place struct{ parent, name string }

// change is one line of the journal. Exactly one of the three forms is used:
// {next}, {id, parent, name} for a place, {id} for an id that is gone.
type change struct {
	Next   uint64 `json:"next,omitempty"`
	ID     string `json:"id,omitempty"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name,omitempty"`
}

// openIndex reads the journal at file, or begins one.
func openIndex(file string) (*index, error) {
	x := &index{places: map[string]place{}, children: map[string]map[string]string{}, next: 2}
	kept, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("open the file ids: %w", err)
	default:
		err = x.replay(kept)
		kept.Close()
		if err != nil {
			return nil, fmt.Errorf("read the file ids in %s: %w", file, err)
		}
	}
	if err := atomicfile.Write(file, x.compact()); err != nil {
		return nil, err
	}
	if x.journal, err = os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("open the file ids: %w", err)
	}
	return x, nil
}

// replay applies the journal read from r. A last line without its end is what
// a crash leaves; nobody was told of that id, so it is dropped.
func (x *index) replay(r io.Reader) error {
	lines := bufio.NewReader(r)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var c change
		if err := json.Unmarshal(line, &c); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if err := x.apply(c); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
}

func (x *index) apply(c change) error {
	if c.ID == "" {
		x.next = max(x.next, c.Next)
		return nil
	}
	number, err := strconv.ParseUint(c.ID, 10, 63)
	if err != nil || c.ID == storeID {
		return fmt.Errorf("file id %q is not possible", c.ID)
	}
	x.next = max(x.next, number+1)
	if c.Parent == "" {
		x.detach(c.ID)
		x.drop(c.ID)
		return nil
	}
	if c.Parent == c.ID || x.within(c.Parent, c.ID) {
		return fmt.Errorf("file id %s lies below itself", c.ID)
	}
	x.attach(c.ID, place{c.Parent, c.Name})
	return nil
}

// compact returns the shortest journal that gives the present state. Parents
// come before their children.
func (x *index) compact() []byte {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	_ = lines.Encode(change{Next: x.next}) // a bytes.Buffer takes everything
	for queue := []string{storeID}; len(queue) > 0; queue = queue[1:] {
		for name, id := range x.children[queue[0]] {
			_ = lines.Encode(change{ID: id, Parent: queue[0], Name: name})
			queue = append(queue, id)
		}
	}
	return out.Bytes()
}

// identify returns the id of name in the folder parent, giving one if needed.
func (x *index) identify(parent, name string) string {
	if id, known := x.children[parent][name]; known {
		return id
	}
	id := strconv.FormatUint(x.next, 10)
	x.next++
	x.attach(id, place{parent, name})
	x.record(change{ID: id, Parent: parent, Name: name})
	return id
}

// locate returns the slash path of id below the store, "." for the store.
func (x *index) locate(id string) (string, bool) {
	where := "."
	for id != storeID {
		at, known := x.places[id]
		if !known {
			return "", false
		}
		where = path.Join(at.name, where)
		id = at.parent
	}
	return where, true
}

// within tells whether id is top or lies below it.
func (x *index) within(id, top string) bool {
	for id != top {
		at, known := x.places[id]
		if !known {
			return false
		}
		id = at.parent
	}
	return true
}

// move gives id another place; what was known there is forgotten.
func (x *index) move(id, parent, name string) {
	if previous, known := x.children[parent][name]; known && previous != id {
		x.forget(previous)
	}
	x.attach(id, place{parent, name})
	x.record(change{ID: id, Parent: parent, Name: name})
}

// forget drops id and all ids below it.
func (x *index) forget(id string) {
	if _, known := x.places[id]; !known {
		return
	}
	x.detach(id)
	x.drop(id)
	x.record(change{ID: id})
}

func (x *index) attach(id string, at place) {
	x.detach(id)
	x.places[id] = at
	if x.children[at.parent] == nil {
		x.children[at.parent] = map[string]string{}
	}
	x.children[at.parent][at.name] = id
}

func (x *index) detach(id string) {
	if at, known := x.places[id]; known && x.children[at.parent][at.name] == id {
		delete(x.children[at.parent], at.name)
	}
	delete(x.places, id)
}

func (x *index) drop(id string) {
	for _, child := range x.children[id] {
		delete(x.places, child)
		x.drop(child)
	}
	delete(x.children, id)
}

func (x *index) record(c change) {
	// Neither a bytes.Buffer nor the encoding of strings can fail.
	_ = json.NewEncoder(&x.pending).Encode(c)
}

// flush puts the changes into the journal. Ids must not be shown before.
func (x *index) flush() error {
	if x.pending.Len() == 0 {
		return nil
	}
	if _, err := x.pending.WriteTo(x.journal); err != nil {
		return fmt.Errorf("save file ids in %s: %w", filepath.Base(x.journal.Name()), err)
	}
	return nil
}

func (x *index) close() error { return x.journal.Close() }
