package syncjob_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/async"
	"github.com/ascli-go/ascli/sandbox/syncjob"
)

// asAsync makes the test program be async.
const asAsync = "SYNCJOB_TEST_ASYNC"

func TestMain(m *testing.M) {
	if os.Getenv(asAsync) != "" {
		os.Exit(async.Main(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// TestAJobThatFailsSaysWhy: what runs is async, with the login that was given when
// the job was made.
func TestAJobThatFailsSaysWhy(t *testing.T) {
	t.Setenv(asAsync, "1")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, folderOnDisk := t.TempDir(), t.TempDir()
	s, err := syncjob.Open(data, self)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	j, err := s.Create("ak1", json.RawMessage(`{"name":"n","local":{"path":"/l"},"remote":{"host":"192.0.2.1","user":"u","pass":"geheim","path":"/r"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context(), j.ID, folder); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(j.ID, folderOnDisk); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); j.Failure == "" && time.Now().Before(deadline); {
		if j, err = s.Get(j.ID, everybody); err != nil {
			t.Fatal(err)
		}
	}
	if j.State != syncjob.Stopped || !strings.Contains(j.Failure, "this computer only") || strings.Contains(j.Failure, "geheim") {
		t.Errorf("the job is %s: %s", j.State, j.Failure)
	}
	kept, err := filepath.Glob(filepath.Join(folderOnDisk, "*"))
	if err != nil || len(kept) != 0 {
		t.Errorf("in the folder is %q", kept)
	}
	if err := s.Delete(j.ID); err != nil {
		t.Error(err)
	}
}
