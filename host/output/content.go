package output

import (
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"
)

// content shows bytes as they are, which no option changes but display: a text
// in the formats that are read by programs, else the bytes themselves.
type content struct {
	*Printer
	// document prints all of it in a notation; nil writes it piece by piece.
	document func(v any) error
	whole    []byte
	last     byte
	// cut is the beginning of a character at the end of the last piece.
	cut []byte
}

func (p *Printer) openContent() (result, error) {
	c := &content{Printer: p, last: '\n'}
	if n, ok := notationOf(p.settings.Format); ok && p.settings.Format != "text" {
		c.document = func(v any) error { return p.putDocument(n, Header{Kind: Text}, v) }
	}
	return c, nil
}

func (c *content) add(v any) error {
	text, ok := v.(string)
	if !ok {
		return errors.New("a piece of content is no text")
	}
	piece, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("a piece of content: %w", err)
	}
	switch {
	case !c.shows(data) || len(piece) == 0:
	case c.document != nil:
		c.whole = append(c.whole, piece...)
	default:
		c.last = piece[len(piece)-1]
		if c.settings.Terminal {
			piece = []byte(c.clean(c.characters(piece)))
		}
		c.w.Write(piece) // the error is that of the next Flush
	}
	return nil
}

// characters returns the whole characters of a piece, after what was cut off
// the last one.
func (c *content) characters(piece []byte) string {
	piece = append(c.cut, piece...)
	end := len(piece)
	for end > 0 && len(piece)-end < utf8.UTFMax && !utf8.RuneStart(piece[end-1]) {
		end--
	}
	if end == 0 || utf8.FullRune(piece[end-1:]) {
		c.cut = nil
		return string(piece)
	}
	c.cut = piece[end-1:]
	return string(piece[:end-1])
}

// close leaves the cursor of a terminal at the beginning of a line.
func (c *content) close() error {
	if c.document != nil && c.shows(data) {
		return c.document(string(c.whole))
	}
	if c.settings.Terminal && c.last != '\n' {
		c.w.WriteString(c.clean(string(c.cut)) + "\n")
	}
	return nil
}
