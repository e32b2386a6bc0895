package world

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJournalCutByACrash(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ids")
	journal := `{"id":"2","parent":"1","name":"a"}` + "\n" + `{"id":"3","parent":"1","na`
	if err := os.WriteFile(file, []byte(journal), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := openIndex(file)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	if where, known := x.locate("2"); !known || where != "a" {
		t.Errorf("id 2 is at %q, %v", where, known)
	}
	if _, known := x.locate("3"); known {
		t.Error("the cut line gave an id")
	}
}

func TestDamagedJournalNamesTheLine(t *testing.T) {
	tests := map[string]string{
		"not JSON":         "{}\nhello\n",
		"store as child":   "{}\n" + `{"id":"1","parent":"2","name":"a"}` + "\n",
		"id not a number":  "{}\n" + `{"id":"x","parent":"1","name":"a"}` + "\n",
		"folder in itself": `{"id":"2","parent":"3","name":"a"}` + "\n" + `{"id":"3","parent":"2","name":"b"}` + "\n",
	}
	for name, journal := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ids")
			if err := os.WriteFile(file, []byte(journal), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := openIndex(file); err == nil || !strings.Contains(err.Error(), "line 2") {
				t.Errorf("error = %v, want one that names line 2", err)
			}
		})
	}
}

func FuzzReplay(f *testing.F) {
	f.Add(`{"next":9}` + "\n" + `{"id":"2","parent":"1","name":"a"}` + "\n" + `{"id":"2"}` + "\n")
	f.Add(`{"id":"2","parent":"3","name":"a"}` + "\n" + `{"id":"3","parent":"2","name":"b"}` + "\n")
	f.Fuzz(func(t *testing.T, journal string) {
		x := &index{places: map[string]place{}, children: map[string]map[string]string{}, next: 2}
		if x.replay(strings.NewReader(journal)) != nil {
			return
		}
		again := &index{places: map[string]place{}, children: map[string]map[string]string{}, next: 2}
		if err := again.replay(strings.NewReader(string(x.compact()))); err != nil {
			t.Fatalf("the compact journal is refused: %v", err)
		}
		for id := range x.places {
			want, known := x.locate(id)
			if got, _ := again.locate(id); known && got != want {
				t.Errorf("id %s moved from %q to %q", id, want, got)
			}
		}
	})
}

func FuzzLocalize(f *testing.F) {
	for _, seed := range []string{"/", "", "/a/b", "../x", "/..", "a/../../b", "\x00", "//a//", `a\..\b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, p string) {
		local, err := localize(p)
		if err == nil && !filepath.IsLocal(filepath.FromSlash(local)) {
			t.Errorf("localize(%q) = %q, which is not local", p, local)
		}
	})
}
