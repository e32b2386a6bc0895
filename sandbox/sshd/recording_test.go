package sshd_test

import (
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
)

func TestAnyClientsReadsAndWritesAreATransfer(t *testing.T) {
	w := start(t)
	transfers := func() []activity.Record {
		found, _ := w.transfers.List(activity.Query{Visible: func(string) bool { return true }})
		return found
	}
	connection, err := w.login(t, "node_user", ssh.Password("p"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := sftp.NewClient(connection)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.ReadDir("/"); err != nil {
		t.Fatal(err)
	}
	if found := transfers(); len(found) != 0 {
		t.Errorf("a listing made %d transfers", len(found))
	}
	file, err := client.Open("/down/f")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(file); err != nil {
		t.Fatal(err)
	}
	found := transfers()
	if len(found) != 1 || found[0].Owner != "node_user" || found[0].Transfer.Status != activity.Running {
		t.Fatalf("while the file is open: %+v", found)
	}
	if got := found[0].Transfer; got.BytesTransferred != int64(len("content")) || got.StartSpec.Direction != "receive" ||
		filepath.ToSlash(got.Files[0].Path) != "/down/f" {
		t.Errorf("while the file is open: %+v", got)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	client.Close()
	for deadline := time.Now().Add(10 * time.Second); transfers()[0].Transfer.Status != activity.Completed; {
		if time.Now().After(deadline) {
			t.Fatalf("after the end: %+v", transfers())
		}
	}
}
