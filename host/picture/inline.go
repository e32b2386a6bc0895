package picture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"

	"github.com/mattn/go-sixel"
)

// inline hands a file to a terminal that decodes it itself.
func inline(data []byte) []byte {
	text := fmt.Appendf(nil, "\x1b]1337;File=inline=1;preserveAspectRatio=1;size=%d:", len(data))
	return append(base64.StdEncoding.AppendEncode(text, data), '\a')
}

// kittyChunk is the largest piece of base64 in one sequence
// (https://sw.kovidgoyal.net/kitty/graphics-protocol, "Remote client").
const kittyChunk = 4096

// kitty sends a picture as PNG: transmit and display (a=T), without answers
// (q=2), which nobody would read.
func kitty(picture image.Image, format string, data []byte, c canvas) ([]byte, error) {
	if format != "png" {
		var encoded bytes.Buffer
		if err := png.Encode(&encoded, picture); err != nil {
			return nil, fmt.Errorf("encode the picture for the terminal: %w", err)
		}
		data = encoded.Bytes()
	}
	control := "a=T,f=100,q=2" + c.limit(picture.Bounds())
	var text []byte
	for payload := base64.StdEncoding.EncodeToString(data); ; {
		chunk := payload[:min(len(payload), kittyChunk)]
		payload = payload[len(chunk):]
		more := 0
		if payload != "" {
			more = 1
		}
		if control != "" {
			control += ","
		}
		text = fmt.Appendf(text, "\x1b_G%sm=%d;%s\x1b\\", control, more, chunk)
		if more == 0 {
			return text, nil
		}
		control = ""
	}
}

// limit has kitty shrink a picture that is larger than the canvas, to its
// columns or to its rows; the other side follows.
func (c canvas) limit(size image.Rectangle) string {
	switch width, height := size.Dx(), size.Dy(); {
	case width <= c.width && height <= c.height:
		return ""
	case width*c.height >= height*c.width:
		return fmt.Sprintf(",c=%d", c.columns)
	}
	return fmt.Sprintf(",r=%d", c.rows)
}

// sixels draws a picture in its own size, or smaller to fit the canvas.
func sixels(picture image.Image, c canvas) ([]byte, error) {
	size := picture.Bounds()
	if k := min(float64(c.width)/float64(size.Dx()), float64(c.height)/float64(size.Dy())); k < 1 {
		picture = smooth(picture, max(int(float64(size.Dx())*k), 1), max(int(float64(size.Dy())*k), 1))
	}
	var text bytes.Buffer
	encoder := sixel.NewEncoder(&text)
	encoder.Dither = true
	if err := encoder.Encode(picture); err != nil {
		return nil, fmt.Errorf("encode the picture for the terminal: %w", err)
	}
	return text.Bytes(), nil
}
