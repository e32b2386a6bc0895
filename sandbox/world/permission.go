package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"
)

// Permission gives a user or group of an access key rights on a file and on all
// below it (node.md S6).
type Permission struct {
	ID              string          `json:"id"`
	FileID          string          `json:"file_id"`
	AccessType      string          `json:"access_type"` // AccessUser or AccessGroup
	AccessID        string          `json:"access_id"`
	AccessLevels    []string        `json:"access_levels"`
	Tags            json.RawMessage `json:"tags,omitempty"`
	CreatedByID     string          `json:"created_by_id"`
	CreatedAt       time.Time       `json:"created_at"`
	LastUpdatedByID string          `json:"last_updated_by_id"`
	LastUpdatedAt   time.Time       `json:"last_updated_at"`
}

// Values of Permission.AccessType.
const (
	AccessUser  = "user"
	AccessGroup = "group"
)

// rights returns the levels, whose names were checked when they were given.
func (p Permission) rights() Rights {
	r, _ := ParseRights(p.AccessLevels)
	return r
}

// PermissionChange is what may change of a permission. Nil keeps a value.
type PermissionChange struct {
	Rights *Rights
	Tags   json.RawMessage
}

// Permissions returns the permissions of the access key that the caller may
// see, in the order of their creation: those on a file and, if inherited, on the
// folders above; without a file id all.
func (v *View) Permissions(fileID string, inherited bool) ([]Permission, error) {
	if err := v.refuseSubKey(); err != nil {
		return nil, err
	}
	if fileID != "" {
		if _, err := v.Stat(ID(fileID)); err != nil {
			return nil, err
		}
		if err := v.permitAny(fileID); err != nil {
			return nil, err
		}
	}
	found := []Permission{}
	for _, p := range v.permissions {
		asked := fileID == "" || p.FileID == fileID || inherited && v.isBelow(fileID, p.FileID)
		if !asked || !v.sees(p) {
			continue
		}
		// A file that another program removed takes its permissions along.
		switch _, err := v.Stat(ID(p.FileID)); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			found = append(found, p)
		}
	}
	return found, nil
}

// Permission returns one permission.
func (v *View) Permission(id string) (Permission, error) {
	if err := v.refuseSubKey(); err != nil {
		return Permission{}, err
	}
	p, err := find(v.permissions, id)
	if err != nil {
		return Permission{}, err
	}
	if _, err := v.Stat(ID(p.FileID)); err != nil {
		return Permission{}, fmt.Errorf("%w: its file is gone: %w", ErrPermissionUnknown, err)
	}
	if !v.sees(*p) && v.permitAny(p.FileID) != nil {
		return Permission{}, fmt.Errorf("%w: permission %s is another user's", ErrForbidden, id)
	}
	return *p, nil
}

// PermissionCount returns how many permissions there are on a file itself.
func (v *View) PermissionCount(fileID string) int {
	count := 0
	for _, p := range v.permissions {
		if p.FileID == fileID {
			count++
		}
	}
	return count
}

// Grant makes a permission of FileID, AccessType, AccessID, AccessLevels and
// Tags of p; the rest is chosen here. A user with a bearer token can give the
// rights that he has.
func (v *View) Grant(p Permission) (Permission, error) {
	if err := v.refuseSubKey(); err != nil {
		return Permission{}, err
	}
	if err := p.check(); err != nil {
		return Permission{}, err
	}
	if _, err := v.Stat(ID(p.FileID)); err != nil {
		return Permission{}, err
	}
	if err := v.Permit(p.FileID, p.rights()); err != nil {
		return Permission{}, err
	}
	p.AccessLevels = p.rights().Names()
	p.CreatedByID, p.CreatedAt = v.caller.UserID(), v.world.now().UTC()
	p.LastUpdatedByID, p.LastUpdatedAt = p.CreatedByID, p.CreatedAt
	err := v.changePermissions(func(s *accountState, all []Permission) ([]Permission, error) {
		for _, other := range all {
			if other.FileID == p.FileID && other.AccessType == p.AccessType && other.AccessID == p.AccessID {
				return nil, fmt.Errorf("%w: %s", ErrPermissionExists, other.ID)
			}
		}
		s.LastPermission++
		p.ID = strconv.FormatUint(s.LastPermission, 10)
		return append(all, p), nil
	})
	return p, err
}

