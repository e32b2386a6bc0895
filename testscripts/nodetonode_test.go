package testscripts

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ascli-go/ascli/testscripts/world"
)

// TestNodeToNode moves a file from one server to another and back: the client
// only tells them to (agent node).
func TestNodeToNode(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	other, err := world.Start(ctx, shared.bin, filepath.Join(t.TempDir(), "other"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := other.Stop(); err != nil {
			t.Errorf("the other sandbox ended with %v", err)
		}
	})
	folder, err := os.MkdirTemp(shared.sandbox.Files, "node-to-node-")
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 3<<20)
	_, _ = rand.Read(content)
	if err := os.WriteFile(filepath.Join(folder, "big.bin"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	place := "/" + filepath.Base(folder)

	home := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		authorities := fmt.Sprintf("--cert-stores=@json:[%q,%q]", preset(t, shared.sandbox, "sandbox_common", "cert_stores"), preset(t, other, "sandbox_common", "cert_stores"))
		info := fmt.Sprintf(`--transfer-info=@json:{"url":%q,"username":%q,"password":%q}`,
			preset(t, shared.sandbox, "sandbox_node", "url"), preset(t, shared.sandbox, "sandbox_node", "username"), preset(t, shared.sandbox, "sandbox_node", "password"))
		said, err := world.Ascli(ctx, shared.bin, home, other.Config, append(args, "--transfer=node", authorities, info)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, said)
		}
	}
	expect := func(path string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, content) {
			t.Errorf("%s has other bytes", path)
		}
	}
	run("node", "upload", place+"/big.bin", "--to-folder=/in")
	expect(filepath.Join(other.Files, "in", "big.bin"))
	run("node", "download", "/in/big.bin", "--to-folder="+place+"/back")
	expect(filepath.Join(folder, "back", "big.bin"))
}

func preset(t *testing.T, sandbox *world.Sandbox, name, key string) string {
	t.Helper()
	value, err := sandbox.Preset(name, key)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
