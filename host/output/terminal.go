package output

import "github.com/ascli-go/ascli/host/terminal"

// Control sequences of terminals (ECMA-48, select graphic rendition).
const (
	sgrDim     = "\x1b[2m"
	sgrReverse = "\x1b[7m"
	sgrRed     = "\x1b[41m"
	sgrReset   = "\x1b[0m"
)

func onRed(s string) string { return sgrRed + s + sgrReset }

func dim(s string) string { return sgrDim + s + sgrReset }

// mark writes a mark such as <empty>, dim on a terminal.
func (p *Printer) mark(text string) string {
	if p.settings.Terminal {
		return dim(text)
	}
	return text
}

// emphasis writes a mark other than those of missing data, in reverse video on a terminal.
func (p *Printer) emphasis(text string) string {
	if p.settings.Terminal {
		return sgrReverse + text + sgrReset
	}
	return text
}

// clean returns a text fit for the writer: a terminal gets no control characters.
func (p *Printer) clean(text string) string {
	if p.settings.Terminal {
		return terminal.Harmless(text)
	}
	return text
}
