//go:build unix

package plugins

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiscoverRefusesWhatOthersMayWrite(t *testing.T) {
	for _, test := range []struct {
		name string
		// change is done to a program in folder, linked to from another folder.
		change  func(folder string) error
		refused bool
	}{
		{"owner alone", func(string) error { return nil }, false},
		{"the program", func(folder string) error { return os.Chmod(filepath.Join(folder, prefix+"a"), 0o757) }, true},
		{"its folder", func(folder string) error { return os.Chmod(folder, 0o757) }, true},
	} {
		for _, kind := range []string{"in the folder", "behind a link"} {
			t.Run(test.name+" "+kind, func(t *testing.T) {
				folder := filepath.Dir(program(t, "a", "").Path)
				if err := os.Chmod(folder, 0o755); err != nil {
					t.Fatal(err)
				}
				searched := folder
				if kind == "behind a link" {
					searched = t.TempDir()
					if err := os.Symlink(filepath.Join(folder, prefix+"a"), filepath.Join(searched, prefix+"a")); err != nil {
						t.Fatal(err)
					}
				}
				if err := test.change(folder); err != nil {
					t.Fatal(err)
				}
				c, err := Discover([]Folder{{Path: searched, Origin: Named}})
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Find("a")
				if refused := err != nil && strings.Contains(err.Error(), "writable by other users"); refused != test.refused {
					t.Errorf("error: %v", err)
				}
			})
		}
	}
}

func TestDiscoverOrder(t *testing.T) {
	folder := func() string { return filepath.Dir(program(t, "a", "").Path) }
	named, named2, user, builtIn := folder(), folder(), folder(), folder()
	for _, test := range []struct {
		name    string
		folders []Folder
		want    string
	}{
		{"the first wins", []Folder{{named, Named}, {named2, Named}}, named},
		{"a named folder replaces a built-in plugin", []Folder{{named, Named}, {builtIn, BuiltIn}}, named},
		{"the user's folder does not", []Folder{{user, User}, {builtIn, BuiltIn}}, builtIn},
		{"the user's folder adds plugins", []Folder{{user, User}}, user},
		{"a folder that is not there", []Folder{{filepath.Join(user, "none"), User}, {builtIn, BuiltIn}}, builtIn},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Discover(test.folders)
			if err != nil {
				t.Fatal(err)
			}
			p, err := c.Find("a")
			if err != nil {
				t.Fatal(err)
			}
			if got := filepath.Dir(p.Path); got != test.want {
				t.Errorf("found in %s, want %s", got, test.want)
			}
		})
	}
}
