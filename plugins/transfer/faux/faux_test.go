package faux_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/faux"
)

func TestFile(t *testing.T) {
	for _, tt := range []struct {
		source, name string
		size         int64
		err          string
	}{
		{"faux:///f?1k", "f", 1 << 10, ""},
		{"faux:///d/f?100M", "d/f", 100 << 20, ""},
		{"faux:///f?7e", "f", 7 << 60, ""},
		{"faux:///f?100", "f", 100, ""},
		{"faux:///f?0", "f", 0, ""},
		{"faux:///f?8e", "", 0, "the size 8e is too large"},
		{"faux:///f?99999999999999999999", "", 0, "the size 99999999999999999999 is too large"},
		{"faux:///f?1kb", "", 0, "Format: <integer>[k,m,g,t,p,e]"},
		{"faux:///f?k", "", 0, "Format: <integer>[k,m,g,t,p,e]"},
		{"faux:///f?-1", "", 0, "Format: <integer>[k,m,g,t,p,e]"},
		{"faux:///f?", "", 0, "Format: <integer>[k,m,g,t,p,e]"},
		{"faux:///f", "", 0, "expecting faux:///<name>?<size>"},
		{"faux:///?1k", "", 0, "expecting faux:///<name>?<size>"},
	} {
		t.Run(tt.source, func(t *testing.T) {
			source, err := faux.Parse(tt.source)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error is %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for f := range source.Files() {
				if f.Name != tt.name || f.Size != tt.size {
					t.Errorf("got %q, %d", f.Name, f.Size)
				}
			}
		})
	}
}

func TestFolder(t *testing.T) {
	for _, tt := range []struct {
		query string
		names string
		err   string
	}{
		{"count=2", "d/e/file_00001_0 d/e/file_00002_0", ""},
		{"count=3&file=t&size=1k&inc=2", "d/e/t_00001_1024 d/e/t_00002_1026 d/e/t_00003_1028", ""},
		{"count=0&size=1", "", ""},
		{"count=1&seq=sequential&buf_init=none", "d/e/file_00001_0", ""},
		{"count=2&size=7e&inc=7e", "d/e/file_00001_8070450532247928832 d/e/file_00002_8646911284551352319", ""},
		{"size=1", "", "count is missing"},
		{"count=x", "", "Format: <integer>[k,m,g,t,p,e]"},
		{"count=1&file=../x", "", "is no name of a file"},
		{"count=1&seq=zoo", "", `seq cannot be "zoo", use sequential or random`},
		{"count=1&buf_init=zoo", "", `buf_init cannot be "zoo", use zero or random`},
		{"count=1&zoo=1", "", "unknown key zoo"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			source, err := faux.Parse("faux:///d/e?" + tt.query)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error is %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for f := range source.Files() {
				names = append(names, f.Name)
			}
			if got := strings.Join(names, " "); got != tt.names {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestRandomSizes(t *testing.T) {
	source, err := faux.Parse("faux:///d?count=100&size=1000&inc=10&seq=random")
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[int64]bool{}
	for f := range source.Files() {
		sizes[f.Size] = true
		if f.Size < 990 || f.Size > 1010 {
			t.Errorf("%s has %d bytes", f.Name, f.Size)
		}
	}
	if len(sizes) < 5 {
		t.Errorf("sizes are %v", sizes)
	}
}

func TestContent(t *testing.T) {
	for _, tt := range []struct {
		source string
		zeros  bool
	}{
		{"faux:///f?100k", true}, {"faux:///d?count=1&size=100k", true}, {"faux:///d?count=1&size=100k&buf_init=random", false},
	} {
		t.Run(tt.source, func(t *testing.T) {
			source, err := faux.Parse(tt.source)
			if err != nil {
				t.Fatal(err)
			}
			for f := range source.Files() {
				content, err := io.ReadAll(f.Content())
				if err != nil || len(content) != 100<<10 || bytes.Equal(content, make([]byte, len(content))) != tt.zeros {
					t.Errorf("got %d bytes, %v", len(content), err)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, source := range []string{
		"faux:///f?1k", "faux:///d?count=3&size=1&inc=2&seq=random&buf_init=zero&file=x", "faux:///d?count=9e&inc=7e&size=7e", "?", "faux:///d?=",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source, err := faux.Parse(text)
		if err != nil {
			return
		}
		seen := 0
		for file := range source.Files() {
			if file.Size < 0 || file.Name == "" {
				t.Fatalf("%q gives %q of %d bytes", text, file.Name, file.Size)
			}
			if seen++; seen == 100 {
				break
			}
		}
	})
}
