package rest_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

func TestRefusalsAreRecorded(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "rest_exceptions.log")
	server := answering(t, 404, "application/json", `{"error":"gone","access_token":"s3cret-token","n":1}`)
	host := strings.TrimPrefix(server.URL, "http://")
	session, err := rest.NewSession(nil, nil, rest.WithHome(home))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	api, err := session.Client(server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func() {
		if _, err := api.Get(t.Context(), "a/b", record.New("token", "s3cret-token")); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v", err)
		}
	}
	refuse()
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Fatalf("the file was made: %v", err)
	}
	if err := os.WriteFile(file, []byte("kept\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const answer = "GET /a/b\n404\n" + `{"error":"gone","access_token":"🔑","n":1}` + "\n"
	const first, second, third = "gone\n", "access_token: 🔑\n", "n: 1\n"
	one := "\n=error=====\n" + answer + first +
		"\n=error=====\n" + answer + first + second +
		"\n=error=====\n" + answer + first + second + third +
		"\n=status=====\n" + answer + first + second + third + host + " 404 Not Found\n"
	var all sync.WaitGroup
	for range 5 {
		all.Go(refuse)
	}
	all.Wait()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "kept\n" + strings.Repeat(one, 5); string(content) != want {
		t.Errorf("got %s\nwant %s", content, want)
	}
}
