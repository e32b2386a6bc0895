package world_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sandbox/world"
)

func idOf(t *testing.T, v *world.View, p string) string {
	t.Helper()
	e, err := v.Stat(world.Path(p))
	if err != nil {
		t.Fatalf("stat %s: %v", p, err)
	}
	return e.ID
}

func TestFileIDsSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "a", "b", "c.txt"), "c")
	first := openWorld(t, folder)
	v := keyView(t, first)
	want := idOf(t, v, "/a/b/c.txt")
	v.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	again := keyView(t, openWorld(t, folder))
	e, err := again.Stat(world.ID(want))
	if err != nil || e.Path != "/a/b/c.txt" {
		t.Errorf("after a restart id %s is %q, %v", want, e.Path, err)
	}
	if root := idOf(t, again, "/"); root != "1" {
		t.Errorf("id of the root = %s, want 1", root)
	}
}

func TestFileIDsAreNeverGivenTwice(t *testing.T) {
	folder := t.TempDir()
	first := openWorld(t, folder)
	v := keyView(t, first)
	e, err := v.MakeFile(world.Path("/f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Delete(world.ID(e.ID), true); err != nil {
		t.Fatal(err)
	}
	v.Close()
	first.Close()

	// Two restarts: the first one compacts the journal.
	openWorld(t, folder).Close()
	again := keyView(t, openWorld(t, folder))
	reborn, err := again.MakeFile(world.Path("/f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if reborn.ID == e.ID {
		t.Errorf("a new file got the id %s of a deleted one", e.ID)
	}
}

func TestRenameKeepsTheIDsOfAllBelow(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "a", "b", "c.txt"), "c")
	w := openWorld(t, folder)
	v := keyView(t, w)
	a, c := idOf(t, v, "/a"), idOf(t, v, "/a/b/c.txt")
	if _, err := v.MakeFolder(world.Path("/z")); err != nil {
		t.Fatal(err)
	}
	if err := v.Rename(world.ID(a), world.Path("/z/moved")); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{a: "/z/moved", c: "/z/moved/b/c.txt"} {
		if e, err := v.Stat(world.ID(id)); err != nil || e.Path != want {
			t.Errorf("id %s is at %q, %v; want %s", id, e.Path, err, want)
		}
	}
	if got := idOf(t, v, "/z/moved/b/c.txt"); got != c {
		t.Errorf("the path has id %s, want %s", got, c)
	}
}

func TestListForgetsWhatOthersDeleted(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "files", "f")
	write(t, file, "x")
	v := keyView(t, openWorld(t, folder))
	id := idOf(t, v, "/f")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	page, err := v.List(world.Path("/"), world.Selection{})
	if err != nil || len(page.Entries) != 0 {
		t.Fatalf("List = %v, %v; want nothing", page.Entries, err)
	}
	write(t, file, "y")
	if got := idOf(t, v, "/f"); got == id {
		t.Error("a new file took over the id of a deleted one")
	}
}

func TestPagesAddUp(t *testing.T) {
	folder := t.TempDir()
	var want []string
	for i := range 25 {
		name := fmt.Sprintf("f%02d", i)
		write(t, filepath.Join(folder, "files", name), "x")
		want = append(want, name)
	}
	v := keyView(t, openWorld(t, folder))
	var got []string
	s := world.Selection{Limit: 10}
	for {
		page, err := v.List(world.Path("/"), s)
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != 25 {
			t.Fatalf("total = %d, want 25", page.Total)
		}
		for _, e := range page.Entries {
			got = append(got, e.Name)
		}
		if s.After = page.Next; s.After == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages give %v", got)
	}
}

func TestViewOfASubFolder(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "top.txt"), "top")
	write(t, filepath.Join(folder, "files", "sub", "f.txt"), "f")
	w := openWorld(t, folder)
	wide := keyView(t, w)
	key, err := w.CreateAccessKey(keyPrincipal(t, w), world.KeySettings{
		ID: "narrow", Storage: &world.Storage{Type: "local", Path: "/sub"},
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.Authenticate("narrow", key.Secret)
	if err != nil {
		t.Fatal(err)
	}
	narrow := viewOf(t, w, p)

	t.Run("has the same ids", func(t *testing.T) {
		if got, want := idOf(t, narrow, "/f.txt"), idOf(t, wide, "/sub/f.txt"); got != want {
			t.Errorf("id = %s, want %s", got, want)
		}
		if got := idOf(t, narrow, "/"); got != key.RootFileID {
			t.Errorf("id of the root = %s, want %s", got, key.RootFileID)
		}
	})
	t.Run("shows its own paths", func(t *testing.T) {
		e, err := narrow.Stat(world.ID(idOf(t, wide, "/sub/f.txt")))
		if err != nil || e.Path != "/f.txt" {
			t.Errorf("path = %q, %v", e.Path, err)
		}
	})
	t.Run("hides the rest", func(t *testing.T) {
		for _, hidden := range []string{"1", idOf(t, wide, "/top.txt")} {
			if _, err := narrow.Stat(world.ID(hidden)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("id %s: error = %v, want ErrNotExist", hidden, err)
			}
		}
		if _, err := narrow.Stat(world.Path("/../top.txt")); !errors.Is(err, world.ErrOutside) {
			t.Errorf("error = %v, want ErrOutside", err)
		}
	})
	t.Run("follows its folder when that is renamed", func(t *testing.T) {
		if err := wide.Rename(world.Path("/sub"), world.Path("/elsewhere")); err != nil {
			t.Fatal(err)
		}
		if got := idOf(t, viewOf(t, w, p), "/"); got != key.RootFileID {
			t.Errorf("id of the root = %s, want %s", got, key.RootFileID)
		}
	})
}

func TestConcurrentChangesKeepIDsAndFilesTogether(t *testing.T) {
	w := openWorld(t, t.TempDir())
	v := keyView(t, w)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 20 {
				e, err := v.MakeFolder(world.Path(fmt.Sprintf("/w%d-%d", worker, i)))
				if err != nil {
					t.Error(err)
					return
				}
				name := fmt.Sprintf("/r%d-%d", worker, i)
				if err := v.Rename(world.ID(e.ID), world.Path(name)); err != nil {
					t.Error(err)
				}
				if _, err := v.List(world.Path("/"), world.Selection{}); err != nil {
					t.Error(err)
				}
				if got, err := v.Stat(world.ID(e.ID)); err != nil || got.Path != name {
					t.Errorf("id %s is at %q, %v; want %s", e.ID, got.Path, err, name)
				}
			}
		})
	}
	all.Wait()
}
