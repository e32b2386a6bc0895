package world

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/nodetoken"
)

// AccessKey is an access key as the Node API shows it (node.md S4).
type AccessKey struct {
	ID                   string        `json:"id"`
	Secret               string        `json:"secret,omitempty"` // in the answer to a creation only
	RootFileID           string        `json:"root_file_id"`
	Storage              Storage       `json:"storage"`
	License              License       `json:"license"`
	Configuration        Configuration `json:"configuration"`
	TokenVerificationKey string        `json:"token_verification_key,omitempty"`
}

// Storage is where the files of an access key are.
type Storage struct {
	Type string `json:"type"` // always "local"
	// Path is the root folder as the asker sees it: below the asker's own root.
	Path string `json:"path"`
}

// License names the licence that transfers are counted for.
type License struct {
	CustomerID    string `json:"customer_id"`
	EntitlementID string `json:"entitlement_id"`
}

// Configuration holds the settings of an access key. The sandbox keeps them and
// acts on none.
type Configuration struct {
	Transfer map[string]json.RawMessage `json:"transfer"`
	Server   map[string]json.RawMessage `json:"server"`
}

// KeySettings are the values given to create or modify an access key. A nil
// value is chosen by the world on creation, and kept on modification.
type KeySettings struct {
	ID                   string         `json:"id"` // on creation only
	Secret               *string        `json:"secret"`
	Storage              *Storage       `json:"storage"` // mandatory on creation
	License              *License       `json:"license"`
	Configuration        *Configuration `json:"configuration"`
	TokenVerificationKey *string        `json:"token_verification_key"`
}

// AccessKeys returns the keys that p created.
func (w *World) AccessKeys(p Principal) []AccessKey {
	shown := []AccessKey{}
	for _, k := range w.accounts.snapshot().AccessKeys {
		if k.Owner == p.Name {
			shown = append(shown, w.show(p, k.AccessKey))
		}
	}
	return shown
}

// AccessKey returns one key: "self" is the asker's own. A key that p neither is
// nor created is [ErrKeyUnknown].
func (w *World) AccessKey(p Principal, id string) (AccessKey, error) {
	s := w.accounts.snapshot()
	k, err := s.keyFor(p, id)
	if err != nil {
		return AccessKey{}, err
	}
	return w.show(p, k.AccessKey), nil
}

// CreateAccessKey makes a key below the root of p, and its root folder. The
// result holds the secret.
func (w *World) CreateAccessKey(p Principal, set KeySettings) (AccessKey, error) {
	key := AccessKey{ID: set.ID, Secret: rand.Text()}
	if key.ID == "" {
		key.ID = rand.Text()
	}
	if err := checkKeyID(key.ID); err != nil {
		return AccessKey{}, err
	}
	if set.Storage == nil {
		return AccessKey{}, fmt.Errorf("%w: storage is missing", ErrKeyInvalid)
	}
	if err := w.apply(p, set, &key); err != nil {
		return AccessKey{}, err
	}
	err := w.accounts.update(func(s *accountState) error {
		isUser := slices.ContainsFunc(s.NodeUsers, func(u userState) bool { return u.Name == key.ID })
		if isUser || s.key(key.ID) != nil {
			return ErrKeyExists
		}
		s.AccessKeys = append(s.AccessKeys, keyState{AccessKey: key, Owner: p.Name})
		return nil
	})
	if err != nil {
		return AccessKey{}, err
	}
	shown := w.show(p, key)
	shown.Secret = key.Secret
	return shown, nil
}

// ModifyAccessKey changes what set gives.
func (w *World) ModifyAccessKey(p Principal, id string, set KeySettings) error {
	return w.accounts.update(func(s *accountState) error {
		k, err := s.keyFor(p, id)
		if err != nil {
			return err
		}
		return w.apply(p, set, &k.AccessKey)
	})
}

// DeleteAccessKey removes a key with its permissions, and ends the transfer
// tokens that it gave out and the SSH keys that it registered.
// Its files stay. Keys that it created stay too, and become those of its owner.
func (w *World) DeleteAccessKey(p Principal, id string) error {
	var gone string
	err := w.accounts.update(func(s *accountState) error {
		k, err := s.keyFor(p, id)
		if err != nil {
			return err
		}
		owner := k.Owner
		gone = k.ID
		s.AccessKeys = slices.DeleteFunc(s.AccessKeys, func(k keyState) bool { return k.ID == gone })
		for i := range s.AccessKeys {
			if s.AccessKeys[i].Owner == gone {
				s.AccessKeys[i].Owner = owner
			}
		}
		return nil
	})
	if err == nil {
		w.tokens.revoke(gone)
		w.keys.revoke(gone)
	}
	return err
}

