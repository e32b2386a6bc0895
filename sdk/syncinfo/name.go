package syncinfo

import (
	"regexp"
	"slices"
	"strings"
)

var (
	notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]`)
	notNameRune     = regexp.MustCompile(`[^A-Za-z0-9_-]`)
	underscores     = regexp.MustCompile(`_+`)
)

// ArgumentsName is the name of a session that `sync start` makes of its arguments,
// in their order (spec/sync.md 2.1).
func ArgumentsName(arguments ...string) string {
	var parts []string
	for _, a := range arguments {
		if part := notAlphanumeric.ReplaceAllString(a, ""); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "_")
}

// FoldersName is the name of a session that `sync push` and its like make of the
// folders (spec/sync.md 2.2): of each, the last two elements.
func FoldersName(direction, local, remote string) string {
	parts := []string{direction}
	for _, path := range []string{local, remote} {
		elements := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
		parts = append(parts, slices.Clone(elements[max(0, len(elements)-2):])...)
	}
	name := notNameRune.ReplaceAllString(strings.Join(parts, "_"), "_")
	return strings.TrimRight(underscores.ReplaceAllString(name, "_"), "_")
}
