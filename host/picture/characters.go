package picture

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"golang.org/x/image/draw"
)

// The size of a terminal that does not tell it.
const (
	defaultRows    = 24
	defaultColumns = 80
)

// minRows is left for the picture however many rows are reserved.
const minRows = 2

// assumedCellWidth is in pixels, where the terminal does not tell its size.
const assumedCellWidth = 10

// canvas is the part of a terminal that a picture may fill.
type canvas struct {
	rows, columns int
	// width and height are in pixels.
	width, height int
}

// sized returns the canvas of a terminal.
func (t Terminal) sized(o Options) canvas {
	rows, columns := t.Rows, t.Columns
	if rows <= 0 {
		rows = defaultRows
	}
	if columns <= 0 {
		columns = defaultColumns
	}
	c := canvas{rows: max(rows-o.Reserve, minRows), columns: columns, width: t.Width}
	c.height = int(float64(t.Height) * float64(c.rows) / float64(rows))
	if t.Width <= 0 || t.Height <= 0 {
		c.width = columns * assumedCellWidth
		c.height = int(float64(c.rows) * assumedCellWidth * o.FontRatio)
	}
	return c
}

// characters draws a picture with coloured character cells
// (spec/plugins/config.md 13, rules 1 to 4).
func characters(picture image.Image, format string, c canvas, o Options) []byte {
	perCell := 1
	if o.Double {
		perCell = 2
	}
	width, height := cells(picture.Bounds(), c, o.FontRatio, perCell)
	// PNG is mostly graphics, whose colours must stay exact.
	scale := smooth
	if format == "png" {
		scale = nearest
	}
	scaled := scale(picture, width, height)
	var lines []string
	for y := 0; y+perCell <= height; y += perCell {
		lines = append(lines, line(scaled, y, perCell))
	}
	return []byte(strings.Join(lines, "\n"))
}

// cells returns the size of the scaled picture: its columns and its rows of
// pixels, perCell of them in each row of characters.
func cells(size image.Rectangle, c canvas, fontRatio float64, perCell int) (width, height int) {
	w, h := float64(size.Dx()), float64(size.Dy())
	k := min(float64(c.rows)*fontRatio/h, float64(c.columns)/w)
	// Products that are whole but for rounding errors must not lose a pixel.
	const tolerance = 1e-9
	width = int(math.Floor(w*k + tolerance))
	height = int(math.Floor(h*k*float64(perCell)/fontRatio + tolerance))
	return max(width, 1), max(height, perCell)
}

// smooth resizes a picture by mixing its pixels.
func smooth(picture image.Image, width, height int) *image.RGBA {
	scaled := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.BiLinear.Scale(scaled, scaled.Bounds(), picture, picture.Bounds(), draw.Src, nil)
	return scaled
}

// nearest resizes a picture by choosing among its pixels: the one at floor(i *
// source size / target size).
func nearest(picture image.Image, width, height int) *image.RGBA {
	scaled, from := image.NewRGBA(image.Rect(0, 0, width, height)), picture.Bounds()
	for y := range height {
		for x := range width {
			scaled.Set(x, y, picture.At(from.Min.X+x*from.Dx()/width, from.Min.Y+y*from.Dy()/height))
		}
	}
	return scaled
}

// line draws one row of characters from the row of pixels y on.
func line(picture *image.RGBA, y, perCell int) string {
	var b strings.Builder
	for x := range picture.Bounds().Dx() {
		fmt.Fprintf(&b, "\x1b[48;5;%dm", paletteIndex(picture.RGBAAt(x, y)))
		if perCell == 2 {
			fmt.Fprintf(&b, "\x1b[38;5;%dm▄", paletteIndex(picture.RGBAAt(x, y+1)))
		} else {
			b.WriteByte(' ')
		}
		b.WriteString("\x1b[0m")
	}
	return b.String()
}

// paletteIndex finds a colour in the 6 x 6 x 6 cube of the 256-colour palette.
// What is transparent shows black.
func paletteIndex(c color.RGBA) int {
	n := func(v uint8) int { return 6 * int(v) / 256 }
	return 16 + 36*n(c.R) + 6*n(c.G) + n(c.B)
}
