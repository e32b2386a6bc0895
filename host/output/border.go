package output

// rule is a horizontal line of a border.
type rule struct{ left, fill, cross, right string }

// border is what stands around and between the cells of a table.
type border struct {
	left, middle, right    string
	top, head, row, bottom rule
	headEnd                string // crossings of the head rule when no row follows it
	hasTop, hasBottom      bool
	hasLeft, hasRight      bool
	ascii                  bool // made of one horizontal, one vertical, one crossing
}

// borderNamed returns a border of spec/cli.md 6.5.
func borderNamed(name string) (border, bool) {
	switch name {
	case "ascii":
		return asciiBorder("-", "|", "+"), true
	case "markdown":
		b := asciiBorder("-", "|", "|")
		b.hasTop, b.hasBottom = false, false
		return b, true
	case "unicode":
		return unicodeBorder(), true
	case "unicode_round":
		b := unicodeBorder()
		b.top.left, b.top.right = "╭", "╮"
		b.bottom.left, b.bottom.right = "╰", "╯"
		return b, true
	case "unicode_thick_edge":
		b := unicodeBorder()
		b.left, b.right = "┃", "┃"
		b.top = rule{"┏", "━", "┯", "┓"}
		b.head.left, b.head.right = "┣", "┫"
		b.row.left, b.row.right = "┠", "┨"
		b.bottom = rule{"┗", "━", "┷", "┛"}
		return b, true
	}
	return border{}, false
}

func asciiBorder(x, y, i string) border {
	line := rule{i, x, i, i}
	return border{
		left: y, middle: y, right: y,
		top: line, head: line, row: line, bottom: line, headEnd: i,
		hasTop: true, hasBottom: true, hasLeft: true, hasRight: true,
		ascii: true,
	}
}

func unicodeBorder() border {
	return border{
		left: "│", middle: "│", right: "│",
		top:     rule{"┌", "─", "┬", "┐"},
		head:    rule{"╞", "═", "╪", "╡"},
		row:     rule{"├", "─", "┼", "┤"},
		bottom:  rule{"└", "─", "┴", "┘"},
		headEnd: "╧",
		hasTop:  true, hasBottom: true, hasLeft: true, hasRight: true,
	}
}

// setHorizontal replaces the horizontal character: of every rule in an ascii
// border, of the rules between rows in a Unicode one.
func (b *border) setHorizontal(x string) {
	b.row.fill = x
	if b.ascii {
		b.top.fill, b.head.fill, b.bottom.fill = x, x, x
	}
}

// setVertical replaces the vertical character; the edges of a Unicode border keep theirs.
func (b *border) setVertical(y string) {
	b.middle = y
	if b.ascii {
		b.left, b.right = y, y
	}
}

// setCrossing replaces the character where lines cross, in the same places as setHorizontal.
func (b *border) setCrossing(i string) {
	b.row.cross = i
	if b.ascii {
		b.headEnd = i
		for _, r := range []*rule{&b.top, &b.head, &b.row, &b.bottom} {
			r.left, r.cross, r.right = i, i, i
		}
	}
}
