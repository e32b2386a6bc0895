package ruby

import "strings"

// parts is a list of texts, or with a block the calls of it.
func (c *call) parts(texts []string) any {
	c.m.spend(len(texts))
	list := textArray(texts)
	if c.block == nil {
		return list
	}
	for _, item := range list.items {
		c.yield(item)
	}
	return c.self
}

func (c *call) substringOrPattern(text string) (from, to int, ok bool) {
	if re, isPattern := c.args[0].(*Regexp); isPattern {
		c.m.match = re.match(c.m, text, 0)
		return c.m.match.span(0)
	}
	from = strings.Index(text, c.str(0))
	return from, from + len(c.str(0)), from >= 0
}

// lines returns the lines with their newlines.
func (c *call) lines(text string) []string {
	c.m.spend(strings.Count(text, "\n"))
	list := strings.SplitAfter(text, "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// split cuts at a separator, at a pattern, or at blanks.
func (c *call) split(text string) []string {
	limit := c.int(1, 0)
	if separator, ok := textOf(c.arg(0)); ok {
		c.m.spend(strings.Count(text, separator))
	}
	var list []string
	switch separator := c.arg(0).(type) {
	case nil:
		list = c.splitAtBlanks(text, limit)
	case *Regexp:
		list = separator.split(c.m, text, limit)
	default:
		switch {
		case text == "":
		case c.str(0) == " ":
			list = c.splitAtBlanks(text, limit)
		case limit > 0:
			list = strings.SplitN(text, c.str(0), limit)
		default:
			list = strings.Split(text, c.str(0))
		}
	}
	for limit == 0 && len(list) > 0 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

func (c *call) splitAtBlanks(text string, limit int) []string {
	if limit <= 0 {
		c.m.spendBytes(len(text) * bytesPerStep / 2)
		return strings.Fields(text)
	}
	var list []string
	for text = strings.TrimLeft(text, blanks); len(list) < limit-1 && text != ""; {
		end := strings.IndexAny(text, blanks)
		if end < 0 {
			break
		}
		list = append(list, text[:end])
		text = strings.TrimLeft(text[end:], blanks)
	}
	return append(list, text)
}
