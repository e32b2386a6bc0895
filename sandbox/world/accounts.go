package world

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// What a new world holds.
const (
	defaultNodeUser  = "node_user"
	defaultAccessKey = "ak1"
)

// accounts are the node users and access keys, with a copy on disk.
type accounts struct {
	file string

	mu    sync.RWMutex
	state accountState // what file holds
}

// accountState is the content of world.json. Its values are replaced, never
// changed in place: a copy of the struct is a snapshot.
type accountState struct {
	NodeID     string      `json:"node_id"`
	ClusterID  string      `json:"cluster_id"`
	NodeUsers  []userState `json:"node_users"`
	AccessKeys []keyState  `json:"access_keys"`
	// LastPermission is the highest permission id given: none is given twice.
	LastPermission uint64 `json:"last_permission,omitempty"`
}

type userState struct {
	Name     string `json:"name"`
	Password string `json:"password"`
	RootID   string `json:"root_file_id"` // the docroot
}

type keyState struct {
	AccessKey
	// Owner is the name of the node user or access key that created it.
	Owner string `json:"owner"`
	// Permissions are part of their key, and so end with it.
	Permissions []Permission `json:"permissions,omitempty"`
}

func openAccounts(file string) (*accounts, error) {
	a := &accounts{file: file}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return a, a.update(func(s *accountState) error {
			*s = newState()
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &a.state); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return a, nil
}

func newState() accountState {
	return accountState{
		NodeID:    newUUID(),
		ClusterID: newUUID(),
		NodeUsers: []userState{{Name: defaultNodeUser, Password: rand.Text(), RootID: storeID}},
		AccessKeys: []keyState{{
			AccessKey: AccessKey{ID: defaultAccessKey, Secret: rand.Text(), RootFileID: storeID},
			Owner:     defaultNodeUser,
		}},
	}
}

// update changes the state and saves it; if either fails nothing changes.
func (a *accounts) update(change func(*accountState) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := a.state
	next.AccessKeys = slices.Clone(a.state.AccessKeys)
	if err := change(&next); err != nil {
		return err
	}
	data, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(a.file, data); err != nil {
		return err
	}
	a.state = next
	return nil
}

func (a *accounts) snapshot() accountState {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.state
}

func (a *accounts) nodeID() string    { return a.snapshot().NodeID }
func (a *accounts) clusterID() string { return a.snapshot().ClusterID }

// find returns a principal and its secret.
func (a *accounts) find(name string) (p Principal, secret string, known bool) {
	s := a.snapshot()
	for _, u := range s.NodeUsers {
		if u.Name == name {
			return Principal{Name: name, kind: nodeUser, rootID: u.RootID}, u.Password, true
		}
	}
	if k := s.key(name); k != nil {
		return Principal{Name: name, kind: accessKey, rootID: k.RootFileID}, k.Secret, true
	}
	return Principal{}, "", false
}

// keyOf returns the access key of p, nil if p is a node user.
func (s *accountState) keyOf(p Principal) *keyState {
	if p.kind != accessKey {
		return nil
	}
	return s.key(p.Name)
}

// key returns the access key with an id, nil if there is none.
func (s *accountState) key(id string) *keyState {
	for i := range s.AccessKeys {
		if s.AccessKeys[i].ID == id {
			return &s.AccessKeys[i]
		}
	}
	return nil
}

// owns tells whether name is the access key id, or created it, or created the
// key that created it, and so on.
func (s *accountState) owns(name, id string) bool {
	for k := s.key(id); k != nil; k = s.key(k.Owner) {
		if name == k.ID || name == k.Owner {
			return true
		}
	}
	return false
}
