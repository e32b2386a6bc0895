// Package service keeps what administrators ask a node to run beside its
// transfers: services of the run daemon, and watch folders (node.md 12.2 and
// 12.3). None of them runs here: what is real is that they are kept, shown,
// changed and deleted, across restarts.
package service

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/journal"
)

const (
	// maxItems is how many items a node keeps; one more is refused.
	maxItems = 2000
	maxID    = 200
)

// Errors of requests.
var (
	ErrUnknown = errors.New("there is no such item")
	ErrInvalid = errors.New("the request is refused")
	ErrExists  = errors.New("the id is taken")
	ErrFull    = errors.New("this node keeps no more items")
)

// Kind of an item.
type Kind string

// The kinds.
const (
	RunDaemon   Kind = "rund"
	WatchFolder Kind = "watchfolder"
)

// Item is one thing asked for.
type Item struct {
	ID      string    `json:"id"`
	Kind    Kind      `json:"kind"`
	Owner   string    `json:"owner"` // node user or access key
	Created time.Time `json:"created"`
	// Changes counts the modifications.
	Changes int `json:"changes"`
	// Body is what was asked for, an object without secrets.
	Body json.RawMessage `json:"body"`
}

// Store is the list of items in a data folder. It may be used from any
// goroutine.
type Store struct {
	items *journal.Log[Item]
	mu    sync.Mutex // makes a look and the change after it one step
}

// Open opens the list in a data folder.
func Open(folder string) (*Store, error) {
	items, err := journal.Open[Item](filepath.Join(folder, "services.jsonl"), maxItems)
	if err != nil {
		return nil, err
	}
	return &Store{items: items}, nil
}

// Close closes the list.
func (s *Store) Close() error { return s.items.Close() }

func key(kind Kind, id string) string { return string(kind) + "/" + id }

// Create keeps a new item. An id that is not in the body is made up.
func (s *Store) Create(kind Kind, owner string, body json.RawMessage) (Item, error) {
	body, err := checked(kind, body)
	if err != nil {
		return Item{}, err
	}
	var given struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(body, &given); err != nil {
		return Item{}, fmt.Errorf("%w: id is no text", ErrInvalid)
	}
	if len(given.ID) > maxID || strings.ContainsFunc(given.ID, func(r rune) bool { return r == '/' || unicode.IsControl(r) }) {
		return Item{}, fmt.Errorf("%w: id %q is not possible", ErrInvalid, given.ID)
	}
	if given.ID == "" {
		given.ID = uuid.NewString()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.items.Get(key(kind, given.ID)); taken {
		return Item{}, fmt.Errorf("%w: %s", ErrExists, given.ID)
	}
	if s.items.Len() >= maxItems {
		return Item{}, ErrFull
	}
	item := Item{ID: given.ID, Kind: kind, Owner: owner, Created: time.Now().UTC(), Body: body}
	_, err = s.items.Put(key(kind, item.ID), item)
	return item, err
}

// List returns the visible items of a kind, oldest first.
func (s *Store) List(kind Kind, visible func(owner string) bool) []Item {
	found := []Item{}
	for _, e := range s.items.After(0) {
		if e.Record.Kind == kind && visible(e.Record.Owner) {
			found = append(found, e.Record)
		}
	}
	return found
}

// Get returns a visible item.
func (s *Store) Get(kind Kind, id string, visible func(owner string) bool) (Item, error) {
	e, known := s.items.Get(key(kind, id))
	if !known || !visible(e.Record.Owner) {
		return Item{}, fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	return e.Record, nil
}

// Modify replaces the body of an item. Its id stays.
func (s *Store) Modify(kind Kind, id string, visible func(owner string) bool, body json.RawMessage) error {
	body, err := checked(kind, body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	item, err := s.Get(kind, id, visible)
	if err != nil {
		return err
	}
	item.Body = body
	item.Changes++
	_, err = s.items.Put(key(kind, id), item)
	return err
}

// Delete removes an item.
func (s *Store) Delete(kind Kind, id string, visible func(owner string) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.Get(kind, id, visible); err != nil {
		return err
	}
	return s.items.Delete(key(kind, id))
}

// checked tells what is wrong with a body, and takes the secrets out of it.
func checked(kind Kind, body json.RawMessage) (json.RawMessage, error) {
	var err error
	switch kind {
	case RunDaemon:
		err = checkService(body)
	case WatchFolder:
		err = checkWatchFolder(body)
	}
	if err != nil {
		return nil, err
	}
	return WithoutSecrets(body)
}

func checkService(body json.RawMessage) error {
	var s struct {
		Type  string `json:"type"`
		RunAs struct {
			User string `json:"user"`
		} `json:"run_as"`
		Enabled *bool `json:"enabled"`
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return fmt.Errorf("%w: it is not the JSON of a service: %w", ErrInvalid, err)
	}
	if s.Type != "WATCHD" && s.Type != "WATCHFOLDERD" {
		return fmt.Errorf("%w: type is %q, not WATCHD or WATCHFOLDERD", ErrInvalid, s.Type)
	}
	if s.RunAs.User == "" {
		return fmt.Errorf("%w: run_as.user is missing", ErrInvalid)
	}
	return nil
}

// OldFormat is what a node says of a watch folder in the format that came
// before 2017_10_23 (node.md S8).
const OldFormat = "Unable to convert 2016_09_14 configuration"

func checkWatchFolder(body json.RawMessage) error {
	type end struct {
		Path string `json:"path"`
	}
	var w struct {
		Source *end `json:"source"`
		Target *end `json:"target"`
	}
	if err := json.Unmarshal(body, &w); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrInvalid, OldFormat, err)
	}
	if w.Source == nil || w.Target == nil || w.Source.Path == "" || w.Target.Path == "" {
		return fmt.Errorf("%w: %s: source.path or target.path is missing", ErrInvalid, OldFormat)
	}
	return nil
}

// secretNames are parts of the names of fields that are never kept.
var secretNames = []string{"pass", "secret", "token", "private_key"}

// WithoutSecrets returns a JSON object without the fields that hold secrets, at
// any depth.
func WithoutSecrets(body json.RawMessage) (json.RawMessage, error) {
	in := json.NewDecoder(bytes.NewReader(body))
	in.UseNumber() // digits stay as they are
	var object map[string]any
	if err := in.Decode(&object); err != nil || object == nil {
		return nil, fmt.Errorf("%w: it is no JSON object", ErrInvalid)
	}
	removeSecrets(object)
	return json.Marshal(object)
}

func removeSecrets(value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, inside := range v {
			if isSecret(name) {
				delete(v, name)
				continue
			}
			removeSecrets(inside)
		}
	case []any:
		for _, inside := range v {
			removeSecrets(inside)
		}
	}
}

func isSecret(name string) bool {
	name = strings.ToLower(name)
	for _, part := range secretNames {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
