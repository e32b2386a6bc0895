package ruby

import (
	"encoding/json"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// imported converts what package record holds, a time or a pattern.
func (m *machine) imported(v any) any {
	switch v := v.(type) {
	case nil, bool:
		return v
	case string:
		return newString(v)
	case json.Number:
		return importNumber(v.String())
	case *record.Object:
		if v == nil {
			return nil
		}
		return &Hash{source: v}
	case []any:
		m.enter()
		defer m.leave()
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = m.imported(item)
		}
		return &Array{items}
	case time.Time:
		return Time{v}
	case *regexp.Regexp:
		return importPattern(v)
	}
	return m.imported(record.Of(v))
}

// importNumber reads the text of a JSON number.
func importNumber(text string) any {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	if len(text) <= maxDigits && !strings.ContainsAny(text, ".eE") {
		if n, ok := new(big.Int).SetString(text, 10); ok {
			return normalized(n)
		}
	}
	// Beyond the range of 64 bits it is an infinity, as in Ruby.
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// export converts a result to what package record holds, a pattern or a Proc.
func (m *machine) export(v any) any {
	switch v := v.(type) {
	case *Regexp:
		return v.compiled
	case *closure:
		return &Proc{closure: v, world: m.world, lock: m.lock}
	}
	return m.exportInner(place{}, v)
}

// exportInner converts a value to what package record holds.
func (m *machine) exportInner(at place, v any) any {
	m.enter()
	defer m.leave()
	switch v := v.(type) {
	case nil, bool:
		return v
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			at.fail("FloatDomainError", "%s has no form in JSON", formatFloat(v))
		}
		return json.Number(formatFloat(v))
	case *big.Int:
		return json.Number(m.inspect(at, v))
	case *Array:
		list := make([]any, len(v.items))
		for i, item := range v.items {
			list[i] = m.exportInner(at, item)
		}
		return list
	case *Hash:
		o := record.New()
		for _, e := range v.all(m) {
			o.Set(m.keyText(at, e.key), m.exportInner(at, e.value))
		}
		return o
	case *closure:
		at.fail(typeError, "a Proc cannot stand inside a Hash or an Array of the result")
	}
	return m.text(at, v)
}

// keyText is the text of a key of a Hash.
func (m *machine) keyText(at place, key any) string {
	if text, ok := textOf(key); ok {
		return text
	}
	return m.inspect(at, key)
}
