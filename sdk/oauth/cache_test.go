package oauth_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestFileNames(t *testing.T) {
	for _, c := range []struct {
		name        string
		id          []string
		file, later string
	}{
		{
			"faspex over http (spec/cli.md 5.5)",
			[]string{"token", "http://127.0.0.1:18080/aspera/faspex/auth", "jwt", "user:me@x"},
			"token_http___127_0_0_1_18080_aspera_faspex_auth_jwt_user_me@x.txt",
			"token_http_127_0_0_1_18080_aspera_faspex_auth_jwt_user_me@x.txt",
		},
		{
			"AoC (spec/plugins/aoc.md 4.8)",
			[]string{"token", "https://api.ibmaspera.com/api/v1/oauth2/myorg", "jwt", "myorg", "John@example.com", "node.AK1:user:all"},
			"token_api_ibmaspera_com_jwt_myorg_john@example_com_node_ak1_user_all.txt",
			"token_api_ibmaspera_com_jwt_myorg_john@example_com_node_ak1_user_all.txt",
		},
		{
			"parts without value", []string{"token", "https://h", "web", "", ""},
			"token_h_web.txt", "token_h_web.txt",
		},
		{
			"forbidden characters", []string{"token", "a|b\x00c  /..\\..?. _"},
			"token_a|b_c  ________ _.txt", "token_a_b_c.txt",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := oauth.FileName(c.id...); got != c.file {
				t.Errorf("4.21: got %q, want %q", got, c.file)
			}
			if got := oauth.LaterFileName(c.id...); got != c.later {
				t.Errorf("4.24: got %q, want %q", got, c.later)
			}
		})
	}
}

func TestLongNamesFitAndDiffer(t *testing.T) {
	long := strings.Repeat("é", 200)
	first, second := oauth.FileName("token", long+"1"), oauth.FileName("token", long+"2")
	if first == second || len(first) > 240 {
		t.Errorf("got %q and %q", first, second)
	}
}

func TestLockNameHasNoSecret(t *testing.T) {
	if name := oauth.LockName("token", "s3cr3t"); strings.Contains(name, "s3cr3t") {
		t.Error(name)
	}
}

var someID = []string{"token", "http://h:1/auth", "jwt", "me"}

func kept(answer *record.Object) func(*record.Object) (*record.Object, error) {
	return func(*record.Object) (*record.Object, error) { return answer, nil }
}

