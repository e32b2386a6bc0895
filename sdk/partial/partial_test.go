package partial_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/partial"
)

func TestPath(t *testing.T) {
	const suffix, longest = ".http_partial", 255
	long := strings.Repeat("l", longest)
	for name, c := range map[string]struct{ path, want string }{
		"short":         {"a/b", "a/b.http_partial"},
		"just fits":     {long[len(suffix):], long[len(suffix):] + suffix},
		"too long":      {"a/" + long, "a/" + long[:233] + "~f3713690.http_partial"},
		"several bytes": {strings.Repeat("語", 85), strings.Repeat("語", 77) + "~5a6e0ebb.http_partial"},
		"long folder":   {long + "/b", long + "/b.http_partial"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := partial.Path(filepath.FromSlash(c.path), suffix); got != filepath.FromSlash(c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if partial.Path(long[1:]+"a", suffix) == partial.Path(long[1:]+"b", suffix) {
		t.Error("two files share one")
	}
}
