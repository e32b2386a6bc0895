package ruby

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// directive is one %... of a format: flags, width, precision, letter.
type directive struct {
	flags            string
	width, precision int
	hasPrecision     bool
	// name is that of %<name>d or %{name}.
	name   string
	letter byte
}

// formatter fills a format with arguments.
type formatter struct {
	*call
	text string
	args []any
	used int
	out  strings.Builder
}

// format is sprintf.
func (c *call) format(text string, args []any) string {
	f := &formatter{call: c, text: text, args: args}
	for f.text != "" {
		before, rest, found := strings.Cut(f.text, "%")
		f.write(before)
		f.text = rest
		if found {
			f.directive()
		}
	}
	return f.out.String()
}

func (f *formatter) write(text string) {
	f.m.spendBytes(len(text))
	f.out.WriteString(text)
}

func (f *formatter) byte() byte {
	if f.text == "" {
		return 0
	}
	return f.text[0]
}

func (f *formatter) directive() {
	d := directive{flags: f.flags()}
	d.name = f.reference()
	d.flags += f.flags()
	if d.letter = '{'; d.name == "" || f.byte() != '}' {
		d.width = f.size(&d)
		if f.byte() == '.' {
			f.text = f.text[1:]
			d.hasPrecision, d.precision = true, f.size(&d)
		}
		d.letter = f.byte()
	}
	if f.text == "" {
		f.fail(argumentError, "incomplete format specifier; use %%%% (double %%) instead")
	}
	f.text = f.text[1:]
	f.m.spendProduct(1, d.width)
	f.m.spendProduct(1, d.precision)
	if d.letter == '%' {
		f.write("%")
		return
	}
	f.write(f.fill(d))
}

func (f *formatter) flags() string {
	rest := strings.TrimLeft(f.text, "-+ 0#")
	flags := f.text[:len(f.text)-len(rest)]
	f.text = rest
	return flags
}

// reference reads <name> or {name ; the latter leaves "}" to be read.
func (f *formatter) reference() string {
	closing := map[byte]string{'<': ">", '{': "}"}[f.byte()]
	if closing == "" {
		return ""
	}
	name, rest, found := strings.Cut(f.text[1:], closing)
	if !found || name == "" {
		f.fail(argumentError, "malformed name - unmatched parenthesis")
	}
	f.text = rest
	if closing == "}" {
		f.text = closing + rest
	}
	return name
}

// size reads a width or precision; "*" takes it from the arguments.
func (f *formatter) size(d *directive) int {
	if f.byte() == '*' {
		f.text = f.text[1:]
		n := f.index(f.next(directive{}))
		if n < 0 {
			d.flags += "-"
			n = -n
		}
		return n
	}
	end := 0
	for end < len(f.text) && isDigit(f.text[end]) {
		end++
	}
	if end == 0 {
		return 0
	}
	n, err := strconv.Atoi(f.text[:end])
	if err != nil {
		f.fail(argumentError, "width too big")
	}
	f.text = f.text[end:]
	return n
}

func (f *formatter) next(d directive) any {
	if d.name != "" {
		h, ok := (&call{m: f.m, at: f.at, args: f.args}).lastHash()
		if !ok {
			f.fail(argumentError, "one hash required")
		}
		v, ok := h.get(f.m, Symbol(d.name))
		if !ok {
			f.fail(keyError, "key<%s> not found", d.name)
		}
		return v
	}
	if f.used >= len(f.args) {
		f.fail(argumentError, "too few arguments")
	}
	f.used++
	return f.args[f.used-1]
}

func (c *call) lastHash() (*Hash, bool) {
	if len(c.args) == 0 {
		return nil, false
	}
	h, ok := c.args[len(c.args)-1].(*Hash)
	return h, ok
}

// fill writes one argument.
func (f *formatter) fill(d directive) string {
	switch d.letter {
	case 's', '{':
		return d.padded(d.cut(f.m.text(f.at, f.next(d))))
	case 'p':
		return d.padded(d.cut(f.m.inspect(f.at, f.next(d))))
	case 'c':
		return d.padded(f.character(f.next(d)))
	case 'd', 'i', 'u', 'x', 'X', 'o', 'b':
		return f.integer(d)
	case 'f', 'e', 'E', 'g', 'G':
		if d.letter|0x20 == 'g' && !d.hasPrecision {
			// Package fmt would write as many digits as there are.
			d.hasPrecision, d.precision = true, 6
		}
		convert := &call{m: f.m, at: f.at, args: []any{f.next(d)}}
		return fmt.Sprintf("%"+d.flags+f.sizes(d)+string(rune(d.letter)), convert.toFloat())
	}
	f.fail(argumentError, "malformed format string - %%%c", d.letter)
	return ""
}

func (f *formatter) character(v any) string {
	if i, ok := v.(int64); ok {
		return f.m.text(f.at, f.send(i, "chr", newString("UTF-8")))
	}
	return firstCharacter(f.m.text(f.at, v))
}

func (f *formatter) integer(d directive) string {
	v := f.next(d)
	if x, ok := v.(float64); ok {
		v = f.floorOf(x)
	}
	n := (&call{m: f.m, at: f.at, args: []any{v}}).toInteger()
	letter := d.letter
	if letter == 'i' || letter == 'u' {
		letter = 'd'
	}
	f.m.spendBytes(bigOf(n).BitLen())
	return fmt.Sprintf("%"+d.flags+f.sizes(d)+string(rune(letter)), new(big.Int).Set(bigOf(n)))
}

// sizes writes width and precision for package fmt, which bounds them.
func (f *formatter) sizes(d directive) string {
	const most = 1_000_000
	if d.width > most || d.precision > most {
		f.fail(argumentError, "width too big")
	}
	text := ""
	if d.width > 0 {
		text = strconv.Itoa(d.width)
	}
	if d.hasPrecision {
		text += "." + strconv.Itoa(d.precision)
	}
	return text
}

func (d directive) cut(text string) string {
	if !d.hasPrecision {
		return text
	}
	return firstCharacters(text, d.precision)
}

func (d directive) padded(text string) string {
	missing := max(0, d.width-characterCount(text))
	if strings.Contains(d.flags, "-") {
		return text + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + text
}
