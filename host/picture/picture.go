// Package picture shows pictures in a terminal (spec/cli.md 6.10,
// spec/plugins/config.md 13).
package picture

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Placeholder stands where a picture cannot be shown.
const Placeholder = "[Image display requires a terminal]"

// maxPixels bounds the memory that a picture may ask for: 4 bytes for each.
const maxPixels = 100_000_000

// ErrTooLarge is the error of [Decode] for a picture of more than 100 megapixels.
var ErrTooLarge = errors.New("the picture has more than 100 megapixels")

// Protocol is a way to show pictures.
type Protocol int

// The protocols.
const (
	// NoTerminal shows none.
	NoTerminal Protocol = iota
	// Characters colours character cells.
	Characters
	// ITerm2 is the inline image protocol of iTerm2.
	ITerm2
	// Kitty is the graphics protocol of kitty.
	Kitty
	// Sixel is the one of the VT340.
	Sixel
)

// Terminal is where a picture goes. The zero value is no terminal.
type Terminal struct {
	Protocol Protocol
	// Rows and Columns are the size in characters; 0: unknown.
	Rows, Columns int
	// Width and Height are the size in pixels; 0: unknown. Kitty and Sixel use it.
	Width, Height int
}

// Content returns the bytes of a picture that is given as such or in base64.
func Content(source []byte) []byte {
	// The decoder skips line ends even when strict; base64 with line ends is not
	// strict (spec/plugins/config.md 13, step 2).
	if bytes.ContainsAny(source, "\r\n") {
		return source
	}
	decoded, err := base64.StdEncoding.Strict().AppendDecode(nil, source)
	if err != nil {
		return source
	}
	return decoded
}

// Decode reads a PNG, JPEG, GIF (its first frame), WebP, BMP or TIFF picture
// and returns the name of its format, as package image does.
func Decode(data []byte) (image.Image, string, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "", err
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, "", errors.New("the picture has no pixels")
	}
	if config.Width > maxPixels/config.Height {
		return nil, "", fmt.Errorf("%w: %d x %d", ErrTooLarge, config.Width, config.Height)
	}
	return image.Decode(bytes.NewReader(data))
}

// Render writes a picture, given as bytes or in base64, and a line end.
func Render(w io.Writer, source []byte, terminal Terminal, o Options) error {
	text, err := render(Content(source), terminal, o)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("show the picture: %w", err)
	}
	return nil
}

func render(data []byte, terminal Terminal, o Options) ([]byte, error) {
	if o.FontRatio == 0 {
		o.FontRatio = defaultFontRatio
	}
	protocol := terminal.Protocol
	if protocol != NoTerminal && o.Text {
		protocol = Characters
	}
	switch protocol {
	case NoTerminal:
		return []byte(Placeholder), nil
	case ITerm2:
		// The terminal knows more formats than Decode.
		return inline(data), nil
	}
	picture, format, err := Decode(data)
	if err != nil {
		return nil, undecodable(data, err)
	}
	switch protocol {
	case Kitty:
		return kitty(picture, format, data, terminal.sized(o))
	case Sixel:
		return sixels(picture, terminal.sized(o))
	}
	return characters(picture, format, terminal.sized(o), o), nil
}

func undecodable(data []byte, err error) error {
	if isSVG(data) {
		return failure.Otherf("RuntimeError", "Cannot decode picture: SVG is made of lines, not of pixels: %w", err).
			Hint("open it in a browser with --ui=graphical, or use a terminal with inline images, e.g. WezTerm")
	}
	return failure.Otherf("RuntimeError", "Cannot decode picture: %w", err).
		Hint("formats are PNG, JPEG, GIF, WebP, BMP and TIFF")
}

// isSVG looks for the root element where an XML document may have it.
func isSVG(data []byte) bool {
	const searched = 4096
	head := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<")) && bytes.Contains(head[:min(len(head), searched)], []byte("<svg"))
}
