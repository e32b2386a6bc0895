package testscripts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ascli-go/ascli/testscripts/world"
)

// strangers are plugins that are no part of ascli, in folders as users have them.
type strangers struct {
	// plugins holds the examples of docs/plugins.md: hello in Go, hellojs in JavaScript.
	plugins string
	// odd holds a plugin that misbehaves.
	odd string
	// proto holds the .proto files, which hellojs reads.
	proto string
}

const (
	examplesFolder = "../docs/examples"
	protoFolder    = "../proto"
)

// buildStrangers builds the plugins below folder, as a third party would: each in
// its own module, outside the workspace.
func buildStrangers(folder string) (*strangers, error) {
	s := &strangers{plugins: filepath.Join(folder, "plugins"), odd: filepath.Join(folder, "odd")}
	for _, f := range []string{s.plugins, s.odd} {
		if err := os.MkdirAll(f, 0o755); err != nil {
			return nil, err
		}
	}
	var err error
	if s.proto, err = filepath.Abs(protoFolder); err != nil {
		return nil, err
	}
	return s, errors.Join(
		buildGo(filepath.Join(examplesFolder, "hello-go"), world.Program(s.plugins, "ascli-plugin-hello")),
		buildGo("testdata/odd-plugin", world.Program(s.odd, "ascli-plugin-odd")),
		installJS(filepath.Join(folder, "hello-node"), s.plugins),
	)
}

func buildGo(module, program string) error {
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	return run(cmd)
}

// installJS installs a copy of the example in JavaScript with its packages, and a
// link to it in the plugin folder.
func installJS(folder, plugins string) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	source := filepath.Join(examplesFolder, "hello-node")
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc", "go-plugin.proto", "health.proto"} {
		if err := copyFile(filepath.Join(folder, name), filepath.Join(source, name), 0o644); err != nil {
			return err
		}
	}
	const plugin = "ascli-plugin-hellojs"
	if err := copyFile(filepath.Join(folder, plugin), filepath.Join(source, plugin), 0o755); err != nil {
		return err
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	cmd.Dir = folder
	if err := run(cmd); err != nil {
		return err
	}
	return os.Symlink(filepath.Join(folder, plugin), filepath.Join(plugins, plugin))
}

func copyFile(to, from string, mode os.FileMode) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, mode)
}

// run runs a program; its output is told when it fails.
func run(cmd *exec.Cmd) error {
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s in %s: %w\n%s", strings.Join(cmd.Args, " "), cmd.Dir, err, output)
	}
	return nil
}

// environ tells scripts and programs where the plugins are.
func (s *strangers) environ() []string {
	return []string{"PLUGINS=" + s.plugins, "ODD=" + s.odd, "ASCLI_PROTO=" + s.proto}
}

// exits STATUS PROGRAM [ARGUMENT...] runs a program that ends with that status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var status *exec.ExitError
		if !errors.As(err, &status) {
			ts.Fatalf("%v", err)
		}
		got = status.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, not %d", got, want)
	}
}

// maxGuideLines is what docs/plugins.md promises of the example's length.
const maxGuideLines = 40

func TestGuideShowsTheExample(t *testing.T) {
	guide, err := os.ReadFile("../docs/plugins.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(filepath.Join(examplesFolder, "hello-go", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if _, after, found := bytes.Cut(guide, []byte("```go\n")); !found {
		t.Error("docs/plugins.md has no block of Go")
	} else if block, _, _ := bytes.Cut(after, []byte("```")); !bytes.Equal(block, example) {
		t.Error("the block of Go in docs/plugins.md differs from docs/examples/hello-go/main.go: copy it")
	}
	if n := codeLines(string(example)); n >= maxGuideLines {
		t.Errorf("docs/examples/hello-go/main.go has %d lines of code, promised are under %d", n, maxGuideLines)
	}
}

// codeLines counts lines that are neither blank nor a comment.
func codeLines(source string) int {
	n := 0
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}
