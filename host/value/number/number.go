// Package number reads the numbers that users type and writes floats as the
// original does: 1e3 is 1000.0 (spec/cli.md 1.6 and 1.9).
package number

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// maxDigits bounds the text of a number: arbitrary precision arithmetic on a
// longer one only serves to exhaust the processor.
const maxDigits = 4096

// floatSyntax is compiled when the first float is read: most commands have none.
var floatSyntax = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+)?$`)
})

// ParseInteger reads a whole number of any size: decimal, 0x, 0b, 0o and
// leading-zero octal, "_" between digits, blanks around. The result is its
// plain decimal form. The second value is false when text is no integer.
func ParseInteger(text string) (json.Number, bool) {
	text = trim(text)
	if len(text) > maxDigits {
		return "", false
	}
	n, ok := new(big.Int).SetString(text, 0)
	if !ok {
		return "", false
	}
	return json.Number(n.String()), true
}

// ParseFloat reads a float: 1e3, .5 and 1_000.5, but not "1." nor the words
// NaN and Infinity. The second value is false when text is no float or one
// beyond the range of 64 bits.
func ParseFloat(text string) (json.Number, bool) {
	text = trim(text)
	if len(text) > maxDigits || !floatSyntax().MatchString(text) {
		return "", false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil {
		return "", false
	}
	return FormatFloat(f), true
}

// FormatFloat writes a finite float with the fewest digits that give it back,
// always with a decimal point; from 1e16 up and below 1e-4 with an exponent
// that has a sign, which YAML 1.1 needs to see a float.
func FormatFloat(f float64) json.Number {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if e, _ := strconv.Atoi(exponent); e >= -4 && e < 16 {
		return json.Number(withPoint(strconv.FormatFloat(f, 'f', -1, 64)))
	}
	return json.Number(withPoint(mantissa) + "e" + exponent)
}

func withPoint(digits string) string {
	if strings.Contains(digits, ".") {
		return digits
	}
	return digits + ".0"
}

func trim(text string) string { return strings.Trim(text, " \t\n\v\f\r") }
