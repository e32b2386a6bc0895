package ruby

func symbolMethods() map[string]typed[Symbol] {
	text := func(_ *call, s Symbol) any { return newString(string(s)) }
	self := func(_ *call, s Symbol) any { return s }
	asString := func(c *call, s Symbol) any {
		result := c.m.send(c.at, newString(string(s)), c.name, c.args, c.block)
		if changed, ok := result.(*String); ok && c.name != "[]" {
			return Symbol(changed.text)
		}
		return result
	}
	return map[string]typed[Symbol]{
		"to_s": {0, 0, text}, "name": {0, 0, text}, "id2name": {0, 0, text},
		"to_sym":  {0, 0, self},
		"to_proc": {0, 0, func(_ *call, s Symbol) any { return symbolBlock(s) }},
		"length":  {0, 0, asString}, "size": {0, 0, asString}, "empty?": {0, 0, asString}, "[]": {1, 2, asString},
		"upcase": {0, 0, asString}, "downcase": {0, 0, asString}, "capitalize": {0, 0, asString}, "swapcase": {0, 0, asString},
		"succ": {0, 0, asString}, "start_with?": {0, -1, asString}, "end_with?": {0, -1, asString},
		"match?": {1, 1, asString}, "=~": {1, 1, asString},
	}
}

func inspectSymbol(s Symbol) string {
	if isPlainSymbol(string(s)) {
		return ":" + string(s)
	}
	return ":" + inspectText(string(s))
}

// isPlainSymbol tells whether a symbol needs no quotes.
func isPlainSymbol(text string) bool {
	if text == "" {
		return false
	}
	l := &lexer{source: ":" + text}
	t := token{}
	return l.symbol(&t) && l.at == len(l.source) && t.kind == symbol
}
