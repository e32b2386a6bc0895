// Package skeleton writes the source of a new plugin: a Go module that builds,
// has a test that passes, and does something when it is called.
package skeleton

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

//go:embed template
var templates embed.FS

// suffix ends the names of the templates, so that no tool takes them for source.
const suffix = ".tmpl"

// goVersion is that of the SDK's go.mod: a module that uses it may not ask for less.
const goVersion = "1.26.0"

// Plan is the plugin to create.
type Plan struct {
	// Name is the first word of its commands. Capitals are lowered.
	Name string
	// Folder is where the plugin's own folder goes. It must exist.
	Folder string
	// Version is that of ascli, which is that of the SDK to build with.
	Version string
	// Source is a checkout of ascli whose SDK is used instead; "" for the
	// published one.
	Source string
}

// Create writes the plugin into a new folder and returns its path. A folder of
// that name stays untouched: it is an error. On an error nothing is left behind.
func Create(plan Plan) (path string, err error) {
	data, err := plan.data()
	if err != nil {
		return "", err
	}
	path = filepath.Join(plan.Folder, data.Name)
	switch err := os.Mkdir(path, 0o755); {
	case errors.Is(err, fs.ErrExist):
		return "", failure.Argumentf("%s exists already: choose another name or folder for the plugin", path)
	case errors.Is(err, fs.ErrNotExist):
		return "", failure.Otherf("Errno::ENOENT", "No such file or directory - %s: create this folder first", plan.Folder)
	case err != nil:
		return "", fmt.Errorf("cannot create the folder of the plugin: %w", err)
	}
	if err := data.write(path); err != nil {
		return "", errors.Join(fmt.Errorf("cannot write the plugin: %w", err), os.RemoveAll(path))
	}
	return path, nil
}

// data is what the templates show.
type data struct {
	Name      string
	GoVersion string
	// SDK and Proto are quoted paths of modules, "" for the published ones.
	SDK, Proto string
	SDKVersion string
}

func (p Plan) data() (data, error) {
	d := data{Name: strings.ToLower(p.Name), GoVersion: goVersion, SDKVersion: moduleVersion(p.Version)}
	// The SDK itself refuses wrong names.
	if _, err := (&sdk.Plugin{Name: d.Name}).Manifest(); err != nil {
		return d, failure.Argumentf("%w", err)
	}
	if p.Source == "" {
		return d, nil
	}
	source, err := filepath.Abs(p.Source)
	if err != nil {
		return d, err
	}
	if _, err := os.Stat(filepath.Join(source, "sdk", "go.mod")); err != nil {
		return d, failure.Argumentf("%s holds no source of ascli: %w", source, err)
	}
	d.SDK, d.Proto = fmt.Sprintf("%q", filepath.Join(source, "sdk")), fmt.Sprintf("%q", filepath.Join(source, "proto"))
	return d, nil
}

// moduleVersion is a version of ascli as go.mod writes it; one that is no
// release, such as that of a development build, is v0.0.0.
func moduleVersion(version string) string {
	release, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), "+")
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`).MatchString(release) {
		return "v0.0.0"
	}
	return "v" + release
}

func (d data) write(folder string) error {
	parsed, err := template.ParseFS(templates, "template/*"+suffix)
	if err != nil {
		return err
	}
	for _, t := range parsed.Templates() {
		if err := d.writeFile(t, filepath.Join(folder, strings.TrimSuffix(t.Name(), suffix))); err != nil {
			return err
		}
	}
	return nil
}

func (d data) writeFile(t *template.Template, path string) error {
	var text strings.Builder
	if err := t.Execute(&text, d); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}
