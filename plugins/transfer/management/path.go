package management

import "strings"

// isPath tells whether ascp writes line breaks in a field with ESC
// (spec/management.md 2).
func isPath(name string) bool {
	return name == FieldFile || name == FieldSource || name == FieldDestination
}

// escape writes what would end a line: line feed, carriage return, and ESC itself.
func escape(path string) string {
	return strings.NewReplacer("\x1b", "\x1b\x1b", "\n", "\x1bn", "\r", "\x1br").Replace(path)
}

// unescape is the inverse of escape; an ESC that begins nothing known stays.
func unescape(path string) string {
	return strings.NewReplacer("\x1b\x1b", "\x1b", "\x1bn", "\n", "\x1br", "\r").Replace(path)
}
