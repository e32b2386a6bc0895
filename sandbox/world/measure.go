package world

import (
	"context"
	"io/fs"
)

// Measure is what a path holds, at all depths.
type Measure struct {
	Size    int64 // bytes of the files
	Files   int
	Folders int
	Special int // what is neither file nor folder: links, devices...
	Failed  int // what could not be looked at
}

// Measure counts what is at a path and below. Links are not followed.
func (v *View) Measure(ctx context.Context, r Ref) (Measure, error) {
	v.world.mu.Lock()
	top, err := v.resolve(r)
	v.world.mu.Unlock()
	if err != nil {
		return Measure{}, err
	}
	if _, err := v.root.Lstat(top); err != nil {
		return Measure{}, plain(err)
	}
	var m Measure
	err = fs.WalkDir(v.root.FS(), top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			m.Failed++
		case d.IsDir():
			if name != top {
				m.Folders++
			}
		case !d.Type().IsRegular():
			m.Special++
		default:
			m.add(d)
		}
		return nil
	})
	return m, err
}

// add counts a file.
func (m *Measure) add(d fs.DirEntry) {
	info, err := d.Info()
	if err != nil {
		m.Failed++
		return
	}
	m.Files++
	m.Size += info.Size()
}
