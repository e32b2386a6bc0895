package async

import (
	"slices"
	"strings"
	"testing"
)

// TestFilters: the first rule that fits decides.
func TestFilters(t *testing.T) {
	rule := func(kind, value string) filterRule { return filterRule{kind, value} }
	for _, tt := range []struct {
		name     string
		rules    []filterRule
		path     string
		folder   bool
		excluded bool
	}{
		{"no rule", nil, "a/b", false, false},
		{"name anywhere", []filterRule{rule("exclude", "*.tmp")}, "a/b.tmp", false, true},
		{"other name", []filterRule{rule("exclude", "*.tmp")}, "a/b.tmp.txt", false, false},
		{"path from the top", []filterRule{rule("exclude", "/a/b")}, "a/b", false, true},
		{"path elsewhere", []filterRule{rule("exclude", "/b")}, "a/b", false, false},
		{"path of two elements", []filterRule{rule("exclude", "a/?")}, "a/b", false, true},
		{"star stays in its element", []filterRule{rule("exclude", "a/*")}, "a/b/c", false, false},
		{"folders only: folder", []filterRule{rule("exclude", "b/")}, "a/b", true, true},
		{"folders only: file", []filterRule{rule("exclude", "b/")}, "a/b", false, false},
		{"exception before", []filterRule{rule("include", "keep.tmp"), rule("exclude", "*.tmp")}, "keep.tmp", false, false},
		{"exception too late", []filterRule{rule("exclude", "*.tmp"), rule("include", "keep.tmp")}, "keep.tmp", false, true},
		{"everything but", []filterRule{rule("include", "[ab]"), rule("exclude", "*")}, "c", false, true},
		{"unicode", []filterRule{rule("exclude", "日本?")}, "x/日本語", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := newFilter(tt.rules)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.excludes(tt.path, tt.folder); got != tt.excluded {
				t.Errorf("excluded: %v", got)
			}
		})
	}
}

// TestExcludedFoldersTakeAllWithThem: also of what is only in the snapshot.
func TestExcludedFoldersTakeAllWithThem(t *testing.T) {
	f, err := newFilter([]filterRule{{"exclude", "old/"}})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"a/old/b/c": true, "old/f": true, "a/old": false, "older/f": false} {
		if got := f.excludesBelow(path, false); got != want {
			t.Errorf("%s: excluded %v", path, got)
		}
	}
}

// FuzzArguments: no command line breaks the parser, and no word of it is lost.
func FuzzArguments(f *testing.F) {
	for _, line := range []string{
		"", "--name s -d /l -r u@h:/r -K push -l 10m", "--quiet --name=a --name=b", "-N", "--tags64=e30=", "--exclusive-mgmt-port 1 --conf64=e30=", "-D -D -NxyzC",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Split(line, " ")
		if got := slices.Concat(split(words)...); !slices.Equal(got, words) {
			t.Errorf("split gives %q", got)
		}
		program, sessions, err := parse(words)
		if err != nil {
			return
		}
		for _, s := range sessions {
			c, err := s.config(program, func(string) string { return "" })
			if err == nil && c.complete(linksDefault) == nil && (c.Name == "" || c.Local.Path == "" || c.Remote.Host == "") {
				t.Errorf("a session without name or folders of %q", line)
			}
		}
	})
}
