package nodecmd

import (
	"testing"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		glob, name string
		match      bool
	}{
		{"*.txt", "a.txt", true},
		{"*.txt", "a.TXT", false},
		{"*.txt", "a.txt.gz", false},
		{"*", ".hidden", true},
		{"*", "two\nlines", true},
		{"?", "é", true},
		{"?", "ab", false},
		{"[a-c]x", "bx", true},
		{"[a-c]x", "dx", false},
		{"[^a-c]x", "dx", true},
		{"[!a-c]x", "ax", false},
		{"[]a]", "]", true},
		{`[a\-z]`, "-", true},
		{`[a\-z]`, "m", false},
		{`[\]]`, "]", true},
		{`\*`, "*", true},
		{`\*`, "x", false},
		{`a\`, `a\`, true},
		{"{a,b}", "a", false},
		{"{a,b}", "{a,b}", true},
		{"é*", "été", true},
		{"a.b+c", "a.b+c", true},
		{"a.b+c", "axb+c", false},
		{"", "", true},
		{"", "a", false},
	} {
		pattern, err := compileGlob(c.glob)
		if err != nil {
			t.Errorf("%q: %v", c.glob, err)
			continue
		}
		if pattern.MatchString(c.name) != c.match {
			t.Errorf("%q against %q gave %t (%s)", c.glob, c.name, !c.match, pattern)
		}
	}
}

func TestInvalidGlob(t *testing.T) {
	for _, glob := range []string{"[a", "[z-a]", "[", "\xff["} {
		if pattern, err := compileGlob(glob); err == nil {
			t.Errorf("%q gave %s", glob, pattern)
		}
	}
}

// FuzzGlob: a name whose special characters are escaped matches itself.
func FuzzGlob(f *testing.F) {
	f.Add("a*[b]?\\c", "x")
	f.Add("[!a-z]é]*", "été")
	f.Fuzz(func(t *testing.T, glob, name string) {
		if pattern, err := compileGlob(glob); err == nil {
			pattern.MatchString(name)
		}
		escaped := ""
		for _, r := range name {
			escaped += `\` + string(r)
		}
		pattern, err := compileGlob(escaped)
		if err != nil {
			t.Fatalf("%q: %v", escaped, err)
		}
		if want := string([]rune(name)); !pattern.MatchString(want) {
			t.Errorf("%q does not match %q", escaped, want)
		}
	})
}