// ModifyPermission changes a permission. A user with a bearer token can give
// and take the rights that he has.
func (v *View) ModifyPermission(id string, change PermissionChange) (Permission, error) {
	var changed Permission
	err := v.changeOne(id, func(all []Permission, p *Permission) ([]Permission, error) {
		if change.Rights != nil {
			if err := v.Permit(p.FileID, p.rights()^*change.Rights); err != nil {
				return nil, err
			}
			p.AccessLevels = change.Rights.Names()
		}
		if change.Tags != nil {
			p.Tags = change.Tags
		}
		p.LastUpdatedByID, p.LastUpdatedAt = v.caller.UserID(), v.world.now().UTC()
		changed = *p
		return all, nil
	})
	return changed, err
}

// Revoke removes a permission, and returns it.
func (v *View) Revoke(id string) (Permission, error) {
	var gone Permission
	err := v.changeOne(id, func(all []Permission, p *Permission) ([]Permission, error) {
		if p.CreatedByID != v.caller.UserID() {
			if err := v.Permit(p.FileID, p.rights()); err != nil {
				return nil, err
			}
		}
		gone = *p
		return slices.DeleteFunc(all, func(other Permission) bool { return other.ID == id }), nil
	})
	return gone, err
}

// changeOne changes a permission that the caller made, or on whose file it has
// some right.
func (v *View) changeOne(id string, change func([]Permission, *Permission) ([]Permission, error)) error {
	if err := v.refuseSubKey(); err != nil {
		return err
	}
	return v.changePermissions(func(_ *accountState, all []Permission) ([]Permission, error) {
		p, err := find(all, id)
		if err != nil {
			return nil, err
		}
		if p.CreatedByID != v.caller.UserID() {
			if err := v.permitAny(p.FileID); err != nil {
				return nil, err
			}
		}
		return change(all, p)
	})
}

// changePermissions replaces the permissions of the access key by what change
// makes of a copy, and saves them. Those of files that are gone are dropped.
func (v *View) changePermissions(change func(*accountState, []Permission) ([]Permission, error)) error {
	return v.world.accounts.update(func(s *accountState) error {
		k := s.keyOf(v.caller)
		if k == nil {
			return fmt.Errorf("%w: permissions belong to an access key", ErrForbidden)
		}
		next, err := change(s, slices.DeleteFunc(slices.Clone(k.Permissions), func(p Permission) bool {
			return !v.isBelow(p.FileID, storeID)
		}))
		if err != nil {
			return err
		}
		k.Permissions = next
		return nil
	})
}

func find(all []Permission, id string) (*Permission, error) {
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrPermissionUnknown, id)
}

// isBelow tells whether a file is, or lies below, another one.
func (v *View) isBelow(fileID, top string) bool {
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	return v.world.index.within(fileID, top)
}

// sees tells whether the caller may see a permission: it is about him or made
// by him, or he has rights on the root (OpenAPI, /permissions).
func (v *View) sees(p Permission) bool {
	return v.caller.HasAllRights() || v.caller.holds(p) || p.CreatedByID == v.caller.UserID() || v.permitAny(v.rootID) == nil
}

// permitAny refuses if the caller has no right at all on a file.
func (v *View) permitAny(fileID string) error {
	has, err := v.Rights(fileID)
	if err == nil && has == 0 {
		err = fmt.Errorf("%w: user %s has no access level on file %s", ErrForbidden, v.caller.UserID(), fileID)
	}
	return err
}

// refuseSubKey refuses to those of an access key that an access key made
// (OpenAPI, /permissions).
func (v *View) refuseSubKey() error {
	if v.world.IsSubKey(v.caller) {
		return fmt.Errorf("%w: %s is a sub-access key, which has no permissions", ErrForbidden, v.caller.Name)
	}
	return nil
}

// check refuses values that a permission cannot have.
func (p Permission) check() error {
	for name, value := range map[string]string{"file_id": p.FileID, "access_type": p.AccessType, "access_id": p.AccessID} {
		if value == "" {
			return fmt.Errorf("%w: %s is missing", ErrPermissionInvalid, name)
		}
	}
	if p.AccessType != AccessUser && p.AccessType != AccessGroup {
		return fmt.Errorf("%w: access_type %q is not one of user, group", ErrPermissionInvalid, p.AccessType)
	}
	r, err := ParseRights(p.AccessLevels)
	if err == nil && r == 0 {
		err = fmt.Errorf("%w: access_levels is missing", ErrPermissionInvalid)
	}
	return err
}
