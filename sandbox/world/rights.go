package world

import (
	"fmt"
	"io/fs"
	"strings"
)

// Rights is a set of access levels on a file and all below it (node.md S1).
type Rights uint8

// The access levels.
const (
	MayDelete Rights = 1 << iota
	MayList
	MayMkdir
	MayPreview
	MayRead
	MayRename
	MayWrite

	AllRights = MayDelete | MayList | MayMkdir | MayPreview | MayRead | MayRename | MayWrite
	// viewRights and changeRights make up what older clients are told: "view"
	// and "edit".
	viewRights   = MayList | MayPreview | MayRead
	changeRights = AllRights &^ viewRights
)

// levelNames are the names of the levels, in the order of their bits.
var levelNames = [...]string{"delete", "list", "mkdir", "preview", "read", "rename", "write"}

// Names returns the levels of r in the order of their names.
func (r Rights) Names() []string {
	names := []string{}
	for bit, name := range levelNames {
		if r&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// Coarse returns the one word that stands for r in access_level: "edit", or
// "view" if r changes nothing.
func (r Rights) Coarse() string {
	if r&changeRights != 0 {
		return "edit"
	}
	return "view"
}

// Has tells whether r holds all of needed.
func (r Rights) Has(needed Rights) bool { return r&needed == needed }

// ParseRights reads names of levels. An unknown one is [ErrPermissionInvalid].
func ParseRights(names []string) (Rights, error) {
	var r Rights
next:
	for _, name := range names {
		for bit, known := range levelNames {
			if name == known {
				r |= 1 << bit
				continue next
			}
		}
		return 0, fmt.Errorf("%w: access level %q is not one of %s", ErrPermissionInvalid, name, strings.Join(levelNames[:], ", "))
	}
	return r, nil
}

// ParseCoarse reads a word of access_level.
func ParseCoarse(word string) (Rights, error) {
	switch word {
	case "edit":
		return AllRights, nil
	case "view":
		return viewRights, nil
	}
	return 0, fmt.Errorf("%w: access_level %q is not one of edit, view", ErrPermissionInvalid, word)
}

// Rights returns what the caller may do with a file: all, or for a user with a
// bearer token what the permissions on the file and on the folders above give.
func (v *View) Rights(fileID string) (Rights, error) {
	if v.caller.HasAllRights() {
		return AllRights, nil
	}
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	return v.rights(fileID)
}

func (v *View) rights(fileID string) (Rights, error) {
	if v.caller.HasAllRights() {
		return AllRights, nil
	}
	where, known := v.pathOf(fileID)
	if !known {
		return 0, fs.ErrNotExist
	}
	if err := v.refuseDetour(where); err != nil {
		return 0, err
	}
	var r Rights
	for _, p := range v.permissions {
		if v.caller.holds(p) && v.world.index.within(fileID, p.FileID) {
			r |= p.rights()
		}
	}
	return r, nil
}

// refuseDetour refuses a path that passes through a symbolic link: what is
// behind it may lie in a folder where the caller has no rights.
func (v *View) refuseDetour(where string) error {
	for i, c := range where {
		if c != '/' {
			continue
		}
		info, err := v.root.Lstat(where[:i])
		if err != nil {
			return plain(err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%w: the file is behind a symbolic link", ErrForbidden)
		}
	}
	return nil
}

// Permit refuses with [ErrForbidden] if the caller has not the needed rights on
// a file.
func (v *View) Permit(fileID string, needed Rights) error {
	has, err := v.Rights(fileID)
	if err != nil {
		return err
	}
	if !has.Has(needed) {
		return fmt.Errorf("%w: user %s has no access level %s on file %s",
			ErrForbidden, v.caller.UserID(), strings.Join((needed&^has).Names(), ", "), fileID)
	}
	return nil
}
