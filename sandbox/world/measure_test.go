package world_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/sandbox/world"
)

func TestMeasure(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "a", "b", "f"), "12345")
	write(t, filepath.Join(folder, "files", "a", "g"), "123")
	v := keyView(t, openWorld(t, folder))
	if _, err := v.MakeLink(world.Path("/a/l"), "/a"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]world.Measure{
		"/":    {Size: 8, Files: 2, Folders: 2, Special: 1},
		"/a/b": {Size: 5, Files: 1},
		"/a/g": {Size: 3, Files: 1},
	} {
		if got, err := v.Measure(t.Context(), world.Path(path)); got != want || err != nil {
			t.Errorf("%s: %+v, %v; want %+v", path, got, err, want)
		}
	}
	for path, want := range map[string]error{"/x": fs.ErrNotExist, "/../x": world.ErrOutside} {
		if got, err := v.Measure(t.Context(), world.Path(path)); !errors.Is(err, want) {
			t.Errorf("%s: %+v, %v; want %v", path, got, err, want)
		}
	}
}
