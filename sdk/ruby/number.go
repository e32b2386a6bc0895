package ruby

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// number is a value that isNumber accepts.
type number = any

func numericMethods() map[string]typed[number] {
	operator := func(c *call, n number) any { return c.arithmetic(c.name, n, c.args[0]) }
	return map[string]typed[number]{
		"+": {1, 1, operator}, "-": {1, 1, operator}, "*": {1, 1, operator},
		"/": {1, 1, operator}, "%": {1, 1, operator}, "**": {1, 1, operator},
		"modulo": {1, 1, func(c *call, n number) any { return c.arithmetic("%", n, c.args[0]) }},
		"pow":    {1, 1, func(c *call, n number) any { return c.arithmetic("**", n, c.args[0]) }},
		"-@":     {0, 0, func(c *call, n number) any { return c.negative(n) }},
		"+@":     {0, 0, func(_ *call, n number) any { return n }},
		"abs": {0, 0, func(c *call, n number) any {
			if sign(n) < 0 {
				return c.negative(n)
			}
			return n
		}},
		"to_i": {0, 0, truncated}, "to_int": {0, 0, truncated}, "truncate": {0, 0, truncated},
		"to_f":      {0, 0, func(_ *call, n number) any { return floatOf(n) }},
		"zero?":     {0, 0, func(_ *call, n number) any { return sign(n) == 0 }},
		"nonzero?":  {0, 0, func(_ *call, n number) any { return either(sign(n) != 0, n, nil) }},
		"positive?": {0, 0, func(_ *call, n number) any { return sign(n) > 0 }},
		"negative?": {0, 0, func(_ *call, n number) any { return sign(n) < 0 }},
		"integer?":  {0, 0, func(_ *call, n number) any { return !isFloat(n) }},
		"fdiv":      {1, 1, func(c *call, n number) any { return c.arithmetic("/", floatOf(n), c.args[0]) }},
		"div":       {1, 1, func(c *call, n number) any { return c.floorOf(c.arithmetic("/", n, c.args[0])) }},
		"divmod": {1, 1, func(c *call, n number) any {
			quotient := c.floorOf(c.arithmetic("/", n, c.args[0]))
			return newArray(quotient, c.arithmetic("%", n, c.args[0]))
		}},
		"round": {0, 2, func(c *call, n number) any { return c.rounded(n, math.Round) }},
		"floor": {0, 1, func(c *call, n number) any { return c.rounded(n, math.Floor) }},
		"ceil":  {0, 1, func(c *call, n number) any { return c.rounded(n, math.Ceil) }},
	}
}

func isFloat(n number) bool {
	_, ok := n.(float64)
	return ok
}

func sign(n number) int {
	order, _ := compareNumbers(n, int64(0))
	return order
}

func either(condition bool, yes, no any) any {
	if condition {
		return yes
	}
	return no
}

func (c *call) negative(n number) any {
	if f, ok := n.(float64); ok {
		return -f
	}
	return c.arithmetic("-", int64(0), n)
}

func truncated(c *call, n number) any {
	if f, ok := n.(float64); ok {
		return c.integerOf(f)
	}
	return n
}

func (c *call) floorOf(n number) any {
	if f, ok := n.(float64); ok {
		return c.integerOf(math.Floor(f))
	}
	return n
}

// maxPlaces are the decimals beyond which a float has none.
const maxPlaces = 20

// rounded rounds to a number of decimals, by default none.
func (c *call) rounded(n number, round func(float64) float64) any {
	c.options(0)
	places := c.int(0, 0)
	f, ok := n.(float64)
	switch {
	case !ok && places >= 0:
		return n
	case !ok:
		return c.roundedInteger(n, -places, round)
	case places > maxPlaces:
		return f
	case places > 0:
		return roundedFloat(f, places, round)
	}
	whole := c.integerOf(round(f))
	if places < 0 {
		return c.roundedInteger(whole, -places, round)
	}
	return whole
}

func roundedFloat(f float64, places int, round func(float64) float64) float64 {
	scale := math.Pow10(places)
	scaled := f * scale
	if math.IsInf(scaled, 0) || math.Abs(scaled) >= maxExactFloat {
		return f
	}
	return round(scaled) / scale
}

// roundedInteger rounds to tens, hundreds and so on.
func (c *call) roundedInteger(n number, zeros int, round func(float64) float64) any {
	if zeros > maxPlaces {
		return int64(0)
	}
	scale := c.arithmetic("**", int64(10), int64(zeros))
	whole := c.arithmetic("/", n, scale)
	rest := c.arithmetic("%", n, scale)
	fraction := floatOf(rest) / floatOf(scale)
	if sign(n) < 0 {
		// Seen from zero, so that a half is rounded away from it.
		whole, fraction = c.arithmetic("+", whole, int64(1)), fraction-1
	}
	steps := c.integerOf(round(fraction))
	return c.arithmetic("*", c.arithmetic("+", whole, steps), scale)
}

