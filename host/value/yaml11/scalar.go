package yaml11

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/host/value/number"
)

// The types of a plain scalar (spec/cli.md 4.2, `@yaml:`). The grammar is that
// of the original's YAML library, which differs from http://yaml.org/type in
// places: commas group digits, an exponent needs a sign, y and n are texts.
type syntax struct {
	timestamp, date, infinite                              *regexp.Regexp
	baseTwo, baseEight, baseTen, baseHex, baseSixty, float *regexp.Regexp
}

// scalars is compiled when the first scalar is read that may be other than a text.
var scalars = sync.OnceValue(func() *syntax {
	return &syntax{
		timestamp: regexp.MustCompile(
			`^-?\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:\s*(?:Z|[-+]\d{1,2}:?(?:\d\d)?))?$`),
		date:      regexp.MustCompile(`^\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)$`),
		infinite:  regexp.MustCompile(`^(?i:\+?\.inf|-\.inf|\.nan)$`),
		baseTwo:   regexp.MustCompile(`^[-+]?0b[01_,]+$`),
		baseEight: regexp.MustCompile(`^[-+]?0[0-7_,]+$`),
		baseTen:   regexp.MustCompile(`^[-+]?(?:0|[1-9](?:[0-9]|[,_][0-9])*)$`),
		baseHex:   regexp.MustCompile(`^[-+]?0x[0-9a-fA-F_,]+$`),
		baseSixty: regexp.MustCompile(`^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(?:\.[0-9_]*)?$`),
		float:     regexp.MustCompile(`^[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][-+][0-9]+)?$`),
	}
})

func (s *syntax) isInteger(text string) bool {
	return s.baseTwo.MatchString(text) || s.baseEight.MatchString(text) ||
		s.baseTen.MatchString(text) || s.baseHex.MatchString(text)
}

// otherThanText are the bytes with which numbers, times and symbols begin.
const otherThanText = "0123456789+-.:"

// maxDigits bounds the text of a number, see [number.ParseInteger].
const maxDigits = 4096

// resolve gives the value of a plain scalar: nil, bool, json.Number or string.
// The error names a type that a record cannot hold.
func resolve(text string) (any, error) {
	if v, ok := resolveWord(text); ok {
		return v, nil
	}
	switch {
	case len(text) > maxDigits || strings.Contains(text, "\n"):
		return text, nil
	case strings.IndexByte(otherThanText, text[0]) < 0:
		return text, nil
	case scalars().timestamp.MatchString(text):
		return nil, errors.New("Time")
	case scalars().date.MatchString(text):
		return nil, errors.New("Date")
	case scalars().infinite.MatchString(text):
		return nil, fmt.Errorf("%s, a Float without JSON form", text)
	case isSymbol(text):
		return symbolName(text), nil
	case scalars().baseSixty.MatchString(text):
		return resolveSixty(text), nil
	}
	if n, ok := resolveNumber(text); ok {
		return n, nil
	}
	return text, nil
}

func resolveWord(text string) (value any, ok bool) {
	switch strings.ToLower(text) {
	case "", "~", "null":
		return nil, true
	case "yes", "true", "on":
		return true, true
	case "no", "false", "off":
		return false, true
	}
	return nil, false
}

func isSymbol(text string) bool { return len(text) > 1 && text[0] == ':' }

// symbolName is the name of a symbol such as :abc or :"a b". A symbol is a
// string in results and options (spec/cli.md 4.6).
func symbolName(text string) string {
	name := text[1:]
	if n := len(name); n > 1 && (name[0] == '"' || name[0] == '\'') && name[n-1] == name[0] {
		return name[1 : n-1]
	}
	return name
}

// resolveSixty reads hours:minutes[:seconds]. The first number counts 3600
// even when there are no seconds: so does the original.
func resolveSixty(text string) json.Number {
	parts := strings.Split(strings.ReplaceAll(text, "_", ""), ":")
	if !strings.Contains(text, ".") {
		sum := new(big.Int)
		for i, weight := range []int64{3600, 60, 1}[:len(parts)] {
			n, _ := new(big.Int).SetString(parts[i], 10)
			sum.Add(sum, n.Mul(n, big.NewInt(weight)))
		}
		return json.Number(sum.String())
	}
	sum := 0.0
	for i, weight := range []float64{3600, 60, 1}[:len(parts)] {
		n, _ := strconv.ParseFloat(parts[i], 64)
		sum += n * weight
	}
	return number.FormatFloat(sum)
}

func resolveNumber(text string) (json.Number, bool) {
	digits := strings.NewReplacer(",", "", "_", "").Replace(text)
	switch {
	case scalars().float.MatchString(text):
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil || math.IsInf(f, 0) {
			return "", false
		}
		return number.FormatFloat(f), true
	case scalars().isInteger(text):
		return number.ParseInteger(digits)
	}
	return "", false
}
