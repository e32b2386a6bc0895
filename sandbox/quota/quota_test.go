package quota

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestDisk(t *testing.T) {
	root := t.TempDir()
	put := func(name string, size int) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("old", 600)
	d := New(root, 1000)
	reserve := func(n int, want error) func() {
		t.Helper()
		done, err := d.Reserve(n)
		if !errors.Is(err, want) {
			t.Fatalf("reserve %d: %v, want %v", n, err, want)
		}
		return done
	}
	reserve(401, syscall.ENOSPC)
	done := reserve(400, nil)
	reserve(1, syscall.ENOSPC) // what is being written counts
	put("new", 400)
	done()
	reserve(1, syscall.ENOSPC)
	if total, free, err := d.Space(); total != 1000 || free != 0 || err != nil {
		t.Errorf("space: %d of %d, %v", free, total, err)
	}
	if err := os.Remove(filepath.Join(root, "old")); err != nil {
		t.Fatal(err)
	}
	reserve(600, nil)()

	sparse, err := os.Create(filepath.Join(root, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer sparse.Close()
	if err := sparse.Truncate(10 << 30); err != nil {
		t.Fatal(err)
	}
	if _, free, err := d.Space(); free != 600 || err != nil {
		t.Errorf("holes count: %d free, %v", free, err)
	}
	var none *Disk
	if _, err := none.Reserve(1 << 40); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	root := t.TempDir()
	d, err := Parse(New(root, 1000).String())
	if err != nil || d.root != root || d.limit != 1000 {
		t.Errorf("%+v, %v", d, err)
	}
	var none *Disk
	if d, err := Parse(none.String()); d != nil || err != nil {
		t.Errorf("without a bound: %+v, %v", d, err)
	}
	for _, text := range []string{"x", "1000", "1000:", "-1:/", ":/"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q passes", text)
		}
	}
}
