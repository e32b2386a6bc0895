package output

import (
	"bufio"
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/ascli-go/ascli/sdk/failure"
)

// tableLayout draws tables. It is its own writer and not go-pretty's, because
// go-pretty has one edge for all rules (a Unicode head rule is ╞═╪═╡, a row rule
// ├─┼─┤), draws all borders or none, and cannot leave out a row of empty cells
// as the original does.
type tableLayout struct {
	border                    border
	paddingLeft, paddingRight int
	margin                    string
	width                     int // total, 0 = as wide as the cells need
	align                     alignment
	separators                bool // a rule between rows
}

type alignment int

const (
	alignLeft alignment = iota
	alignCenter
	alignRight
)

func (l *tableLayout) setAlignment(value string) error {
	switch strings.TrimPrefix(value, ":") {
	case "left":
		l.align = alignLeft
	case "center":
		l.align = alignCenter
	case "right":
		l.align = alignRight
	default:
		return failure.Argumentf("Invalid alignment for option table_style: %s, use left, center, right", value)
	}
	return nil
}

// cell is a text in a table, of one or several lines.
type cell struct {
	text string
	dim  bool
}

// table is what to draw: count rows of cells under headings. cell is called
// for each cell twice, first to measure.
type table struct {
	heads []string
	count int
	cell  func(row, column int) cell
}

// draw writes a table.
func (l tableLayout) draw(w *bufio.Writer, t table) error {
	widths, err := l.fit(t.measure())
	if err != nil {
		return err
	}
	d := drawing{tableLayout: l, w: w, widths: widths, rest: make([]string, len(widths))}
	if l.border.hasTop {
		d.rule(l.border.top)
	}
	cells := make([]cell, len(t.heads))
	for i, head := range t.heads {
		cells[i] = cell{text: head}
	}
	d.row(cells)
	if t.count == 0 {
		d.closeEmpty()
		return nil
	}
	d.rule(l.border.head)
	for r := range t.count {
		if r > 0 && l.separators {
			d.rule(l.border.row)
		}
		for c := range cells {
			cells[c] = t.cell(r, c)
		}
		d.row(cells)
	}
	if l.border.hasBottom {
		d.rule(l.border.bottom)
	}
	return nil
}

// measure returns the widths of the columns, in display cells.
func (t table) measure() []int {
	widths := make([]int, len(t.heads))
	for c, head := range t.heads {
		widths[c] = blockWidth(head)
	}
	for r := range t.count {
		for c := range widths {
			widths[c] = max(widths[c], blockWidth(t.cell(r, c).text))
		}
	}
	return widths
}

// fit enlarges the columns to the wanted total width the way the original does:
// each column in turn gets an even share of what is left, or what it needs if
// that is more, or, when those to its right need more than their share, the rest.
func (l tableLayout) fit(widths []int) ([]int, error) {
	if l.width == 0 || len(widths) == 0 {
		return widths, nil
	}
	border := displayWidth(l.border.middle)
	spacing := l.paddingLeft + l.paddingRight + border
	needed := -spacing
	for _, w := range widths {
		needed += w + spacing
	}
	full := l.width - spacing - border
	if full < needed {
		return nil, tooWide(l.width)
	}
	fitted := make([]int, len(widths))
	for i, own := range widths {
		columns := len(widths) - i
		if columns == 1 {
			fitted[i] = full
			break
		}
		needed -= own + spacing
		shared := full - (columns-1)*spacing
		share := shared / columns
		if shared%columns > 0 {
			share++
		}
		switch {
		case own > share:
			fitted[i] = own
		case needed > full-spacing-share:
			fitted[i] = full - spacing - needed
		default:
			fitted[i] = share
		}
		full -= fitted[i] + spacing
	}
	return fitted, nil
}

// tooWide is the original's answer when a table does not fit the wanted width.
func tooWide(width int) error {
	return failure.Otherf("RuntimeError", "Table width exceeds wanted width of %d characters.", width)
}

// drawing is a table being written.
type drawing struct {
	tableLayout
	w      *bufio.Writer
	widths []int
	line   []byte
	rest   []string
}

func (d *drawing) rule(r rule) {
	d.begin()
	if d.border.hasLeft {
		d.line = append(d.line, r.left...)
	}
	for i, width := range d.widths {
		if i > 0 {
			d.line = append(d.line, r.cross...)
		}
		for range width + d.paddingLeft + d.paddingRight {
			d.line = append(d.line, r.fill...)
		}
	}
	if d.border.hasRight {
		d.line = append(d.line, r.right...)
	}
	d.end()
}

// closeEmpty ends a table without rows, with the crossings of the original.
func (d *drawing) closeEmpty() {
	head, bottom := d.border.head, d.border.bottom
	head.cross, bottom.cross = d.border.headEnd, bottom.fill
	d.rule(head)
	if d.border.hasBottom {
		d.rule(bottom)
	}
}

// row writes as many lines as the highest cell has. Trailing newlines do not
// count, and a row of empty cells is an empty line (spec/cli.md 6.4).
func (d *drawing) row(cells []cell) {
	height := 0
	for i := range cells {
		d.rest[i] = strings.TrimRight(cells[i].text, "\n")
		if d.rest[i] != "" {
			height = max(height, 1+strings.Count(d.rest[i], "\n"))
		}
	}
	if height == 0 {
		d.begin()
		d.end()
	}
	for range height {
		d.begin()
		if d.border.hasLeft {
			d.line = append(d.line, d.border.left...)
		}
		for i := range cells {
			if i > 0 {
				d.line = append(d.line, d.border.middle...)
			}
			var text string
			text, d.rest[i], _ = strings.Cut(d.rest[i], "\n")
			d.cell(cell{text, cells[i].dim}, d.widths[i])
		}
		if d.border.hasRight {
			d.line = append(d.line, d.border.right...)
		}
		d.end()
	}
}

// cell appends one line of a cell.
func (d *drawing) cell(c cell, width int) {
	spare := width - displayWidth(c.text)
	before := 0
	switch d.align {
	case alignCenter:
		before = spare / 2
	case alignRight:
		before = spare
	}
	d.blanks(d.paddingLeft + before)
	if c.dim {
		c.text = dim(c.text)
	}
	d.line = append(d.line, c.text...)
	d.blanks(spare - before + d.paddingRight)
}

func (d *drawing) blanks(n int) {
	for range n {
		d.line = append(d.line, ' ')
	}
}

func (d *drawing) begin() { d.line = append(d.line[:0], d.margin...) }

// end writes the line without the blanks at its end, which an open right edge leaves.
func (d *drawing) end() {
	n := len(d.line)
	for n > 0 && d.line[n-1] == ' ' {
		n--
	}
	d.w.Write(append(d.line[:n], '\n'))
}

// blockWidth is the width of the widest line of a text.
func blockWidth(text string) int {
	if !strings.Contains(text, "\n") {
		return displayWidth(text)
	}
	width := 0
	for line := range strings.SplitSeq(text, "\n") {
		width = max(width, displayWidth(line))
	}
	return width
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// displayWidth is the number of terminal cells of a line: wide characters count
// 2, combining ones and colour sequences 0.
func displayWidth(s string) int {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			ascii = false
			break
		}
	}
	if ascii {
		return len(s)
	}
	if strings.Contains(s, "\x1b[") {
		s = colour.ReplaceAllString(s, "")
	}
	// The locale must not decide: the same data gives the same table everywhere.
	neutral := runewidth.Condition{StrictEmojiNeutral: true}
	return neutral.StringWidth(s)
}
