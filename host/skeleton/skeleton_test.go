package skeleton

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// checkout is the root of this repository.
func checkout(t testing.TB) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// module runs Go commands in a created plugin, offline: with the modules that
// this test itself was built with.
type module struct {
	*testing.T
	folder string
}

func (m module) run(name string, args ...string) string {
	m.Helper()
	cmd := exec.CommandContext(m.Context(), name, args...)
	cmd.Dir = m.folder
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestCreatedPluginWorks(t *testing.T) {
	// A blank in the path must not break go.mod.
	folder := filepath.Join(t.TempDir(), "my plugins")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	path, err := Create(Plan{Name: "My_Tool", Folder: folder, Version: "1.2.3", Source: checkout(t)})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(folder, "my_tool"); path != want {
		t.Errorf("created %s, want %s", path, want)
	}
	m := module{t, path}
	program := filepath.Join(path, "ascli-plugin-my_tool")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	m.run("go", "build", "-o", program, ".")
	m.run("go", "vet", "./...")
	m.run("go", "test", "./...")
	if unformatted := m.run("gofmt", "-l", "."); unformatted != "" {
		t.Errorf("gofmt would change %s", unformatted)
	}

	var manifest struct {
		Name     string
		Commands []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(m.run(program, "describe")), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Name != "my_tool" || len(manifest.Commands) != 1 || manifest.Commands[0].Name != "hello" {
		t.Errorf("describes itself as %+v", manifest)
	}
}

func TestModuleFile(t *testing.T) {
	root := checkout(t)
	tests := []struct {
		name, version, source string
		want                  []string
		not                   string
	}{
		{"published", "1.2.3", "", []string{"module example.com/ascli-plugin-demo\n", "sdk v1.2.3\n"}, "replace"},
		{"built from a commit", "0.1.0+abcdef", "", []string{"sdk v0.1.0\n"}, "+"},
		{"candidate", "v2.0.0-rc.1", "", []string{"sdk v2.0.0-rc.1\n"}, "vv"},
		{"development", "(devel)", "", []string{"sdk v0.0.0\n"}, "devel"},
		{"from source", "1.2.3", root, []string{
			fmt.Sprintf("sdk => %q\n", filepath.Join(root, "sdk")), fmt.Sprintf("proto => %q\n", filepath.Join(root, "proto"))}, "{{"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, err := Create(Plan{Name: "demo", Folder: t.TempDir(), Version: tt.version, Source: tt.source})
			if err != nil {
				t.Fatal(err)
			}
			text := read(t, filepath.Join(path, "go.mod"))
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("lacks %q:\n%s", want, text)
				}
			}
			if strings.Contains(text, tt.not) {
				t.Errorf("holds %q:\n%s", tt.not, text)
			}
		})
	}
}

// TestGoVersion keeps the skeleton's Go version equal to the SDK's.
func TestGoVersion(t *testing.T) {
	if text := read(t, filepath.Join(checkout(t), "sdk", "go.mod")); !strings.Contains(text, "\ngo "+goVersion+"\n") {
		t.Errorf("sdk/go.mod has another version of Go than %s: change goVersion", goVersion)
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct{ name, plugin, source, want string }{
		{"blank", "my tool", "", "use lower case letters, digits and _"},
		{"empty", "", "", "use lower case letters, digits and _"},
		{"path", "../x", "", "use lower case letters, digits and _"},
		{"digit first", "1x", "", "use lower case letters, digits and _"},
		{"no source", "x", "/no/such/checkout", "holds no source of ascli"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			_, err := Create(Plan{Name: tt.plugin, Folder: folder, Source: tt.source})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("%s is left behind", left[0].Name())
			}
		})
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	folder := t.TempDir()
	path, err := Create(Plan{Name: "demo", Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "main.go"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(Plan{Name: "demo", Folder: folder}); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("the second time gives %v", err)
	}
	if text := read(t, filepath.Join(path, "main.go")); text != "mine" {
		t.Errorf("main.go is now %q", text)
	}
}

func TestNoFolder(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := Create(Plan{Name: "demo", Folder: missing})
	if err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(missing); !os.IsNotExist(err) {
		t.Errorf("the folder: %v", err)
	}
}

func TestFilesOfThePlugin(t *testing.T) {
	path, err := Create(Plan{Name: "demo", Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "Makefile", "go.mod", "main.go", "main_test.go"} {
		if text := read(t, filepath.Join(path, name)); !strings.Contains(text, "demo") || strings.Contains(text, "<no value>") {
			t.Errorf("%s is not made for the plugin:\n%s", name, text)
		}
	}
	entries, err := fs.ReadDir(os.DirFS(path), ".")
	if err != nil || len(entries) != 5 {
		t.Errorf("there are %d files, %v", len(entries), err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func FuzzCreate(f *testing.F) {
	for _, name := range []string{"demo", "A_b", "../x", "", "x/y", "{{.}}", "é", "CON"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		folder := t.TempDir()
		path, err := Create(Plan{Name: name, Folder: folder, Version: name})
		if err == nil && filepath.Dir(path) != folder {
			t.Errorf("%q gets out of the folder: %s", name, path)
		}
	})
}
