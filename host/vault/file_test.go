package vault

import (
	"bytes"
	"context"
	"crypto/aes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age/armor"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestFileStore(t *testing.T) {
	for _, format := range []Format{FormatAge, FormatAspera} {
		t.Run(string(format), func(t *testing.T) {
			testStore(t, open(t, t.TempDir(), "pw", "format", string(format)), conformance{})
		})
	}
}

// testPassword is that of the files in testdata, which the original wrote.
const testPassword = "correct-horse"

func lab1() Entry {
	return Entry{
		Label: "lab1", Username: "u1", Password: "my_password_here", URL: "https://h.example.com",
		Description: "with é and €",
	}
}

// copied returns the path of a copy of a file in testdata.
func copied(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return written(t, content)
}

func written(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vault.bin")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFilesOfTheOriginal(t *testing.T) {
	for _, c := range []struct {
		file string
		want []Entry
	}{
		{"vault-4.21.0.bin", []Entry{lab1(), {Label: "second", Password: "p2"}}},
		{"vault-4.26.2.bin", []Entry{lab1()}},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := copied(t, c.file)
			store := open(t, "", testPassword, "name", path)
			entries, err := store.List(t.Context())
			if err != nil || !sameEntries(entries, c.want) {
				t.Fatalf("got %+v, %v", entries, err)
			}
			if err := store.Create(t.Context(), Entry{Label: "new", Password: "p"}); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(content), "---\nversion: 1.0.0\ntype: encrypted_hash_vault\n"+
				"cipher: aes-256-cbc\ndata: !binary |-\n  QEVuQwAA") {
				t.Errorf("%v; the file became %s", err, content)
			}
			checkEntry(t, open(t, "", testPassword, "name", path), Entry{Label: "new", Password: "p"})
		})
	}
}

// The original finds the fields of an entry by symbols.
func TestTextForTheOriginal(t *testing.T) {
	entries := []Entry{
		lab1(), {Label: "yes", Password: ":sym", Description: "1,000", Extra: record.New("my_port", 22, "a b", "c")},
	}
	want := `---
"lab1":
  :username: "u1"
  :password: "my_password_here"
  :url: "https://h.example.com"
  :description: "with é and €"
"yes":
  :password: ":sym"
  :description: "1,000"
  :my_port: 22
  "a b": "c"
`
	text, err := renderEntries(entries, symbolKeys)
	if err != nil || string(text) != want {
		t.Errorf("%v; got\n%s", err, text)
	}
	if text, err := renderEntries(nil, symbolKeys); err != nil || string(text) != "--- {}\n" {
		t.Errorf("%v; empty vault is %q", err, text)
	}
}

// A file that is the bare blob gets the form of today when it is written.
func TestLegacyFile(t *testing.T) {
	content, err := os.ReadFile("testdata/vault-4.21.0.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, blob, err := readAsperaFile(content)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		blob []byte
	}{
		{"with header", blob},
		{"without header", blob[len(asperaHeader):]},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := written(t, c.blob)
			store := open(t, "", testPassword, "name", path)
			checkEntry(t, store, lab1())
			if err := store.Delete(t.Context(), "second"); err != nil {
				t.Fatal(err)
			}
			if content, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(content, []byte("---\nversion: 1.0.0\n")) {
				t.Errorf("%v; the file became %q", err, content)
			}
		})
	}
}

func TestUnreadableFile(t *testing.T) {
	original, err := os.ReadFile("testdata/vault-4.21.0.bin")
	if err != nil {
		t.Fatal(err)
	}
	modern, err := ageForm{armored: true, work: testWork, maxWork: testWork}.seal([]Entry{lab1()}, testPassword)
	if err != nil {
		t.Fatal(err)
	}
	tampered := bytes.Clone(modern)
	tampered[len(tampered)/2] ^= 1
	for _, c := range []struct {
		name, password string
		content        []byte
		want           string
	}{
		{"original, wrong password", "wrong", original, "bad decrypt"},
		{"original, cut", testPassword, cutBlob(t, original), "bad decrypt"},
		{"original, text cut", testPassword, original[:len(original)-2], "Invalid vault file"},
		{"original, key missing", testPassword, bytes.Replace(original, []byte("version"), []byte("#version"), 1), "Invalid vault file"},
		{"original, other cipher", testPassword, bytes.Replace(original, []byte("256-cbc"), []byte("256-gcm"), 1),
			"cipher aes-256-gcm is not supported"},
		{"original, wide password", "pässword", original, "takes only ASCII characters"},
		{"age, wrong password", "wrong", modern, "bad decrypt"},
		{"age, cut", testPassword, modern[:len(modern)-60], "bad decrypt"},
		{"age, tampered", testPassword, tampered, "bad decrypt"},
		{"empty", testPassword, nil, "bad decrypt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := written(t, c.content)
			store := open(t, "", c.password, "name", path)
			_, err := store.List(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || failure.As(err) == nil {
				t.Errorf("list: got %v, want %s", err, c.want)
			}
			if c.want == "bad decrypt" && !errors.Is(err, ErrDecrypt) {
				t.Errorf("%v does not wrap ErrDecrypt", err)
			}
			if err := store.Create(t.Context(), Entry{Label: "x", Password: "p"}); err == nil {
				t.Error("create: no error")
			}
			if err := ChangePassword(t.Context(), store, "new"); err == nil {
				t.Error("password: no error")
			}
			if content, err := os.ReadFile(path); err != nil || !bytes.Equal(content, c.content) {
				t.Errorf("the file has changed, %v", err)
			}
		})
	}
}

