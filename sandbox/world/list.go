package world

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
)

// Selection is a part of a folder, in the order of names.
type Selection struct {
	// Match tells whether a name counts. Nil takes all.
	Match func(name string) bool
	// After leaves out the names up to this one.
	After string
	// Limit is the most names wanted; 0 for all. Only these are looked at on
	// disk: the pages of a large folder are cheap.
	Limit int
}

// Page is a selected part of a folder.
type Page struct {
	Entries []Entry
	Total   int // names in the folder that match
	// Next is the value of After that selects the next page, "" if this page is
	// the last one.
	Next string
}

// List reads a folder, following links to it. Entries are in the order of names.
func (v *View) List(r Ref, s Selection) (Page, error) {
	v.world.mu.Lock()
	where, selected, page, err := v.list(r, s)
	v.world.mu.Unlock()
	if err != nil {
		return Page{}, err
	}
	// What the lock protects is known by now. Looking at each entry takes long.
	folder, err := v.root.OpenRoot(where)
	if err != nil {
		return Page{}, plain(err)
	}
	defer folder.Close()
	page.Entries = make([]Entry, 0, len(selected))
	for _, named := range selected {
		info, err := folder.Lstat(named.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return Page{}, plain(err)
		}
		if e, shown := v.describe(path.Join(where, named.name), info); shown {
			e.ID = named.id
			page.Entries = append(page.Entries, e)
		}
	}
	return page, nil
}

// namedID is a name in a folder, with its file id.
type namedID struct{ name, id string }

// list finds names and ids, and forgets the ids of what is gone from disk.
func (v *View) list(r Ref, s Selection) (where string, selected []namedID, page Page, err error) {
	if where, err = v.resolve(r); err != nil {
		return "", nil, Page{}, err
	}
	found, err := v.names(where)
	if err != nil {
		return "", nil, Page{}, err
	}
	folder := v.idOf(where)
	if s.After == "" { // once a listing, not once a page
		v.prune(folder, found)
	}
	for _, name := range found {
		if s.Match != nil && !s.Match(name) {
			continue
		}
		page.Total++
		switch {
		case name <= s.After:
		case s.Limit > 0 && len(selected) == s.Limit:
			page.Next = selected[s.Limit-1].name
		default:
			selected = append(selected, namedID{name, v.world.index.identify(folder, name)})
		}
	}
	return where, selected, page, v.world.index.flush()
}

// prune forgets the ids in a folder of all but the names found, which are sorted.
func (v *View) prune(folder string, found []string) {
	for name, id := range v.world.index.children[folder] {
		if _, exists := slices.BinarySearch(found, name); !exists {
			v.world.index.forget(id)
		}
	}
}

// Walk calls visit for each entry below a folder, depth first in the order of
// names, with its depth: 1 for the entries of the folder itself. Links are
// visited and not followed. Folders that cannot be read are passed over. An
// error of visit ends the walk and is returned. Entries have no ID.
func (v *View) Walk(ctx context.Context, r Ref, visit func(e Entry, depth int) error) error {
	v.world.mu.Lock()
	top, err := v.resolve(r)
	v.world.mu.Unlock()
	if err != nil {
		return err
	}
	return v.walk(ctx, top, 1, visit)
}

func (v *View) walk(ctx context.Context, where string, depth int, visit func(Entry, int) error) error {
	found, err := v.names(where)
	if err != nil {
		if depth > 1 {
			return nil
		}
		return err
	}
	for _, name := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		full := path.Join(where, name)
		info, err := v.root.Lstat(full)
		if err != nil {
			continue
		}
		e, shown := v.describe(full, info)
		if !shown {
			continue
		}
		if err := visit(e, depth); err != nil {
			return err
		}
		if e.Type == Folder {
			if err := v.walk(ctx, full, depth+1, visit); err != nil {
				return err
			}
		}
	}
	return nil
}