func TestFileOfAToken(t *testing.T) {
	folder, cache := folderCache(t)
	path := filepath.Join(folder, oauth.FileName(someID...))
	const answer = `{"access_token":"a","refresh_token":"b","expires_in":3600,"x":1.50}`
	parsed, err := record.ParseObject([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Exchange(t.Context(), someID, kept(parsed)); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != answer {
		t.Errorf("content %s, %v", content, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Exchange(t.Context(), someID, kept(record.New("access_token", "c"))); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{
		folder: 0o700, path: 0o600, filepath.Join(folder, oauth.LockName(someID...)): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: mode %o, want %o", path, got, want)
		}
	}
}

func write(t *testing.T, folder, name, content string, age time.Duration) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-age)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func TestLoad(t *testing.T) {
	former, later := oauth.FileName(someID...), oauth.LaterFileName(someID...)
	const a, b = `{"access_token":"a"}`, `{"access_token":"b"}`
	for _, c := range []struct {
		name  string
		files map[string]string
		age   time.Duration
		want  string
	}{
		{"nothing", nil, 0, ""},
		{"name of 4.21", map[string]string{former: a}, 0, "a"},
		{"name of 4.24", map[string]string{later: b}, 0, "b"},
		{"both", map[string]string{former: a, later: b}, 0, "a"},
		{"damaged", map[string]string{former: `{"access_`}, 0, ""},
		{"no object", map[string]string{former: `["a"]`}, 0, ""},
		{"old", map[string]string{former: a}, 2 * time.Hour, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder, cache := folderCache(t)
			for name, content := range c.files {
				write(t, folder, name, content, c.age)
			}
			answer, err := cache.Load(someID)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if answer != nil {
				got = answer.Text("access_token")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFileIsReadOnceButSeenInAnExchange(t *testing.T) {
	folder, cache := folderCache(t)
	name := oauth.FileName(someID...)
	write(t, folder, name, `{"access_token":"a"}`, 0)
	load := func() string {
		answer, err := cache.Load(someID)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Text("access_token")
	}
	load()
	write(t, folder, name, `{"access_token":"b"}`, 0)
	if got := load(); got != "a" {
		t.Errorf("the file was read again: %q", got)
	}
	_, err := cache.Exchange(t.Context(), someID, func(kept *record.Object) (*record.Object, error) {
		if got := kept.Text("access_token"); got != "b" {
			t.Errorf("the exchange began with %q, want b", got)
		}
		return kept, nil
	})
	if got := load(); err != nil || got != "b" {
		t.Errorf("after the exchange: %q, %v", got, err)
	}
}

func TestExchangeReplacesTheFileOfTheOtherName(t *testing.T) {
	folder, cache := folderCache(t)
	write(t, folder, oauth.LaterFileName(someID...), `{"access_token":"b"}`, 0)
	if _, err := cache.Exchange(t.Context(), someID, kept(record.New("access_token", "c"))); err != nil {
		t.Fatal(err)
	}
	list, err := oauth.List(folder)
	if err != nil || len(list) != 1 || list[0].Answer.Text("access_token") != "c" {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestFailedExchangeKeepsNothing(t *testing.T) {
	folder, cache := folderCache(t)
	write(t, folder, oauth.FileName(someID...), `{"access_token":"a"}`, 0)
	failed := errors.New("refused")
	_, err := cache.Exchange(t.Context(), someID, func(*record.Object) (*record.Object, error) { return nil, failed })
	if err != failed {
		t.Errorf("got %v", err)
	}
	if answer, err := cache.Load(someID); answer != nil || err != nil {
		t.Errorf("still kept: %v, %v", answer, err)
	}
	if list, err := oauth.List(folder); len(list) != 0 || err != nil {
		t.Errorf("still in the folder: %v, %v", list, err)
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cache := oauth.NewFolderCache(filepath.Join(file, "store"), time.Hour)
	_, err := cache.Exchange(t.Context(), someID, kept(record.New()))
	if err == nil || !strings.Contains(err.Error(), "tokens cannot be kept in") {
		t.Errorf("got %v", err)
	}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestClean(t *testing.T) {
	folder := t.TempDir()
	held := oauth.LockName("held")
	for name, age := range map[string]time.Duration{
		"token_new.txt": time.Minute, "token_old.txt": time.Hour, "token_old.txt123": time.Hour,
		"aoc_recv_old.txt": time.Hour, oauth.LockName("old"): time.Hour,
	} {
		write(t, folder, name, "{}", age)
	}
	cache := oauth.NewFolderCache(folder, time.Hour)
	_, err := cache.Exchange(t.Context(), []string{"held"}, func(*record.Object) (*record.Object, error) {
		then := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(folder, held), then, then); err != nil {
			return nil, err
		}
		return nil, oauth.Clean(t.Context(), folder, 30*time.Minute)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{held, "aoc_recv_old.txt", "token_new.txt"}
	got := names(t, folder)
	if runtime.GOOS == "windows" {
		got = slices.DeleteFunc(got, func(name string) bool { return name == oauth.LockName("old") })
	}
	if !slices.Equal(got, want) {
		t.Errorf("left: %q, want %q", got, want)
	}
}

func TestListAndFlush(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "token_b.txt", `{"access_token":"b"}`, 0)
	write(t, folder, "token_a.txt", `damaged`, 0)
	write(t, folder, "faspex_recv_x.txt", `[]`, 0)
	list, err := oauth.List(folder)
	if err != nil || len(list) != 2 || list[0].ID != "token_a" || list[0].Answer != nil || list[1].Answer.Text("access_token") != "b" {
		t.Fatalf("got %+v, %v", list, err)
	}
	removed, err := oauth.Flush(folder)
	if want := []string{filepath.Join(folder, "token_a.txt"), filepath.Join(folder, "token_b.txt")}; err != nil || !slices.Equal(removed, want) {
		t.Errorf("removed %q, %v", removed, err)
	}
	if got := names(t, folder); !slices.Equal(got, []string{"faspex_recv_x.txt"}) {
		t.Errorf("left: %q", got)
	}
}

func TestFolderThatDoesNotExist(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "missing")
	if list, err := oauth.List(folder); list != nil || err != nil {
		t.Errorf("list: %v, %v", list, err)
	}
	if err := oauth.Clean(t.Context(), folder, 0); err != nil {
		t.Errorf("clean: %v", err)
	}
}