// cutBlob takes the last block away from a file of the original.
func cutBlob(t *testing.T, content []byte) []byte {
	_, blob, err := readAsperaFile(content)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, asperaFile, base64.StdEncoding.EncodeToString(blob[:len(blob)-aes.BlockSize]))
}

func TestChangePassword(t *testing.T) {
	for _, format := range []Format{FormatAge, FormatAspera} {
		t.Run(string(format), func(t *testing.T) {
			home := t.TempDir()
			store := open(t, home, "old", "format", string(format))
			if err := store.Create(t.Context(), lab1()); err != nil {
				t.Fatal(err)
			}
			if err := ChangePassword(t.Context(), store, "new"); err != nil {
				t.Fatal(err)
			}
			checkEntry(t, store, lab1())
			checkEntry(t, open(t, home, "new"), lab1())
			if _, err := open(t, home, "old").List(t.Context()); !errors.Is(err, ErrDecrypt) {
				t.Errorf("with the former password: %v", err)
			}
			if err := ChangePassword(t.Context(), store, ""); err == nil {
				t.Error("an empty password is accepted")
			}
		})
	}
}

func TestMigrate(t *testing.T) {
	path := copied(t, "vault-4.21.0.bin")
	store := open(t, "", testPassword, "name", path)
	for _, c := range []struct {
		format Format
		begin  string
	}{{FormatAge, armor.Header}, {FormatAspera, "---\nversion"}} {
		if err := Migrate(t.Context(), store, c.format); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(content, []byte(c.begin)) || store.Info().Text("format") != string(c.format) {
			t.Errorf("format %s: %v; the file became %s", c.format, err, content)
		}
		checkEntry(t, open(t, "", testPassword, "name", path), lab1())
	}
	if err := Migrate(t.Context(), open(t, "", "", "type", "system"), FormatAge); err == nil {
		t.Error("a keyring has no format")
	}
	if err := Migrate(t.Context(), store, "zip"); err == nil {
		t.Error("unknown format accepted")
	}
}

// A file of the tool age without armor stays so.
func TestBinaryAge(t *testing.T) {
	content, err := ageForm{work: testWork, maxWork: testWork}.seal([]Entry{lab1()}, "pw")
	if err != nil {
		t.Fatal(err)
	}
	path := written(t, content)
	store := open(t, "", "pw", "name", path, "format", "aspera")
	if err := store.Create(t.Context(), Entry{Label: "b", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(content, []byte(ageMagic)) {
		t.Errorf("%v; the file became %q", err, content)
	}
	checkEntry(t, open(t, "", "pw", "name", path), lab1())
}

const (
	writers         = 3
	labelsPerWriter = 10
)

// writerMain creates entries whose labels begin with the first argument.
func writerMain(arguments []string) error {
	store, err := Open(record.New("name", arguments[1]), "pw", Surroundings{work: testWork})
	if err != nil {
		return err
	}
	for i := range labelsPerWriter {
		entry := Entry{Label: fmt.Sprint(arguments[0], i), Password: "p"}
		if err := store.Create(context.Background(), entry); err != nil {
			return err
		}
	}
	return nil
}

func TestManyProcesses(t *testing.T) {
	t.Setenv(raceOptions())
	path := filepath.Join(t.TempDir(), "vault.bin")
	var processes []*exec.Cmd
	for i := range writers {
		process := exec.Command(os.Args[0], fmt.Sprint("w", i, "-"), path)
		process.Env = append(os.Environ(), roleVariable+"="+roleWriter)
		process.Stderr = t.Output()
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, process)
	}
	for _, process := range processes {
		if err := process.Wait(); err != nil {
			t.Error(err)
		}
	}
	entries, err := open(t, "", "pw", "name", path).List(t.Context())
	if err != nil || len(entries) != writers*labelsPerWriter {
		t.Errorf("%d entries, %v; want %d", len(entries), err, writers*labelsPerWriter)
	}
}
