package faux

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		source string
		want   Source
		err    string
	}{
		{"faux:///f?10", Source{Name: "f", Files: []File{{Size: 10}}}, ""},
		{"faux:///d/f?2K", Source{Name: "d/f", Files: []File{{Size: 2048}}}, ""},
		{"faux:///f?7e", Source{Name: "f", Files: []File{{Size: 7 << 60}}}, ""},
		{"faux:///f?8e", Source{}, "the size 8e is too large"},
		{"faux:///f", Source{}, "expecting faux:///<name>?<size>"},
		{"faux:///?1", Source{}, "expecting faux:///<name>?<size>"},
		{"faux:///f?", Source{}, `"" is no size`},
		{"faux:///f?1kk", Source{}, `"1kk" is no size`},
		{"faux:///f?-1", Source{}, `"-1" is no size`},
		{"faux:///d?count=2&size=1k&inc=1", Source{Name: "d", Folder: true, Files: []File{{"file_00001_1024", 1024, false}, {"file_00002_1025", 1025, false}}}, ""},
		{"faux:///d?count=1&file=a%20b&buf_init=random", Source{Name: "d", Folder: true, Files: []File{{"a b_00001_0", 0, true}}}, ""},
		{"faux:///d?count=0", Source{Name: "d", Folder: true, Files: []File{}}, ""},
		{"faux:///d?size=1", Source{}, "count is missing"},
		{"faux:///d?count=1&zoo=1", Source{}, "zoo: unknown key"},
		{"faux:///d?count=1&file=a/b", Source{}, `file: "a/b" is no name of a file`},
		{"faux:///d?count=1&seq=up", Source{}, `seq: unknown value "up"`},
		{"faux:///d?count=1t", Source{}, "count is larger than"},
		{"faux:///d?count=9&size=7e&inc=1e", Source{}, "the size of file 2 is too large"},
	} {
		t.Run(tt.source, func(t *testing.T) {
			got, err := Parse(tt.source)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || got.Name != tt.want.Name || got.Folder != tt.want.Folder || len(got.Files) != len(tt.want.Files) {
				t.Fatalf("got %+v, %v", got, err)
			}
			for i, f := range got.Files {
				if f != tt.want.Files[i] {
					t.Errorf("file %d is %+v", i, f)
				}
			}
		})
	}
}

// Content from an offset on is the end of the whole content.
func TestOpen(t *testing.T) {
	for _, random := range []bool{false, true} {
		f := File{Size: 1000, Random: random}
		whole, err := io.ReadAll(f.Open(0))
		if err != nil || len(whole) != 1000 {
			t.Fatalf("%d bytes, %v", len(whole), err)
		}
		for _, offset := range []int64{1, 7, 8, 999, 1000} {
			rest, err := io.ReadAll(f.Open(offset))
			if err != nil || !bytes.Equal(rest, whole[offset:]) {
				t.Errorf("random %v: the content from %d on differs, %v", random, offset, err)
			}
		}
		if zero := bytes.Count(whole, []byte{0}) == 1000; zero == random {
			t.Errorf("random %v, zero %v", random, zero)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"faux:///f?10k", "faux:///d?count=3&size=1&inc=2&seq=random", "faux:///d?count=2&file=%2f", "faux://x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		// A large count is no mistake, but takes its time.
		if strings.Count(source, "0") > 3 {
			return
		}
		got, err := Parse(source)
		if err != nil {
			return
		}
		for _, file := range got.Files {
			if file.Size < 0 || strings.Contains(file.Name, "/") {
				t.Errorf("%q gives %+v", source, file)
			}
		}
	})
}
