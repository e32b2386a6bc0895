package output

// grid keeps rows whose fields differ, in columns named in order of first appearance.
type grid struct {
	names []string
	index map[string]int
	fixed bool // only the given columns are kept
	rows  [][]any
}

// absent is the value of a field that a row does not have.
type absent struct{}

func newGrid(columns []string, fixed bool) grid {
	g := grid{index: map[string]int{}, fixed: fixed}
	if fixed {
		for _, name := range columns {
			g.name(name)
		}
	}
	return g
}

// name returns the place of a column, which it makes if need be.
func (g *grid) name(name string) int {
	i, ok := g.index[name]
	if !ok {
		i = len(g.names)
		g.index[name] = i
		g.names = append(g.names, name)
	}
	return i
}

func (g *grid) add(fields []field) {
	size := len(g.names)
	if !g.fixed {
		for _, f := range fields {
			size = max(size, g.name(f.name)+1)
		}
		size = min(size, len(g.names))
	}
	row := g.blankRow(size)
	for _, f := range fields {
		if i, ok := g.index[f.name]; ok {
			row[i] = f.value
		}
	}
	g.rows = append(g.rows, row)
}

func (g *grid) blankRow(size int) []any {
	row := make([]any, size)
	for i := range row {
		row[i] = absent{}
	}
	return row
}

func (g *grid) clear() { g.rows = g.rows[:0] }

// column returns the place of a column, -1 if there is none of that name.
func (g *grid) column(name string) int {
	if i, ok := g.index[name]; ok {
		return i
	}
	return -1
}

func (g *grid) columns(names []string) []int {
	places := make([]int, len(names))
	for i, name := range names {
		places[i] = g.column(name)
	}
	return places
}

func (g *grid) at(row, column int) any {
	if column < 0 || column >= len(g.rows[row]) {
		return absent{}
	}
	return g.rows[row][column]
}
