package ruby

import (
	"regexp"
	"strings"
)

// pattern makes a pattern of an argument: a Regexp, or text taken literally.
func (c *call) pattern(i int, literal bool) *Regexp {
	if re, ok := c.args[i].(*Regexp); ok {
		return re
	}
	source := c.str(i)
	if literal {
		source = regexp.QuoteMeta(source)
	}
	c.m.spend(len(source))
	return compilePattern(c.at, source, "")
}

func stringSearches() stringTable {
	match := func(c *call, s *String) *MatchData { return c.matchIn(c.pattern(0, false), s) }
	return stringTable{
		"match":  {1, 1, func(c *call, s *String) any { return match(c, s).orNil() }},
		"match?": {1, 1, func(c *call, s *String) any { return c.quietly(func() any { return match(c, s) != nil }) }},
		"=~":     {1, 1, func(c *call, s *String) any { return match(c, s).position() }},
		"scan":   {1, 1, scan},
		"index": {1, 2, func(c *call, s *String) any {
			start, _, ok := bounds(c.int(1, 0), 0, characterCount(s.text))
			if !ok {
				return nil
			}
			return c.pattern(0, true).match(c.m, s.text, offset(s.text, start)).position()
		}},
		"rindex": {1, 1, func(c *call, s *String) any {
			all := c.pattern(0, true).matches(c.m, s.text, 0)
			if len(all) == 0 {
				return nil
			}
			return all[len(all)-1].position()
		}},
	}
}

func scan(c *call, s *String) any {
	list := &Array{}
	for _, found := range c.pattern(0, true).matches(c.m, s.text, 0) {
		c.m.match = found
		var item any = newString(found.text)
		if len(found.groups) > 2 {
			item = &Array{found.captures()}
		}
		list.items = append(list.items, item)
		if c.block != nil {
			c.yield(item)
		}
	}
	return either(c.block == nil, list, s)
}

// substituted is sub and gsub: with a text, a Hash or a block.
func (c *call) substituted(text string, all bool) string {
	if len(c.args) < 2 && c.block == nil {
		c.fail(argumentError, "wrong number of arguments (given 1, expected 2)")
	}
	var b strings.Builder
	at := 0
	for _, found := range c.pattern(0, true).matches(c.m, text, map[bool]int{false: 1}[all]) {
		c.m.match = found
		replacement := c.replacement(found)
		c.m.spendBytes(len(replacement) + found.groups[0] - at)
		b.WriteString(text[at:found.groups[0]])
		b.WriteString(replacement)
		at = found.groups[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

func (c *call) replacement(found *MatchData) string {
	if len(c.args) < 2 {
		return c.m.text(c.at, c.yield(newString(found.text)))
	}
	if h, ok := c.args[1].(*Hash); ok {
		value, _ := h.get(c.m, newString(found.text))
		return c.m.text(c.at, value)
	}
	return c.expanded(c.str(1), found)
}

// expanded replaces \0 to \9, \& and \k<name> by groups of a match.
func (c *call) expanded(template string, found *MatchData) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(template, `\`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		template = after
		if after == "" {
			b.WriteByte('\\')
			return b.String()
		}
		size := 1
		switch letter := after[0]; {
		case isDigit(letter):
			b.WriteString(c.m.text(c.at, found.group(int(letter-'0'))))
		case letter == '&':
			b.WriteString(found.text)
		case letter == '\\':
			b.WriteByte('\\')
		case letter == 'k' && strings.HasPrefix(after, "k<") && strings.Contains(after, ">"):
			name, _, _ := strings.Cut(after[2:], ">")
			value, _ := found.named(name)
			b.WriteString(c.m.text(c.at, value))
			size = len("k<>") + len(name)
		default:
			b.WriteByte('\\')
			b.WriteByte(letter)
		}
		template = template[size:]
		c.m.spendBytes(b.Len())
	}
}

// regexpFunctions are those of Regexp.
func regexpFunctions() map[string]method {
	quote := method{1, 1, func(c *call) any { return newString(regexp.QuoteMeta(c.str(0))) }}
	return map[string]method{
		"escape": quote, "quote": quote,
		"new": {1, 2, func(c *call) any {
			if re, ok := c.args[0].(*Regexp); ok {
				return re
			}
			c.m.spend(len(c.str(0)))
			return compilePattern(c.at, c.str(0), c.flags())
		}},
		"union": {0, -1, func(c *call) any {
			args := c.args
			if len(args) == 1 {
				args = c.m.list(c.at, args[0])
			}
			sources := make([]string, len(args))
			for i, arg := range args {
				if re, ok := arg.(*Regexp); ok {
					sources[i] = re.text()
				} else {
					sources[i] = regexp.QuoteMeta(c.m.text(c.at, arg))
				}
			}
			return compilePattern(c.at, strings.Join(sources, "|"), "")
		}},
	}
}

// flags reads the second argument of Regexp.new: numbers, letters or true.
func (c *call) flags() string {
	switch v := c.arg(1).(type) {
	case int64:
		text := ""
		for bit, letter := range map[int64]string{ignoreCase: "i", extended: "x", multiLine: "m"} {
			if v&bit != 0 {
				text += letter
			}
		}
		return text
	case *String:
		return v.text
	case nil, bool:
		return map[bool]string{true: "i"}[truth(v)]
	}
	return ""
}
