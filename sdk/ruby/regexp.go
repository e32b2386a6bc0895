package ruby

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// Regexp is a pattern: its source and flags as Ruby writes them.
type Regexp struct {
	source, flags string
	compiled      *regexp.Regexp
}

// compilePattern makes a pattern of its source and flags, or fails.
func compilePattern(at place, source, flags string) *Regexp {
	re, err := newRegexp(source, flags)
	if err != nil {
		kind := regexpError
		if strings.HasPrefix(err.Error(), "unsupported") {
			kind = notImplemented
		}
		at.failWith(kind, err)
	}
	return re
}

// importPattern takes over a pattern of Go; leading flags (?ms) are those of
// this package.
func importPattern(compiled *regexp.Regexp) *Regexp {
	shown := inspect.Text(compiled)
	end := strings.LastIndexByte(shown, '/')
	return &Regexp{source: shown[1:end], flags: shown[end+1:], compiled: compiled}
}

func (r *Regexp) inspect() string { return "/" + r.source + "/" + r.flags }

// literal is an expression that evaluates to the pattern.
func (r *Regexp) literal() string {
	var b strings.Builder
	for i := 0; i < len(r.source); i++ {
		switch {
		case r.source[i] == '\\' && i+1 < len(r.source):
			b.WriteString(r.source[i : i+2])
			i++
		case r.source[i] == '/', r.source[i] == '#' && strings.HasPrefix(r.source[i:], "#{"):
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteByte(r.source[i])
		}
	}
	return "/" + b.String() + "/" + r.flags
}

// text is to_s: (?m-ix:abc).
func (r *Regexp) text() string {
	off := ""
	for _, flag := range "mix" {
		if !strings.ContainsRune(r.flags, flag) {
			off += string(flag)
		}
	}
	if off != "" {
		off = "-" + off
	}
	return "(?" + r.flags + off + ":" + r.source + ")"
}

// MatchData is a match of a pattern in a text.
type MatchData struct {
	pattern *Regexp
	whole   string
	// text is the part that matches.
	text string
	// groups holds the byte offsets of the match and its groups; -1 for a group
	// that takes no part.
	groups []int
}

// match finds the first match at or after a byte offset; nil when there is none.
func (r *Regexp) match(m *machine, text string, from int) *MatchData {
	m.spendBytes(len(text) - from)
	groups := r.compiled.FindStringSubmatchIndex(text[from:])
	if groups == nil {
		return nil
	}
	for i := range groups {
		if groups[i] >= 0 {
			groups[i] += from
		}
	}
	return r.found(text, groups)
}

func (r *Regexp) found(text string, groups []int) *MatchData {
	return &MatchData{pattern: r, whole: text, text: text[groups[0]:groups[1]], groups: groups}
}

// matches finds all matches, or no more than limit when that is positive.
func (r *Regexp) matches(m *machine, text string, limit int) []*MatchData {
	m.spendBytes(len(text))
	groups := r.compiled.NumSubexp() + 1
	most := m.steps/groups + 1
	if limit > 0 {
		most = min(most, limit)
	}
	all := r.compiled.FindAllStringSubmatchIndex(text, most)
	m.spend(len(all) * groups)
	list := make([]*MatchData, len(all))
	for i, found := range all {
		list[i] = r.found(text, found)
	}
	return list
}

// split cuts the text at the matches; groups of the pattern become items too.
func (r *Regexp) split(m *machine, text string, limit int) []string {
	if text == "" || limit == 1 {
		return []string{text}
	}
	var list []string
	at := 0
	for _, found := range r.matches(m, text, 0) {
		if found.text == "" && (found.groups[0] == 0 || found.groups[0] == len(text)) {
			continue
		}
		list = append(list, text[at:found.groups[0]])
		for i := 1; i < len(found.groups)/2; i++ {
			if group, ok := textOf(found.group(i)); ok {
				list = append(list, group)
			}
		}
		at = found.groups[1]
		if limit > 0 && len(list) == limit-1 {
			break
		}
	}
	return append(list, text[at:])
}

// span returns the byte offsets of a group. The match may be nil.
func (d *MatchData) span(group int) (from, to int, ok bool) {
	if d == nil || group < 0 || group >= len(d.groups)/2 || d.groups[2*group] < 0 {
		return 0, 0, false
	}
	return d.groups[2*group], d.groups[2*group+1], true
}

// group returns the text of a group, or nil.
func (d *MatchData) group(i int) any {
	if from, to, ok := d.span(i); ok {
		return newString(d.whole[from:to])
	}
	return nil
}

