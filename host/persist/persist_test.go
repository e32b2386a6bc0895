package persist_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/persist"
)

func TestStore(t *testing.T) {
	home := t.TempDir()
	s := persist.New(home)
	id := []string{"node_transfers", "http://127.0.0.1:18421", "AK1"}
	if got, err := s.Read(id...); got != nil || err != nil {
		t.Fatal(got, err)
	}
	if err := s.Write(t.Context(), []byte(`["4"]`), id...); err != nil {
		t.Fatal(err)
	}
	// The name is the original's: existing files are found.
	path := filepath.Join(home, "persist_store", "node_transfers_http___127_0_0_1_18421_ak1.txt")
	if text, err := os.ReadFile(path); err != nil || string(text) != `["4"]` {
		t.Fatal(string(text), err)
	}
	if got, err := s.Read(id...); string(got) != `["4"]` || err != nil {
		t.Fatal(string(got), err)
	}
	if err := s.Write(t.Context(), nil, id...); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("empty content did not delete:", err)
	}
}

func TestIdentifierNeverLeavesTheFolder(t *testing.T) {
	home := t.TempDir()
	if err := persist.New(home).Write(t.Context(), []byte("{}"), "..", "/etc/passwd", "https://host.example.com:9092/path"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(home, "persist_store"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "host_example_com.txt") {
			return
		}
	}
	t.Errorf("files: %v", entries)
}