// Owns tells whether an account belongs to a node user or access key, by its
// name: it is that one or a user of it, or of a key that it created, or that one
// of those created.
func (w *World) Owns(name, account string) bool {
	owner, _ := grant.SplitAccount(account)
	s := w.accounts.snapshot()
	return name == owner || s.owns(name, owner)
}

// IsSubKey tells whether p is, or has a token of, an access key that an access
// key made.
func (w *World) IsSubKey(p Principal) bool {
	s := w.accounts.snapshot()
	k := s.keyOf(p)
	return k != nil && s.key(k.Owner) != nil
}

// keyFor returns the key id if p may handle it.
func (s *accountState) keyFor(p Principal, id string) (*keyState, error) {
	if id == "self" {
		id = p.Name
	}
	k := s.key(id)
	if k == nil || !s.owns(p.Name, id) {
		return nil, fmt.Errorf("%w: %s", ErrKeyUnknown, id)
	}
	return k, nil
}

// apply puts the given settings into key.
func (w *World) apply(p Principal, set KeySettings, key *AccessKey) error {
	if set.Storage != nil {
		rootID, err := w.rootFolder(p, *set.Storage)
		if err != nil {
			return err
		}
		key.RootFileID = rootID
	}
	if set.Secret != nil {
		if *set.Secret == "" {
			return fmt.Errorf("%w: secret is empty", ErrKeyInvalid)
		}
		key.Secret = *set.Secret
	}
	if set.License != nil {
		key.License = *set.License
	}
	if set.TokenVerificationKey != nil {
		if err := checkVerificationKey(*set.TokenVerificationKey); err != nil {
			return err
		}
		key.TokenVerificationKey = *set.TokenVerificationKey
	}
	if set.Configuration != nil {
		key.Configuration.Transfer = merged(key.Configuration.Transfer, set.Configuration.Transfer)
		key.Configuration.Server = merged(key.Configuration.Server, set.Configuration.Server)
	}
	return nil
}

// rootFolder returns the id of the folder that storage names, making the folder
// if it is missing.
func (w *World) rootFolder(p Principal, storage Storage) (string, error) {
	if storage.Type != "local" {
		return "", fmt.Errorf("%w: storage type is %q, the sandbox has \"local\" only", ErrKeyInvalid, storage.Type)
	}
	v, err := w.view(p)
	if err != nil {
		return "", err
	}
	defer v.Close()
	where, err := localize(storage.Path)
	if err != nil {
		return "", fmt.Errorf("%w: storage path: %w", ErrKeyInvalid, err)
	}
	if err := v.root.MkdirAll(where, 0o777); err != nil {
		return "", fmt.Errorf("%w: storage path: %w", ErrKeyInvalid, plain(err))
	}
	folder, err := v.Stat(Path(storage.Path))
	if err != nil {
		return "", fmt.Errorf("%w: storage path: %w", ErrKeyInvalid, err)
	}
	if folder.Type != Folder {
		return "", fmt.Errorf("%w: storage path: %w", ErrKeyInvalid, ErrNotFolder)
	}
	return folder.ID, nil
}

// show returns key as p may see it.
func (w *World) show(p Principal, key AccessKey) AccessKey {
	key.Secret = ""
	key.Configuration.Transfer = merged(key.Configuration.Transfer, nil)
	key.Configuration.Server = merged(key.Configuration.Server, nil)
	w.mu.Lock()
	defer w.mu.Unlock()
	v := View{world: w, rootID: p.rootID}
	key.Storage = Storage{Type: "local"}
	// The path stays empty when the root folder was deleted or moved out of sight.
	if where, inside := v.pathOf(key.RootFileID); inside {
		key.Storage.Path = absolute(where)
	}
	return key
}

// checkVerificationKey refuses what no bearer token can be verified with; an
// empty text takes the key away.
func checkVerificationKey(text string) error {
	if text == "" {
		return nil
	}
	if _, err := nodetoken.ParsePublicKey(text); err != nil {
		return fmt.Errorf("%w: token_verification_key is not the PEM of an RSA public key: %w", ErrKeyInvalid, err)
	}
	return nil
}

func merged(old, given map[string]json.RawMessage) map[string]json.RawMessage {
	result := make(map[string]json.RawMessage, len(old)+len(given))
	maps.Copy(result, old)
	maps.Copy(result, given)
	return result
}

func checkKeyID(id string) error {
	// A colon ends the user name in basic authentication; a slash would not
	// fit in the path of a request.
	bad := strings.ContainsAny(id, ":/") || strings.ContainsFunc(id, unicode.IsControl)
	if id == "self" || bad {
		return fmt.Errorf("%w: id %q is not possible", ErrKeyInvalid, id)
	}
	return nil
}
