package docroot_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/docroot"
)

func TestBeside(t *testing.T) {
	const suffix, longest = ".partial", 255
	long := strings.Repeat("l", longest)
	for name, c := range map[string]struct{ path, want string }{
		"short":         {"/a/b", "/a/b.partial"},
		"just fits":     {long[len(suffix):], long[len(suffix):] + suffix},
		"too long":      {"/a/" + long, "/a/" + long[:238] + "~f3713690.partial"},
		"several bytes": {strings.Repeat("語", 85), strings.Repeat("語", 79) + "~5a6e0ebb.partial"},
		"long folder":   {"/" + long + "/b", "/" + long + "/b.partial"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := docroot.Beside(c.path, suffix); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if docroot.Beside(long[1:]+"a", suffix) == docroot.Beside(long[1:]+"b", suffix) {
		t.Error("two files share one")
	}
}
