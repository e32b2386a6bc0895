package inspect

import (
	"fmt"
	"regexp"
	"strings"
)

// writeRegexp writes a pattern with its flags: /abc/m.
func writeRegexp(b *strings.Builder, re *regexp.Regexp) {
	source, flags := regexpParts(re)
	fmt.Fprintf(b, "/%s/%s", source, flags)
}

// regexpText is a pattern as a string, such as (?m-ix:abc) (spec/cli.md 6.4).
func regexpText(re *regexp.Regexp) string {
	source, on := regexpParts(re)
	off := ""
	for _, flag := range "mix" {
		if !strings.ContainsRune(on, flag) {
			off += string(flag)
		}
	}
	if off != "" {
		off = "-" + off
	}
	return fmt.Sprintf("(?%s%s:%s)", on, off, source)
}

// regexpParts splits a pattern into its source and the letters of its flags in
// inspected text. The decoder of extended values puts flags before the source:
// (?ms)abc is abc and m, the letter that lets "." match a newline.
func regexpParts(re *regexp.Regexp) (source, flags string) {
	source = re.String()
	rest, ok := strings.CutPrefix(source, "(?")
	if !ok {
		return source, ""
	}
	letters, rest, ok := strings.Cut(rest, ")")
	if !ok || letters == "" || strings.Trim(letters, "ims") != "" {
		return source, ""
	}
	if strings.Contains(letters, "s") {
		flags += "m"
	}
	if strings.Contains(letters, "i") {
		flags += "i"
	}
	return rest, flags
}
