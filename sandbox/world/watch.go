package world

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
	// By is the node user or access key of the view, as which Entry is seen.
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
		v.world.observe(Change{Kind: kind, By: v.issuer, Entry: e, From: from})
	}
}

// RootOnDisk returns the absolute path of the folder that is the root of the
// view. Who opens it must not leave it.
func (v *View) RootOnDisk() (string, error) { return v.folderOnDisk(".") }

// Oversees tells whether p may see what belongs to owner, a node user or access
// key: p itself, or a key that p made, or that one of those made.
func (w *World) Oversees(p Principal, owner string) bool {
	if p.Name == owner {
		return true
	}
	s := w.accounts.snapshot()
	return s.owns(p.Name, owner)
}
