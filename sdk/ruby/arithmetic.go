package ruby

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
)

const (
	// maxBits bounds integers.
	maxBits = 1 << 17
	// maxExactFloat is the float up to which floats hold all integers.
	maxExactFloat = 1 << 53
)

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64, *big.Int:
		return true
	}
	return false
}

// normalized gives an integer its smallest form.
func normalized(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// bigOf returns an integer as a big one.
func bigOf(v any) *big.Int {
	if i, ok := v.(int64); ok {
		return big.NewInt(i)
	}
	return v.(*big.Int)
}

// floatOf returns a number as a float.
func floatOf(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	}
	return v.(float64)
}

// compareNumbers compares exactly, integers with floats too.
func compareNumbers(a, b any) (order int, ok bool) {
	if !isNumber(b) {
		return 0, false
	}
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y), true
		}
	}
	x, y := floatOf(a), floatOf(b)
	if math.IsNaN(x) || math.IsNaN(y) {
		return 0, false
	}
	if math.IsInf(x, 0) || math.IsInf(y, 0) {
		return cmp.Compare(x, y), true
	}
	return exact(a).Cmp(exact(b)), true
}

func exact(v any) *big.Rat {
	if f, ok := v.(float64); ok {
		return new(big.Rat).SetFloat64(f)
	}
	return new(big.Rat).SetInt(bigOf(v))
}

// arithmetic evaluates an operator on two numbers.
func (c *call) arithmetic(operator string, a, b any) any {
	if !isNumber(b) {
		c.fail(typeError, "%s can't be coerced into %s", describe(b), className(a))
	}
	_, aFloat := a.(float64)
	_, bFloat := b.(float64)
	if aFloat || bFloat {
		return floatArithmetic(operator, floatOf(a), floatOf(b))
	}
	if (operator == "/" || operator == "%") && bigOf(b).Sign() == 0 {
		c.fail("ZeroDivisionError", "divided by 0")
	}
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			if result, ok := intArithmetic(operator, x, y); ok {
				return result
			}
		}
	}
	return c.bigArithmetic(operator, bigOf(a), bigOf(b))
}

func floatArithmetic(operator string, a, b float64) any {
	switch operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "%":
		return floatModulo(a, b)
	}
	return math.Pow(a, b)
}

// floatModulo has the sign of b.
func floatModulo(a, b float64) float64 {
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// intArithmetic returns false when the result is no int64, and for "**".
func intArithmetic(operator string, a, b int64) (result int64, ok bool) {
	switch operator {
	case "+":
		r := a + b
		return r, (a^r)&(b^r) >= 0
	case "-":
		r := a - b
		return r, (a^b)&(a^r) >= 0
	case "*":
		const half = 1 << 31
		return a * b, a > -half && a < half && b > -half && b < half
	case "/":
		q := a / b
		if a%b != 0 && (a < 0) != (b < 0) {
			q--
		}
		return q, b != -1
	case "%":
		r := a % b
		if r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		return r, true
	}
	return 0, false
}

func (c *call) bigArithmetic(operator string, a, b *big.Int) any {
	c.m.spend((a.BitLen() + b.BitLen()) / 8)
	r := new(big.Int)
	switch operator {
	case "+":
		r.Add(a, b)
	case "-":
		r.Sub(a, b)
	case "*":
		r.Mul(a, b)
	case "/", "%":
		quotient, rest := floored(a, b)
		if operator == "%" {
			return normalized(rest)
		}
		return normalized(quotient)
	default:
		return c.power(a, b)
	}
	return c.bounded(r)
}

// floored divides towards negative infinity.
func floored(a, b *big.Int) (quotient, rest *big.Int) {
	quotient, rest = new(big.Int).QuoRem(a, b, new(big.Int))
	if rest.Sign() != 0 && (rest.Sign() < 0) != (b.Sign() < 0) {
		quotient.Sub(quotient, big.NewInt(1))
		rest.Add(rest, b)
	}
	return quotient, rest
}

// power is "**". A negative exponent gives a Float (Ruby: a Rational).
func (c *call) power(a, b *big.Int) any {
	if b.Sign() < 0 {
		return math.Pow(floatOf(a), floatOf(b))
	}
	if a.BitLen() > 1 && (!b.IsInt64() || b.Int64() > maxBits) {
		c.tooBig()
	}
	if a.BitLen() <= 1 && b.BitLen() > 1 {
		// 0, 1 and -1: of the exponent only its parity counts.
		b = new(big.Int).Add(big.NewInt(2), new(big.Int).And(b, big.NewInt(1)))
	}
	bits := a.BitLen() * int(b.Int64())
	if bits > maxBits {
		c.tooBig()
	}
	c.m.spend(bits / 8)
	return normalized(new(big.Int).Exp(a, b, nil))
}

func (c *call) tooBig() { c.fail(rangeError, "an integer of more than %d bits", maxBits) }

func (c *call) bounded(n *big.Int) any {
	if n.BitLen() > maxBits {
		c.tooBig()
	}
	return normalized(n)
}

// integerOf converts a float to an integer, towards zero.
func (c *call) integerOf(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		c.fail("FloatDomainError", "%s", formatFloat(f))
	}
	if math.Abs(f) < maxExactFloat {
		return int64(f)
	}
	n, _ := big.NewFloat(f).Int(nil)
	return normalized(n)
}

// formatFloat is to_s of a Float: 1.0, 1.0e+20, Infinity.
func formatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if e, err := strconv.Atoi(exponent); err == nil && e >= -4 && e < 16 {
		return withPoint(strconv.FormatFloat(f, 'f', -1, 64))
	}
	return withPoint(mantissa) + "e" + exponent
}

func withPoint(digits string) string {
	if strings.Contains(digits, ".") {
		return digits
	}
	return digits + ".0"
}