// named returns the text of a named group; false when there is none of that name.
func (d *MatchData) named(name string) (value any, ok bool) {
	i := d.pattern.compiled.SubexpIndex(name)
	if i < 0 {
		return nil, false
	}
	return d.group(i), true
}

func (d *MatchData) captures() []any {
	list := []any{}
	for i := 1; i < len(d.groups)/2; i++ {
		list = append(list, d.group(i))
	}
	return list
}

// orNil makes a Ruby value of a match that may be nil.
func (d *MatchData) orNil() any {
	if d == nil {
		return nil
	}
	return d
}

func matchMethods() map[string]typed[*MatchData] {
	item := func(c *call, d *MatchData) any {
		name, ok := textOf(c.args[0])
		if !ok {
			i := c.int(0, 0)
			if i < 0 {
				i += len(d.groups) / 2
			}
			return d.group(i)
		}
		value, ok := d.named(name)
		if !ok {
			c.fail("IndexError", "undefined group name reference: %s", name)
		}
		return value
	}
	list := func(_ *call, d *MatchData) any { return &Array{append([]any{newString(d.text)}, d.captures()...)} }
	return map[string]typed[*MatchData]{
		"[]":       {1, 1, item},
		"captures": {0, 0, func(_ *call, d *MatchData) any { return &Array{d.captures()} }},
		"named_captures": {0, 0, func(c *call, d *MatchData) any {
			h := newHash()
			for i, name := range d.pattern.compiled.SubexpNames() {
				if name != "" {
					h.set(c.m, newString(name), d.group(i))
				}
			}
			return h
		}},
		"names": {0, 0, func(_ *call, d *MatchData) any {
			return textArray(slices.DeleteFunc(d.pattern.compiled.SubexpNames(), func(name string) bool { return name == "" }))
		}},
		"to_a":       {0, 0, list},
		"pre_match":  {0, 0, func(_ *call, d *MatchData) any { return newString(d.whole[:d.groups[0]]) }},
		"post_match": {0, 0, func(_ *call, d *MatchData) any { return newString(d.whole[d.groups[1]:]) }},
		"begin": {1, 1, func(c *call, d *MatchData) any {
			from, _, ok := d.span(c.int(0, 0))
			return either(ok, int64(characterCount(d.whole[:from])), nil)
		}},
		"end": {1, 1, func(c *call, d *MatchData) any {
			_, to, ok := d.span(c.int(0, 0))
			return either(ok, int64(characterCount(d.whole[:to])), nil)
		}},
	}
}

// matchIn matches a value that may be nil, and remembers the match.
func (c *call) matchIn(re *Regexp, v any) *MatchData {
	text, ok := textOf(v)
	c.m.match = nil
	if ok {
		c.m.match = re.match(c.m, text, 0)
	} else if v != nil {
		c.fail(typeError, "no implicit conversion of %s into String", describe(v))
	}
	return c.m.match
}

// position is the index of the character at which a match begins, or nil.
func (d *MatchData) position() any {
	if d == nil {
		return nil
	}
	return int64(characterCount(d.whole[:d.groups[0]]))
}

func patternMethods() map[string]typed[*Regexp] {
	return map[string]typed[*Regexp]{
		"match":   {1, 1, func(c *call, r *Regexp) any { return c.matchIn(r, c.args[0]).orNil() }},
		"match?":  {1, 1, func(c *call, r *Regexp) any { return c.quietly(func() any { return c.matchIn(r, c.args[0]) != nil }) }},
		"=~":      {1, 1, func(c *call, r *Regexp) any { return c.matchIn(r, c.args[0]).position() }},
		"source":  {0, 0, func(_ *call, r *Regexp) any { return newString(r.source) }},
		"names":   {0, 0, func(c *call, r *Regexp) any { return c.send(&MatchData{pattern: r}, "names") }},
		"options": {0, 0, func(_ *call, r *Regexp) any { return optionBits(r.flags) }},
	}
}

// quietly runs what does not count as the last match.
func (c *call) quietly(run func() any) any {
	before := c.m.match
	result := run()
	c.m.match = before
	return result
}

// The numbers of flags, as in Regexp::IGNORECASE.
const (
	ignoreCase = 1
	extended   = 2
	multiLine  = 4
)

func optionBits(flags string) int64 {
	bits := int64(0)
	for _, flag := range flags {
		switch flag {
		case 'i':
			bits |= ignoreCase
		case 'x':
			bits |= extended
		case 'm':
			bits |= multiLine
		}
	}
	return bits
}
