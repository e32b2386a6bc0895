package world

import "strings"

// ChangeKind is what became of a file.
type ChangeKind int

// The changes that an operation on a [View] makes.
const (
	Created ChangeKind = iota
	Deleted
	Moved
)

// Change is one change of the store made through a [View].
type Change struct {
	Kind ChangeKind
	// By is the account of the view, as which Entry is seen.
	By    string
	Entry Entry  // as it is now; of what was deleted, as it was
	From  string // path before, of what was moved
}

// Watch makes observe be called after each change. It must be called before the
// world is used. observe is called with the world locked: it must not use it.
func (w *World) Watch(observe func(Change)) { w.observe = observe }

// tell tells the observer of a change.
func (v *View) tell(kind ChangeKind, e Entry, from string) {
	if v.world.observe != nil {
		v.world.observe(Change{Kind: kind, By: v.caller.Account(), Entry: e, From: from})
	}
}

// RootOnDisk returns the absolute path of the folder that is the root of the
// view. Who opens it must not leave it.
func (v *View) RootOnDisk() (string, error) { return v.folderOnDisk(".") }

// FolderOnDisk returns the absolute path of a folder on which the caller has the
// needed rights. Who opens it must not leave it.
func (v *View) FolderOnDisk(r Ref, needed Rights) (string, error) {
	e, err := v.Stat(r)
	if err == nil && e.Type != Folder {
		err = ErrNotFolder
	}
	if err == nil {
		err = v.Permit(e.ID, needed)
	}
	if err != nil {
		return "", err
	}
	return v.folderOnDisk(strings.TrimPrefix(e.Path, "/"))
}

// Oversees tells whether p may see what an account has done: what belongs to it
// (see [World.Owns]), or, as a user without all rights, what is his own.
func (w *World) Oversees(p Principal, account string) bool {
	if !p.HasAllRights() {
		return account == p.Account()
	}
	return w.Owns(p.Name, account)
}
