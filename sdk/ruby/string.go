package ruby

import (
	"math/big"
	"strings"
	"unicode/utf8"
)

type stringTable = map[string]typed[*String]

func stringQueries() stringTable {
	length := func(c *call, s *String) any {
		c.m.spendBytes(len(s.text))
		return int64(characterCount(s.text))
	}
	anyArg := func(accept func(text, arg string) bool) func(c *call, s *String) any {
		return func(c *call, s *String) any {
			for i := range c.args {
				if accept(s.text, c.str(i)) {
					return true
				}
			}
			return false
		}
	}
	return stringTable{
		"length": {0, 0, length}, "size": {0, 0, length},
		"bytesize":    {0, 0, func(_ *call, s *String) any { return int64(len(s.text)) }},
		"empty?":      {0, 0, func(_ *call, s *String) any { return s.text == "" }},
		"include?":    {1, 1, func(c *call, s *String) any { return strings.Contains(s.text, c.str(0)) }},
		"start_with?": {0, -1, startsWith},
		"end_with?":   {0, -1, anyArg(strings.HasSuffix)},
		"casecmp": {1, 1, func(c *call, s *String) any {
			return int64(strings.Compare(strings.ToLower(s.text), strings.ToLower(c.str(0))))
		}},
		"casecmp?": {1, 1, func(c *call, s *String) any { return strings.EqualFold(s.text, c.str(0)) }},
		"ord": {0, 0, func(c *call, s *String) any {
			if s.text == "" {
				c.fail(argumentError, "empty string")
			}
			r, _ := utf8.DecodeRuneInString(s.text)
			return int64(r)
		}},
		"valid_encoding?": {0, 0, func(_ *call, s *String) any { return utf8.ValidString(s.text) }},
		"ascii_only?": {0, 0, func(_ *call, s *String) any {
			return strings.IndexFunc(s.text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		}},
		"count": {1, -1, func(c *call, s *String) any {
			n, counted := int64(0), c.selected()
			for _, r := range s.text {
				if counted(r) {
					n++
				}
			}
			return n
		}},
	}
}

// stringParts are the methods that take a String apart.
func stringParts() stringTable {
	substring := func(c *call, s *String) any {
		if from, to, ok := c.substring(s.text); ok {
			c.m.spendBytes(to - from)
			return newString(s.text[from:to])
		}
		return nil
	}
	return stringTable{
		"[]": {1, 2, substring}, "slice": {1, 2, substring},
		"[]=": {2, 3, setSubstring},
		"slice!": {1, 2, func(c *call, s *String) any {
			part := substring(c, s)
			if from, to, ok := c.substring(s.text); ok {
				s.text = s.text[:from] + s.text[to:]
			}
			return part
		}},
		"chars":      {0, 0, func(c *call, s *String) any { return c.parts(c.characters(s.text)) }},
		"each_char":  {0, 0, func(c *call, s *String) any { return c.parts(c.characters(s.text)) }},
		"lines":      {0, 0, func(c *call, s *String) any { return c.parts(c.lines(s.text)) }},
		"each_line":  {0, 0, func(c *call, s *String) any { return c.parts(c.lines(s.text)) }},
		"bytes":      {0, 0, bytesOf},
		"split":      {0, 2, func(c *call, s *String) any { return c.parts(c.split(s.text)) }},
		"partition":  {1, 1, partitionedText},
		"rpartition": {1, 1, partitionedFromEnd},
	}
}

// stringChanges are the methods that return a changed copy. Each has a twin
// with "!" that changes the String itself, see [stringEdits].
func stringChanges() stringTable {
	change := func(edit func(text string) string) typed[*String] {
		return typed[*String]{0, 0, func(c *call, s *String) any {
			c.m.spendBytes(len(s.text))
			return newString(edit(s.text))
		}}
	}
	substitute := func(all bool) func(c *call, s *String) any {
		return func(c *call, s *String) any { return newString(c.substituted(s.text, all)) }
	}
	return stringTable{
		"strip":  change(func(text string) string { return strings.TrimLeft(strings.TrimRight(text, blanks), blanks[1:]) }),
		"lstrip": change(func(text string) string { return strings.TrimLeft(text, blanks[1:]) }),
		"rstrip": change(func(text string) string { return strings.TrimRight(text, blanks) }),
		"upcase": change(strings.ToUpper), "downcase": change(strings.ToLower),
		"capitalize": change(capitalized), "swapcase": change(swapCase),
		"reverse": change(reversed), "chop": change(chop),
		"succ": change(successor), "next": change(successor),
		"scrub": change(func(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }),
		"chomp": {0, 1, func(c *call, s *String) any {
			if len(c.args) > 0 {
				return newString(strings.TrimSuffix(s.text, c.str(0)))
			}
			return newString(chomp(s.text))
		}},
		"delete_prefix": {1, 1, func(c *call, s *String) any { return newString(strings.TrimPrefix(s.text, c.str(0))) }},
		"delete_suffix": {1, 1, func(c *call, s *String) any { return newString(strings.TrimSuffix(s.text, c.str(0))) }},
		"sub":           {1, 2, substitute(false)}, "gsub": {1, 2, substitute(true)},
		"tr": {2, 2, func(c *call, s *String) any { return newString(c.translated(s.text, c.str(0), c.str(1))) }},
		"delete": {1, -1, func(c *call, s *String) any {
			drop := c.selected()
			return newString(strings.Map(func(r rune) rune {
				if drop(r) {
					return -1
				}
				return r
			}, s.text))
		}},
		"squeeze": {0, -1, func(c *call, s *String) any {
			last, squeezed := rune(-1), c.selected()
			return newString(strings.Map(func(r rune) rune {
				if r == last && squeezed(r) {
					return -1
				}
				last = r
				return r
			}, s.text))
		}},
	}
}

// stringEdits are the methods that change the String itself.
func stringEdits(changes stringTable) stringTable {
	appendTo := func(c *call, s *String) any {
		for i := range c.args {
			text, ok := textOf(c.args[i])
			if _, isCode := c.args[i].(int64); isCode && !ok {
				text = c.m.text(c.at, c.send(c.args[i], "chr", newString("UTF-8")))
			} else if !ok {
				text = c.str(i)
			}
			c.m.spendBytes(len(s.text) + len(text))
			s.text += text
		}
		return s
	}
	table := stringTable{
		"<<": {1, 1, appendTo}, "concat": {0, -1, appendTo},
		"replace": {1, 1, func(c *call, s *String) any {
			s.text = c.str(0)
			return s
		}},
		"prepend": {1, 1, func(c *call, s *String) any {
			c.m.spendBytes(len(s.text) + len(c.str(0)))
			s.text = c.str(0) + s.text
			return s
		}},
		"insert": {2, 2, inserted},
		"clear": {0, 0, func(_ *call, s *String) any {
			s.text = ""
			return s
		}},
	}
	for name, m := range changes {
		table[name+"!"] = typed[*String]{m.least, m.most, func(c *call, s *String) any {
			changed := m.run(c, s).(*String).text
			if changed == s.text {
				return nil
			}
			s.text = changed
			return s
		}}
	}
	return table
}

func stringConversions() stringTable {
	self := func(_ *call, s *String) any { return s }
	toSymbol := func(_ *call, s *String) any { return Symbol(s.text) }
	return stringTable{
		"+": {1, 1, func(c *call, s *String) any {
			if _, ok := c.args[0].(*String); !ok {
				c.fail(typeError, "no implicit conversion of %s into String", describe(c.args[0]))
			}
			c.m.spendBytes(len(s.text) + len(c.str(0)))
			return newString(s.text + c.str(0))
		}},
		"*":    {1, 1, timesText},
		"%":    {1, 1, filledIn},
		"to_s": {0, 0, self}, "to_str": {0, 0, self}, "+@": {0, 0, self}, "-@": {0, 0, self},
		"encode": {0, 3, self}, "force_encoding": {1, 1, self}, "unicode_normalize": {0, 1, self}, "b": {0, 0, self},
		"to_sym": {0, 0, toSymbol}, "intern": {0, 0, toSymbol},
		"to_i": {0, 1, func(c *call, s *String) any {
			base := c.int(0, 10)
			if base < 2 || base > 36 {
				c.fail(argumentError, "invalid radix %d", base)
			}
			return c.integerPrefix(s.text, base)
		}},
		"to_f": {0, 0, func(c *call, s *String) any {
			f, _ := floatPrefix(strings.TrimLeft(s.text, blanks))
			return f
		}},
		"hex": {0, 0, func(c *call, s *String) any {
			return c.integerPrefix(strings.TrimPrefix(strings.ToLower(s.text), "0x"), 16)
		}},
		"oct":    {0, 0, octal},
		"ljust":  {1, 2, func(c *call, s *String) any { return c.justified(s.text, 0, 1) }},
		"rjust":  {1, 2, func(c *call, s *String) any { return c.justified(s.text, 1, 1) }},
		"center": {1, 2, func(c *call, s *String) any { return c.justified(s.text, 1, 2) }},
	}
}

func isDecimal(text string) bool { return text != "" && text[0] >= '1' && text[0] <= '9' }

// justified pads to a width; part of whole of the padding stands in front.
func (c *call) justified(text string, part, whole int) any {
	pad := " "
	if len(c.args) > 1 {
		pad = c.str(1)
	}
	if pad == "" {
		c.fail(argumentError, "zero width padding")
	}
	missing := max(0, c.int(0, 0)-characterCount(text))
	c.m.spendProduct(len(pad), missing)
	before := missing * part / whole
	fill := func(count int) string {
		return firstCharacters(strings.Repeat(pad, count/characterCount(pad)+1), count)
	}
	return newString(fill(before) + text + fill(missing-before))
}

func inserted(c *call, s *String) any {
	at := c.int(0, 0)
	if at < 0 {
		at += characterCount(s.text) + 1
	}
	if at < 0 || at > characterCount(s.text) {
		c.fail("IndexError", "index %d out of string", c.int(0, 0))
	}
	split := offset(s.text, at)
	c.m.spendBytes(len(s.text) + len(c.str(1)))
	s.text = s.text[:split] + c.str(1) + s.text[split:]
	return s
}

func setSubstring(c *call, s *String) any {
	value := c.str(len(c.args) - 1)
	c.args = c.args[:len(c.args)-1]
	from, to, ok := c.substring(s.text)
	if !ok {
		c.fail("IndexError", "%s not matched", c.m.inspect(c.at, c.args[0]))
	}
	s.text = s.text[:from] + value + s.text[to:]
	c.m.spendBytes(len(s.text))
	return nil
}

func startsWith(c *call, s *String) any {
	for i, arg := range c.args {
		if re, ok := arg.(*Regexp); ok {
			if found := re.match(c.m, s.text, 0); found != nil && found.groups[0] == 0 {
				return true
			}
		} else if strings.HasPrefix(s.text, c.str(i)) {
			return true
		}
	}
	return false
}

func timesText(c *call, s *String) any {
	times := c.int(0, 0)
	if times < 0 {
		c.fail(argumentError, "negative argument")
	}
	c.m.spendProduct(len(s.text), times)
	if s.text == "" {
		return newString("")
	}
	return newString(strings.Repeat(s.text, times))
}

func filledIn(c *call, s *String) any {
	args := c.args
	if list, ok := c.args[0].(*Array); ok {
		args = list.items
	}
	return newString(c.format(s.text, args))
}

func octal(c *call, s *String) any {
	if n, ok := new(big.Int).SetString(s.text, 0); ok && len(s.text) <= maxDigits && !isDecimal(s.text) {
		return normalized(n)
	}
	return c.integerPrefix(s.text, 8)
}

func bytesOf(c *call, s *String) any {
	c.m.spend(len(s.text))
	list := &Array{make([]any, len(s.text))}
	for i := range len(s.text) {
		list.items[i] = int64(s.text[i])
	}
	return list
}

func partitionedText(c *call, s *String) any {
	if from, to, ok := c.substringOrPattern(s.text); ok {
		return textArray([]string{s.text[:from], s.text[from:to], s.text[to:]})
	}
	return textArray([]string{s.text, "", ""})
}

func partitionedFromEnd(c *call, s *String) any {
	if at := strings.LastIndex(s.text, c.str(0)); at >= 0 {
		return textArray([]string{s.text[:at], c.str(0), s.text[at+len(c.str(0)):]})
	}
	return textArray([]string{"", "", s.text})
}
