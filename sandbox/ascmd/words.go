package ascmd

import (
	"errors"
	"strings"
)

// errQuote is the problem of a line that ends inside quotes.
var errQuote = errors.New("a quote is not closed")

// words splits a line at spaces; both kinds of quotes keep them, and a backslash
// takes the next character as it is (spec ascmd.md 2).
func words(line string) ([]string, error) {
	var list []string
	var word strings.Builder
	var quote byte
	inside := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inside = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, inside = c, true
		case quote == 0 && c == ' ':
			if inside {
				list = append(list, word.String())
				word.Reset()
			}
			inside = false
		default:
			word.WriteByte(c)
			inside = true
		}
	}
	if quote != 0 {
		return nil, errQuote
	}
	if inside {
		list = append(list, word.String())
	}
	return list, nil
}
