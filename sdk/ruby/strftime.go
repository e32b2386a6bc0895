package ruby

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// strftime writes a time in a format of % directives. What is no directive is
// copied.
func (c *call) strftime(t time.Time, format string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(format, "%")
		b.WriteString(before)
		c.m.spendBytes(len(before))
		if !found {
			return b.String()
		}
		d, size := readTimeDirective(after)
		text, ok := d.text(t)
		if !ok {
			text = "%" + after[:size]
		} else {
			c.m.spendProduct(1, d.width)
			text = d.padded(text)
		}
		c.m.spendBytes(len(text))
		b.WriteString(text)
		format = after[size:]
	}
}

// timeDirective is one %... of strftime.
type timeDirective struct {
	flags  string
	width  int
	colons int
	letter byte
}

// readTimeDirective reads what follows "%", and tells how many bytes it has.
func readTimeDirective(text string) (d timeDirective, size int) {
	for size < len(text) && strings.IndexByte("-0^#_", text[size]) >= 0 {
		size++
	}
	d.flags = text[:size]
	start := size
	for size < len(text) && isDigit(text[size]) {
		size++
	}
	// A width too long for an int is taken as none: what is read stays as it is.
	d.width, _ = strconv.Atoi(text[start:size])
	for size < len(text) && text[size] == ':' {
		size++
		d.colons++
	}
	if size < len(text) {
		d.letter = text[size]
		size++
	}
	return d, size
}

// text is the bare text of a directive; false for an unknown one.
func (d timeDirective) text(t time.Time) (text string, ok bool) {
	if layout := timeLayout(d.letter); layout != "" {
		return t.Format(layout), true
	}
	if number, ok := timeNumber(t, d.letter); ok {
		return strconv.FormatInt(number, 10), true
	}
	switch d.letter {
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return strings.ToLower(t.Format("PM")), true
	case 'L', 'N':
		return d.fraction(t), true
	case 'z':
		layouts := []string{"-0700", "-07:00", "-07:00:00"}
		return t.Format(layouts[min(d.colons, len(layouts)-1)]), true
	case '%':
		return "%", true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	}
	return "", false
}

// timeLayout is the layout of package time for a directive of several parts.
func timeLayout(letter byte) string {
	return map[byte]string{
		'A': "Monday", 'a': "Mon", 'B': "January", 'b': "Jan", 'h': "Jan",
		'F': "2006-01-02", 'T': "15:04:05", 'X': "15:04:05", 'D': "01/02/06", 'x': "01/02/06", 'R': "15:04",
		'r': "03:04:05 PM", 'c': "Mon Jan _2 15:04:05 2006", 'v': "_2-JAN-2006", 'Z': "MST", '+': "Mon Jan _2 15:04:05 MST 2006",
	}[letter]
}

// timeNumber is the value of a numeric directive.
func timeNumber(t time.Time, letter byte) (n int64, ok bool) {
	isoYear, isoWeek := t.ISOWeek()
	hour12 := (t.Hour()+11)%12 + 1
	n, ok = map[byte]int64{
		'Y': int64(t.Year()), 'C': int64(t.Year() / 100), 'y': int64(t.Year() % 100), 'G': int64(isoYear),
		'm': int64(t.Month()), 'd': int64(t.Day()), 'e': int64(t.Day()), 'j': int64(t.YearDay()),
		'H': int64(t.Hour()), 'k': int64(t.Hour()), 'I': int64(hour12), 'l': int64(hour12),
		'M': int64(t.Minute()), 'S': int64(t.Second()), 's': t.Unix(), 'V': int64(isoWeek),
		'u': int64((t.Weekday()+6)%7 + 1), 'w': int64(t.Weekday()),
		'U': int64((t.YearDay() + 6 - int(t.Weekday())) / 7), 'W': int64((t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7),
	}[letter]
	return n, ok
}

// fraction is %L, %N and their like: digits of the second's fraction.
func (d timeDirective) fraction(t time.Time) string {
	digits := fmt.Sprintf("%09d", t.Nanosecond())
	places := d.width
	if places == 0 {
		places = map[byte]int{'L': 3, 'N': 9}[d.letter]
	}
	if places > len(digits) {
		return digits + strings.Repeat("0", min(places-len(digits), len(digits)))
	}
	return digits[:places]
}

// padded applies flags and width.
func (d timeDirective) padded(text string) string {
	fill, width := byte(' '), 0
	switch {
	case strings.IndexByte("mdHIMSyCUWV", d.letter) >= 0:
		fill, width = '0', 2
	case strings.IndexByte("ekl", d.letter) >= 0:
		width = 2
	case d.letter == 'j':
		fill, width = '0', 3
	case d.letter == 'Y' || d.letter == 'G':
		fill = '0'
	}
	if d.width > 0 {
		width = d.width
	}
	for _, flag := range d.flags {
		switch flag {
		case '-':
			width = 0
		case '0':
			fill = '0'
		case '_':
			fill = ' '
		case '^':
			text = strings.ToUpper(text)
		case '#':
			text = swapCase(text)
		}
	}
	if missing := width - len(text); missing > 0 && d.letter != 'N' && d.letter != 'L' {
		text = strings.Repeat(string(rune(fill)), missing) + text
	}
	return text
}