func integerMethods() map[string]typed[number] {
	bits := func(operate func(r, a, b *big.Int) *big.Int) func(c *call, n number) any {
		return func(c *call, n number) any {
			b, ok := c.args[0].(int64)
			if !ok {
				if _, isBig := c.args[0].(*big.Int); !isBig {
					c.fail(typeError, "%s can't be coerced into Integer", describe(c.args[0]))
				}
				return normalized(operate(new(big.Int), bigOf(n), bigOf(c.args[0])))
			}
			return normalized(operate(new(big.Int), bigOf(n), big.NewInt(b)))
		}
	}
	even := func(n number) bool { return bigOf(n).Bit(0) == 0 }
	return map[string]typed[number]{
		"&": {1, 1, bits((*big.Int).And)}, "|": {1, 1, bits((*big.Int).Or)}, "^": {1, 1, bits((*big.Int).Xor)},
		"~":     {0, 0, func(_ *call, n number) any { return normalized(new(big.Int).Not(bigOf(n))) }},
		"<<":    {1, 1, func(c *call, n number) any { return c.shifted(n, c.int(0, 0)) }},
		">>":    {1, 1, func(c *call, n number) any { return c.shifted(n, -c.int(0, 0)) }},
		"[]":    {1, 1, func(c *call, n number) any { return int64(bigOf(n).Bit(max(0, c.int(0, 0)))) }},
		"even?": {0, 0, func(_ *call, n number) any { return even(n) }},
		"odd?":  {0, 0, func(_ *call, n number) any { return !even(n) }},
		"succ":  {0, 0, func(c *call, n number) any { return c.arithmetic("+", n, int64(1)) }},
		"next":  {0, 0, func(c *call, n number) any { return c.arithmetic("+", n, int64(1)) }},
		"pred":  {0, 0, func(c *call, n number) any { return c.arithmetic("-", n, int64(1)) }},
		"chr":   {0, 1, characterOf},
		"ord":   {0, 0, func(_ *call, n number) any { return n }},
		"to_s":  {0, 1, integerText}, "inspect": {0, 1, integerText},
		"digits": {0, 0, digits},
		"times":  {0, 0, times},
		"upto":   {1, 1, func(c *call, n number) any { return c.count(n, c.args[0], int64(1)) }},
		"downto": {1, 1, func(c *call, n number) any { return c.count(n, c.args[0], int64(-1)) }},
		"step":   {1, 2, func(c *call, n number) any { return c.count(n, c.args[0], either(len(c.args) > 1, c.arg(1), int64(1))) }},
		"gcd": {1, 1, func(c *call, n number) any {
			other := bigOf(int64(c.int(0, 0)))
			return normalized(new(big.Int).GCD(nil, nil, new(big.Int).Abs(bigOf(n)), other.Abs(other)))
		}},
	}
}

func (c *call) shifted(n number, by int) any {
	switch {
	case by > maxBits:
		c.tooBig()
	case by < 0:
		return normalized(new(big.Int).Rsh(bigOf(n), uint(min(-by, maxBits))))
	}
	c.m.spend(by / 8)
	return c.bounded(new(big.Int).Lsh(bigOf(n), uint(by)))
}

func characterOf(c *call, n number) any {
	code, ok := n.(int64)
	if !ok || code < 0 || code > 0x10FFFF {
		c.fail(rangeError, "%s out of char range", c.m.inspect(c.at, n))
	}
	if len(c.args) == 0 && code < 0x100 {
		return newString(string([]byte{byte(code)}))
	}
	return newString(string(rune(code)))
}

func integerText(c *call, n number) any {
	base := c.int(0, 10)
	if base < 2 || base > 36 {
		c.fail(argumentError, "invalid radix %d", base)
	}
	c.m.spendBytes(bigOf(n).BitLen())
	return newString(bigOf(n).Text(base))
}

func digits(c *call, n number) any {
	if sign(n) < 0 {
		c.fail("Math::DomainError", "out of domain")
	}
	text := c.m.inspect(c.at, n)
	list := &Array{}
	for i := len(text) - 1; i >= 0; i-- {
		list.items = append(list.items, int64(text[i]-'0'))
	}
	return list
}

// times calls the block with 0 to n-1; without a block it is that list.
func times(c *call, n number) any {
	return c.count(int64(0), c.arithmetic("-", n, int64(1)), int64(1))
}

// count calls the block with the numbers from one to another; without a block
// it returns their list.
func (c *call) count(from, to, step any) any {
	if !isNumber(from) || !isNumber(to) || !isNumber(step) || sign(step) == 0 {
		c.fail(argumentError, "%s takes numbers, and steps other than 0", c.name)
	}
	list := &Array{}
	for n := from; ; n = c.arithmetic("+", n, step) {
		order, ok := compareNumbers(n, to)
		if !ok || order != 0 && order == sign(step) {
			break
		}
		c.m.spend(1)
		if c.block == nil {
			list.items = append(list.items, n)
		} else {
			c.yield(n)
		}
	}
	if c.block == nil {
		return list
	}
	return c.self
}

func floatMethods() map[string]typed[float64] {
	return map[string]typed[float64]{
		"nan?":      {0, 0, func(_ *call, f float64) any { return math.IsNaN(f) }},
		"infinite?": {0, 0, func(_ *call, f float64) any { return either(math.IsInf(f, 0), either(f > 0, int64(1), int64(-1)), nil) }},
		"finite?":   {0, 0, func(_ *call, f float64) any { return !math.IsInf(f, 0) && !math.IsNaN(f) }},
	}
}

// integerPrefix reads the integer with which text begins, as to_i does; 0 when
// there is none.
func (c *call) integerPrefix(text string, base int) any {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	end := 0
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		end = 1
	}
	for end < len(text) && (digitIn(text[end], base) || text[end] == '_' && end > 0 && digitIn(text[end-1], base)) {
		end++
	}
	digits := strings.ReplaceAll(text[:end], "_", "")
	if len(digits) > maxDigits {
		c.fail(rangeError, "a number of more than %d digits", maxDigits)
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return int64(0)
	}
	return normalized(n)
}

func digitIn(c byte, base int) bool {
	n, err := strconv.ParseUint(string(rune(c)), 36, 8)
	return err == nil && int(n) < base
}
