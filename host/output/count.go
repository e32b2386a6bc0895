package output

import "fmt"

// counted holds a list back until its items are counted: the count stands
// before them, in the formats for programs too (spec/cli.md 6.2).
type counted struct {
	result
	printer *Printer
	total   int
	items   []any
}

func (c *counted) add(v any) error {
	c.items = append(c.items, v)
	return nil
}

func (c *counted) close() error {
	c.printer.putCount(len(c.items), c.total)
	for _, v := range c.items {
		if err := c.result.add(v); err != nil {
			return err
		}
	}
	return c.result.close()
}

// putCount tells how many items of a list are shown, in red when some are not.
func (p *Printer) putCount(shown, total int) {
	if shown == 0 && total == 0 {
		return
	}
	text := fmt.Sprintf("Items: %d/%d", shown, total)
	if p.settings.Terminal && shown != total {
		text = onRed(text)
	}
	p.puts(info, text)
}
