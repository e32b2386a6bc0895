//go:build unix

package testscripts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fileCases() []conformanceCase {
	return []conformanceCase{
		{name: "one file", test: moveOneFile},
		{name: "several files and folders", test: moveSeveral},
		{name: "empty files and folders", test: moveEmpty},
		{name: "unicode names", test: moveUnicode},
		{name: "long names", test: moveLongNames},
		{name: "pair list", test: movePairs},
		{name: "pair list with folders", test: movePairsWithFolders},
		{name: "ten thousand files", heavy: true, test: moveManyFiles},
		{name: "five gigabytes", heavy: true, test: moveSparse},
	}
}

func moveOneFile(m *mover) {
	fill(m.t, m.out(), map[string]int{"one.bin": 3 << 20})
	m.moves([]string{"one.bin"})
	m.expectArrived()
}

func moveSeveral(m *mover) {
	fill(m.t, m.out(), map[string]int{"one.bin": 1 << 20, "two": 10, "tree/three": 70_000, "tree/a/b/four": 1})
	m.moves([]string{"one.bin", "two", "tree"})
	m.expectArrived()
}

func moveEmpty(m *mover) {
	fill(m.t, m.out(), map[string]int{"nothing": 0, "tree/nothing": 0, "tree/empty": -1, "tree/a/b/empty": -1, "tree/c/one byte": 1})
	m.moves([]string{"nothing", "tree"})
	m.expectArrived()
}

func moveUnicode(m *mover) {
	files := map[string]int{"ünïcode at the top 語.txt": 100}
	for _, name := range []string{
		"naïve", "nai\u0308ve decomposed", "日本語のファイル.txt", "файл", "🚀.bin", "עברית", "with  blanks ", "quote ' \" `", "$HOME %41 &;|<>*?",
		"-dash", "#hash@at=eq,comma", `back\slash`, ".hidden",
	} {
		files["trée/"+name] = len(name)
	}
	fill(m.t, m.out(), files)
	m.moves([]string{"ünïcode at the top 語.txt", "trée"})
	m.expectArrived()
}

// longestName is what file systems allow, in bytes.
const longestName = 255

func moveLongNames(m *mover) {
	top, file := strings.Repeat("t", longestName), strings.Repeat("f", longestName-len(".txt"))+".txt"
	fill(m.t, m.out(), map[string]int{
		top:            100,
		"tree/" + file: 100,
		"tree/" + strings.Repeat("語", longestName/len("語")): 100,
		// Names that differ at their end only.
		"tree/" + top[1:] + "1": 100, "tree/" + top[1:] + "2": 100,
		"tree/" + strings.Repeat("deep/", 40) + strings.Repeat("d", longestName) + "/" + file: 100,
	})
	m.moves([]string{top, "tree"})
	m.expectArrived()
}

func movePairs(m *mover) {
	m.movePairs([][2]string{{"one.bin", "uno.bin"}, {"two.bin", "dos, renamed.bin"}})
}

func movePairsWithFolders(m *mover) {
	m.movePairs([][2]string{{"one.bin", "new/folder/uno.bin"}, {"two.bin", "other/two.bin"}, {"tree/three.bin", "three.bin"}})
}

// movePairs moves files to names of their own.
func (m *mover) movePairs(pairs [][2]string) {
	m.t.Helper()
	want := m.t.TempDir()
	var words []string
	for i, pair := range pairs {
		fill(m.t, m.out(), map[string]int{pair[0]: 1000 * (i + 1)})
		words = append(words, m.named(pair[0]), pair[1])
		to := filepath.Join(want, pair[1])
		mkdirAll(m.t, filepath.Dir(to))
		if err := copyFile(to, filepath.Join(m.out(), pair[0]), 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
	m.expectMoved(m.command(words, "--src-type=pair"))
	m.expectContent(readTree(m.t, want))
}

func moveManyFiles(m *mover) {
	files := map[string]int{}
	for i := range 10_000 {
		files[fmt.Sprintf("tree/%d/file %d", i%10, i)] = i % 100
	}
	fill(m.t, m.out(), files)
	m.moves([]string{"tree"})
	m.expectArrived()
}

// sparseSize is more than 32 bits count.
const sparseSize = 5 << 30

// marks are where a sparse file has data: at its ends, and at those of what a
// signed and an unsigned number of 32 bits hold.
func marks() map[int64]string {
	marks := map[int64]string{}
	for _, at := range []int64{0, 1<<31 - 8, 1<<32 - 8, sparseSize - 16} {
		marks[at] = fmt.Sprintf("%016x", at)
	}
	return marks
}

func moveSparse(m *mover) {
	sent, got := filepath.Join(m.out(), "sparse.bin"), filepath.Join(m.in(), "sparse.bin")
	file, err := os.Create(sent)
	if err != nil {
		m.t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(sparseSize); err != nil {
		m.t.Fatal(err)
	}
	for at, mark := range marks() {
		if _, err := file.WriteAt([]byte(mark), at); err != nil {
			m.t.Fatal(err)
		}
	}
	// It may take much room there.
	m.t.Cleanup(func() { os.Remove(got) })
	m.moves([]string{"sparse.bin"})
	expectMarks(m.t, got)
}

func expectMarks(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() != sparseSize {
		t.Fatalf("%v, %v, want %d bytes", info, err, int64(sparseSize))
	}
	for at, mark := range marks() {
		// Around a mark there are zeros.
		want := make([]byte, 48)
		from := min(max(0, at-16), sparseSize-int64(len(want)))
		copy(want[at-from:], mark)
		got := make([]byte, len(want))
		if _, err := file.ReadAt(got, from); err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("from byte %d there is %q, want %q", from, got, want)
		}
	}
}
