package ruby

import (
	"slices"

	"github.com/ascli-go/ascli/sdk/record"
)

// Hash is a table whose keys keep the order in which they were set.
//
// A Hash made of a record reads from it as long as it can: a filter that looks
// at one field of a row does not pay for the others. The record is not changed.
type Hash struct {
	entries []entry
	// index holds the position of each key once there are more than fewEntries.
	index map[any]int
	// source is the record that the Hash still stands for, nil when it stands
	// for itself.
	source *record.Object
}

type entry struct {
	key, value any
	// id identifies the key, see [machine.key].
	id any
}

// fewEntries are searched faster one by one than in a map.
const fewEntries = 8

func newHash() *Hash { return &Hash{} }

// own makes the Hash independent of its record.
func (h *Hash) own(m *machine) {
	if h.source == nil {
		return
	}
	source := h.source
	h.source = nil
	m.spend(source.Len())
	h.entries = make([]entry, 0, source.Len())
	for k, v := range source.All() {
		h.entries = append(h.entries, entry{newString(k), m.imported(v), k})
	}
	h.reindex()
}

func (h *Hash) reindex() {
	h.index = nil
	if len(h.entries) <= fewEntries {
		return
	}
	h.index = make(map[any]int, len(h.entries))
	for i := range h.entries {
		h.index[h.entries[i].id] = i
	}
}

// all returns the entries. The caller does not change them.
func (h *Hash) all(m *machine) []entry {
	h.own(m)
	return h.entries
}

func (h *Hash) size() int {
	if h.source != nil {
		return h.source.Len()
	}
	return len(h.entries)
}

func (h *Hash) find(id any) int {
	if h.index != nil {
		if i, ok := h.index[id]; ok {
			return i
		}
		return -1
	}
	for i := range h.entries {
		if h.entries[i].id == id {
			return i
		}
	}
	return -1
}

// get returns the value of a key and whether there is one.
func (h *Hash) get(m *machine, key any) (value any, ok bool) {
	if h.source != nil {
		name, isString := key.(*String)
		if !isString {
			return nil, false
		}
		held, ok := h.source.Get(name.text)
		if !isContainer(held) {
			return m.imported(held), ok
		}
		// Changes to the container have to stay: the Hash keeps it.
		h.own(m)
	}
	if i := h.find(m.key(key)); i >= 0 {
		return h.entries[i].value, true
	}
	return nil, false
}

func isContainer(v any) bool {
	switch v.(type) {
	case []any, *record.Object:
		return true
	}
	return false
}

func (h *Hash) set(m *machine, key, value any) {
	h.own(m)
	id := m.key(key)
	if i := h.find(id); i >= 0 {
		h.entries[i].value = value
		return
	}
	m.spend(1)
	if s, ok := key.(*String); ok {
		key = newString(s.text)
	}
	h.entries = append(h.entries, entry{key, value, id})
	switch {
	case h.index != nil:
		h.index[id] = len(h.entries) - 1
	case len(h.entries) > fewEntries:
		h.reindex()
	}
}

// delete removes a key and returns its value.
func (h *Hash) delete(m *machine, key any) (value any, ok bool) {
	h.own(m)
	i := h.find(m.key(key))
	if i < 0 {
		return nil, false
	}
	m.spend(len(h.entries))
	value = h.entries[i].value
	h.entries = slices.Concat(h.entries[:i], h.entries[i+1:])
	h.reindex()
	return value, true
}

// merge sets all keys of another Hash, which may be nil.
func (h *Hash) merge(m *machine, other *Hash) {
	if other == nil {
		return
	}
	for _, e := range other.all(m) {
		h.set(m, e.key, e.value)
	}
}

// copy returns a Hash with the same keys and values.
func (h *Hash) copy(m *machine) *Hash {
	c := newHash()
	c.merge(m, h)
	return c
}

func (h *Hash) same(m *machine, other *Hash, strict bool) bool {
	if h.size() != other.size() {
		return false
	}
	m.enter()
	defer m.leave()
	for _, e := range h.all(m) {
		m.spend(1)
		value, ok := other.get(m, e.key)
		if !ok || !m.same(e.value, value, strict) {
			return false
		}
	}
	return true
}
