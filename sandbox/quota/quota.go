// Package quota makes a disk full on demand: it bounds what the files below a
// folder may hold.
package quota

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/sparse"
)

// Disk is a bounded folder. A nil *Disk has no bound. Its methods may be called
// from any goroutine.
type Disk struct {
	root  string
	limit int64

	mu sync.Mutex
	// used is never less than what the files hold: what is removed or written
	// again is found when the disk seems to be full.
	used    int64
	pending int64 // reserved, and being written
}

// New bounds the files below a folder to limit bytes.
func New(root string, limit int64) *Disk { return &Disk{root: root, limit: limit, used: limit} }

// String gives the disk to another process, for Parse. It is "" without a bound.
func (d *Disk) String() string {
	if d == nil {
		return ""
	}
	return strconv.FormatInt(d.limit, 10) + ":" + d.root
}

// Parse reads what String gives.
func Parse(text string) (*Disk, error) {
	if text == "" {
		return nil, nil
	}
	number, root, _ := strings.Cut(text, ":")
	limit, err := strconv.ParseInt(number, 10, 64)
	if err != nil || limit <= 0 || root == "" {
		return nil, fmt.Errorf("%q is no disk: expect BYTES:FOLDER", text)
	}
	return New(root, limit), nil
}

// Reserve takes n bytes for a write, which calls done afterwards. The error is
// that of a full disk, [syscall.ENOSPC].
func (d *Disk) Reserve(n int) (done func(), err error) {
	if d == nil {
		return func() {}, nil
	}
	size := int64(n)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used+size > d.limit {
		if err := d.measure(); err != nil {
			return nil, err
		}
	}
	if d.used+size > d.limit {
		return nil, syscall.ENOSPC
	}
	d.used += size
	d.pending += size
	return func() { d.written(size) }, nil
}

func (d *Disk) written(size int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending -= size
}

// Space tells the size of the disk and what is free.
func (d *Disk) Space() (total, free int64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.measure(); err != nil {
		return 0, 0, err
	}
	return d.limit, max(0, d.limit-d.used), nil
}

// measure looks at all files; d.mu is held.
func (d *Disk) measure() error {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return err
	}
	defer root.Close()
	held := int64(0)
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // what is gone or cannot be looked at takes no room
		}
		held += holds(root, name, entry)
		return nil
	})
	d.used = held + d.pending
	return err
}

// holds gives the bytes of a file, without its holes.
func holds(root *os.Root, name string, entry fs.DirEntry) int64 {
	info, err := entry.Info()
	if err != nil {
		return 0
	}
	if info.Size() < sparse.MinSize {
		return info.Size()
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return info.Size()
	}
	defer file.Close()
	ranges, err := sparse.Ranges(file, info.Size())
	if err != nil {
		return info.Size()
	}
	held := int64(0)
	for _, r := range ranges {
		held += r.Length
	}
	return held
}
