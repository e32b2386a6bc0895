package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ascli-go/ascli/sandbox/journal"
)

type note struct {
	Text string `json:"text"`
}

func open(t testing.TB, file string, limit int) *journal.Log[note] {
	t.Helper()
	l, err := journal.Open[note](file, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func put(t testing.TB, l *journal.Log[note], id, text string) uint64 {
	t.Helper()
	position, err := l.Put(id, note{text})
	if err != nil {
		t.Fatal(err)
	}
	return position
}

func texts(entries []journal.Entry[note]) []string {
	found := []string{}
	for _, e := range entries {
		found = append(found, e.ID+"="+e.Record.Text)
	}
	return found
}

func expect(t testing.TB, l *journal.Log[note], after uint64, want ...string) {
	t.Helper()
	if got := texts(l.After(after)); !slices.Equal(got, want) {
		t.Errorf("after %d: %q, want %q", after, got, want)
	}
}

func TestAChangedRecordComesAgainAtTheEnd(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "j"), 10)
	put(t, l, "a", "1")
	seen := put(t, l, "b", "1")
	expect(t, l, 0, "a=1", "b=1")
	expect(t, l, seen)
	put(t, l, "a", "2")
	expect(t, l, seen, "a=2")
	expect(t, l, 0, "b=1", "a=2")
	if err := l.Delete("b"); err != nil {
		t.Fatal(err)
	}
	expect(t, l, 0, "a=2")
}

func TestAListIsTheSameAfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "j")
	first := open(t, file, 10)
	put(t, first, "a", "1")
	put(t, first, "b", "1")
	last := put(t, first, "gone", "x")
	if err := first.Delete("gone"); err != nil {
		t.Fatal(err)
	}
	first.Close()

	second := open(t, file, 10)
	expect(t, second, 0, "a=1", "b=1")
	if next := put(t, second, "c", "1"); next <= last {
		t.Errorf("position %d was given again after %d", next, last)
	}
}

func TestTheLineThatACrashCutIsDropped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "j")
	first := open(t, file, 10)
	put(t, first, "a", "1")
	first.Close()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, `{"position":9,"id":"b","rec`...), 0o600); err != nil {
		t.Fatal(err)
	}
	second := open(t, file, 10)
	expect(t, second, 0, "a=1")
	put(t, second, "b", "1")
	expect(t, second, 0, "a=1", "b=1")
}

func TestTheOldestRecordsAreDroppedAndTheFileStaysShort(t *testing.T) {
	file := filepath.Join(t.TempDir(), "j")
	l := open(t, file, 2)
	for i := range 5000 {
		put(t, l, fmt.Sprintf("id%d", i), "x")
	}
	expect(t, l, 0, "id4998=x", "id4999=x")
	info, err := os.Stat(file)
	if err != nil || info.Size() > 100_000 {
		t.Errorf("the file of two records has %d bytes, %v", info.Size(), err)
	}
}

func TestADamagedFileIsRefusedByLine(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":          "{\n",
		"positions return": `{"position":5,"id":"a","record":{"text":"1"}}` + "\n" + `{"position":4,"id":"b","record":{"text":"1"}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "j")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if l, err := journal.Open[note](file, 3); err == nil {
				l.Close()
				t.Error("no error")
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"position":1,"id":"a","record":{"text":"1"}}` + "\n" + `{"position":2,"id":"a"}` + "\n"))
	f.Add([]byte(`{"position":1,"id":"a","record":null}` + "\n" + `{"position":1,"id":"b","record":{"text":"2"}}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		first, err := journal.Open[note](file, 3)
		if err != nil {
			return
		}
		want := texts(first.After(0))
		first.Close()
		second, err := journal.Open[note](file, 3)
		if err != nil {
			t.Fatalf("what was kept cannot be read again: %v", err)
		}
		defer second.Close()
		if got := texts(second.After(0)); !slices.Equal(got, want) {
			t.Errorf("after a restart %q, before %q", got, want)
		}
	})
}
