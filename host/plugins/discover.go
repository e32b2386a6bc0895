// Package plugins finds plugin programs, knows their manifests, starts them and
// speaks with them (design: one process a product, hashicorp/go-plugin, gRPC).
package plugins

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Origin says where a plugin comes from.
type Origin string

// The origins, first searched first.
const (
	// Named is a folder of option plugin_folder: it may replace a built-in plugin.
	Named Origin = "plugin_folder"
	// User is the folder plugins of the main folder: it may not.
	User Origin = "user"
	// BuiltIn is the installation's own folder.
	BuiltIn Origin = "built-in"
)

// Program is a plugin found on disk.
type Program struct {
	Name   string
	Path   string
	Origin Origin
}

// Folder is a place to look for plugins.
type Folder struct {
	Path   string
	Origin Origin
}

// Catalog is what a search found.
type Catalog struct {
	// Programs are the usable plugins by name, one a name.
	Programs map[string]Program
	// Refused tells why files were left out, by path.
	Refused map[string]error
}

// prefix begins the file name of every plugin.
const prefix = "ascli-plugin-"

// InstallationFolders returns where the plugins of this installation are: beside
// the executable, and ../libexec/ascli.
func InstallationFolders(executable string) []Folder {
	bin := filepath.Dir(executable)
	return []Folder{
		{Path: bin, Origin: BuiltIn},
		{Path: filepath.Join(filepath.Dir(bin), "libexec", "ascli"), Origin: BuiltIn},
	}
}

// Discover searches folders in their order. The first program of a name wins,
// except that one of the user's folder does not replace a built-in one. A
// folder that does not exist is no error.
func Discover(folders []Folder) (*Catalog, error) {
	c := &Catalog{Programs: map[string]Program{}, Refused: map[string]error{}}
	for _, f := range folders {
		entries, err := os.ReadDir(f.Path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, failure.Toolf("cannot read the plugin folder: %w", err)
		}
		for _, e := range entries {
			if name := NameOf(e.Name()); name != "" {
				c.add(Program{Name: name, Path: filepath.Join(f.Path, e.Name()), Origin: f.Origin})
			}
		}
	}
	return c, nil
}

func (c *Catalog) add(p Program) {
	if err := checkWritable(p.Path); err != nil {
		c.Refused[p.Path] = err
		return
	}
	known, taken := c.Programs[p.Name]
	switch {
	case !taken:
		c.Programs[p.Name] = p
	case known.Origin == User && p.Origin == BuiltIn:
		c.Refused[known.Path] = errors.New("it would replace a built-in plugin: name its folder with --plugin-folder if you mean it")
		c.Programs[p.Name] = p
	}
}

// Find returns the program of a name, or an error that tells what to do.
func (c *Catalog) Find(name string) (Program, error) {
	if p, ok := c.Programs[name]; ok {
		return p, nil
	}
	for path, why := range c.Refused {
		if NameOf(path) == name {
			return Program{}, failure.Toolf("plugin %s is not used: %s: %w", name, path, why)
		}
	}
	return Program{}, failure.Toolf("plugin %s is not installed: %s%s was found in no plugin folder", name, prefix, name).
		Hint("`ascli config plugins list` shows what is installed and where")
}

// Sorted returns the programs by name.
func (c *Catalog) Sorted() []Program {
	list := make([]Program, 0, len(c.Programs))
	for _, p := range c.Programs {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Program) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// NameOf returns the plugin's name in the path of a file, or "" when it is not a
// plugin's.
func NameOf(path string) string {
	name, ok := strings.CutPrefix(trimExecutableSuffix(filepath.Base(path)), prefix)
	if !ok || name == "" || strings.ContainsAny(name, ".- ") {
		return ""
	}
	return name
}

// checkWritable refuses a program that other users may change or replace, here
// or where a link leads: they could run code as this user.
func checkWritable(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for _, p := range []string{target, filepath.Dir(path), filepath.Dir(target)} {
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if writableByOthers(info) {
			return errors.New(p + " is writable by other users: take that right away (chmod o-w)")
		}
	}
	return nil
}
