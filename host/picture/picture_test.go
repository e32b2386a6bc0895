package picture_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/mattn/go-sixel"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/ascli-go/ascli/host/picture"
	"github.com/ascli-go/ascli/sdk/failure"
)

// webp is a picture of one pixel.
const webp = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

// chequered has white and red pixels by turns.
func chequered(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{R: 255, A: 255}
			if (x+y)%2 == 0 {
				c = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func show(t *testing.T, source []byte, terminal picture.Terminal, o picture.Options) string {
	t.Helper()
	var b strings.Builder
	if err := picture.Render(&b, source, terminal, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCharacters has the example of spec/plugins/config.md 13.
func TestCharacters(t *testing.T) {
	source := pngOf(t, chequered(4, 4))
	terminal := picture.Terminal{Protocol: picture.Characters, Rows: 7, Columns: 10}
	// 9 columns and 8 rows show columns 0 0 0 1 1 2 2 3 3, each row twice.
	const white, red = "\x1b[48;5;231m\x1b[38;5;231m▄\x1b[0m", "\x1b[48;5;196m\x1b[38;5;196m▄\x1b[0m"
	even := strings.Repeat(white, 3) + strings.Repeat(red, 2) + strings.Repeat(white, 2) + strings.Repeat(red, 2) + "\n"
	odd := strings.Repeat(red, 3) + strings.Repeat(white, 2) + strings.Repeat(red, 2) + strings.Repeat(white, 2) + "\n"
	if got := show(t, source, terminal, picture.DefaultOptions()); got != even+odd+even+odd {
		t.Errorf("got %q", got)
	}
	single := picture.Options{Reserve: 3}
	blank := strings.NewReplacer("\x1b[38;5;231m▄", " ", "\x1b[38;5;196m▄", " ")
	if got := show(t, source, terminal, single); got != blank.Replace(even+odd+even+odd) {
		t.Errorf("not double: got %q", got)
	}
}

func TestColours(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 1, 2))
	m.Set(0, 0, color.NRGBA{R: 42, G: 43, B: 255, A: 255})
	m.Set(0, 1, color.NRGBA{R: 255, G: 255, B: 255})
	// n is 0, 1 and 5; transparent is black.
	terminal := picture.Terminal{Protocol: picture.Characters, Rows: 2, Columns: 1}
	want := "\x1b[48;5;27m\x1b[38;5;16m▄\x1b[0m\n"
	if got := show(t, pngOf(t, m), terminal, picture.Options{Double: true, FontRatio: 2}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSizeInCharacters(t *testing.T) {
	for _, c := range []struct {
		name                 string
		width, height        int
		terminal             picture.Terminal
		o                    picture.Options
		wantRows, wantColumn int
	}{
		{"unknown terminal", 100, 100, picture.Terminal{}, picture.DefaultOptions(), 21, 48},
		{"wide", 1000, 10, picture.Terminal{Rows: 40, Columns: 100}, picture.DefaultOptions(), 1, 100},
		{"last row of an odd number is dropped", 10, 7, picture.Terminal{Rows: 100, Columns: 10}, picture.Options{Double: true, FontRatio: 2}, 3, 10},
		{"extremely high", 1, 5000, picture.Terminal{Rows: 10, Columns: 10}, picture.DefaultOptions(), 7, 1},
		{"all rows reserved", 4, 4, picture.Terminal{Rows: 5, Columns: 80}, picture.Options{Reserve: 99, FontRatio: 2}, 2, 4},
		{"rounding loses no pixel", 3, 3, picture.Terminal{Rows: 4, Columns: 80}, picture.Options{FontRatio: 32.0 / 14}, 4, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.terminal.Protocol = picture.Characters
			got := show(t, pngOf(t, chequered(c.width, c.height)), c.terminal, c.o)
			rows := strings.Count(got, "\n")
			columns := strings.Count(strings.SplitN(got, "\n", 2)[0], "\x1b[0m")
			if rows != c.wantRows || columns != c.wantColumn {
				t.Errorf("%d rows, %d columns, want %d, %d", rows, columns, c.wantRows, c.wantColumn)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	m := chequered(1, 1)
	for name, encode := range map[string]func(*bytes.Buffer) error{
		"png":  func(b *bytes.Buffer) error { return png.Encode(b, m) },
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
		"gif":  func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) },
		"bmp":  func(b *bytes.Buffer) error { return bmp.Encode(b, m) },
		"tiff": func(b *bytes.Buffer) error { return tiff.Encode(b, m, nil) },
		"webp": func(b *bytes.Buffer) error {
			data, err := base64.StdEncoding.DecodeString(webp)
			b.Write(data)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := encode(&b); err != nil {
				t.Fatal(err)
			}
			got, format, err := picture.Decode(b.Bytes())
			if err != nil || format != name || got.Bounds().Dx() != 1 || got.Bounds().Dy() != 1 {
				t.Errorf("got %v as %s, error %v", got, format, err)
			}
		})
	}
}

func TestSmoothScaling(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, chequered(64, 64), nil); err != nil {
		t.Fatal(err)
	}
	// White and red mix to something between the two, which PNG keeps apart.
	got := show(t, b.Bytes(), picture.Terminal{Protocol: picture.Characters, Rows: 5, Columns: 2}, picture.DefaultOptions())
	if strings.Contains(got, "5;231m") || strings.Contains(got, "5;196m") || !strings.Contains(got, "▄") {
		t.Errorf("got %q", got)
	}
}

func TestTooLarge(t *testing.T) {
	// The header of a BMP of 20000 x 20000 pixels of 24 bits, without them.
	header := make([]byte, 54)
	copy(header, "BM")
	header[10], header[14], header[26], header[28] = 54, 40, 1, 24
	for _, at := range []int{18, 22} {
		header[at], header[at+1] = 0x20, 0x4e
	}
	if _, _, err := picture.Decode(header); !errors.Is(err, picture.ErrTooLarge) || !strings.Contains(err.Error(), "20000 x 20000") {
		t.Errorf("error is %v", err)
	}
}

func TestUndecodable(t *testing.T) {
	for _, c := range []struct{ name, source, want, hint string }{
		{"text", "hello?", "Cannot decode picture: image: unknown format", "PNG, JPEG"},
		{"SVG", "\n<svg/>", "Cannot decode picture: SVG is made of lines, not of pixels: image: unknown format", "--ui=graphical"},
		{"SVG in base64", base64.StdEncoding.EncodeToString([]byte("\ufeff<?xml version='1.0'?><!-- a --><svg/>")),
			"Cannot decode picture: SVG is made of lines, not of pixels: image: unknown format", "--ui=graphical"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			err := picture.Render(&b, []byte(c.source), picture.Terminal{Protocol: picture.Characters}, picture.DefaultOptions())
			e := failure.As(err)
			if e == nil || e.Message != c.want || b.Len() > 0 || !strings.Contains(e.Hints[0], c.hint) {
				t.Errorf("error is %+v", e)
			}
			inline := picture.Terminal{Protocol: picture.ITerm2}
			if got := show(t, []byte(c.source), inline, picture.DefaultOptions()); !strings.HasPrefix(got, "\x1b]1337;") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestNoTerminal(t *testing.T) {
	if got := show(t, []byte("whatever"), picture.Terminal{}, picture.Options{Text: true}); got != "[Image display requires a terminal]\n" {
		t.Errorf("got %q", got)
	}
}

func TestContent(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"base64", "aGVsbG8=", "hello"},
		{"without padding", "aGVsbG8", "aGVsbG8"},
		{"in lines", "aGVs\nbG8=", "aGVs\nbG8="},
		{"line end after it", "aGVsbG8=\n", "aGVsbG8=\n"},
		{"bits left over", "aGVsbG9=", "aGVsbG9="},
		{"URL alphabet", "_-A=", "_-A="},
		{"bytes", "\x89PNG", "\x89PNG"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(picture.Content([]byte(c.source))); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestITerm2(t *testing.T) {
	source := []byte("GIF of a terminal\n")
	terminal := picture.Terminal{Protocol: picture.ITerm2}
	want := "\x1b]1337;File=inline=1;preserveAspectRatio=1;size=18:R0lGIG9mIGEgdGVybWluYWwK\a\n"
	if got := show(t, source, terminal, picture.DefaultOptions()); got != want {
		t.Errorf("got %q", got)
	}
	if got := show(t, pngOf(t, chequered(2, 2)), terminal, picture.Options{Text: true}); !strings.Contains(got, "\x1b[48;5;") {
		t.Errorf("text asked for: got %q", got)
	}
}

func TestKitty(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 100, 100))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i * 7919 >> 3)
	}
	var asJPEG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, noise, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		source   []byte
		terminal picture.Terminal
		control  string
	}{
		{"small", pngOf(t, chequered(4, 4)), picture.Terminal{}, "a=T,f=100,q=2,m=0"},
		{"in chunks", pngOf(t, noise), picture.Terminal{}, "a=T,f=100,q=2,m=1"},
		{"another format", asJPEG.Bytes(), picture.Terminal{}, "a=T,f=100,q=2,m=1"},
		{"too wide", pngOf(t, chequered(801, 4)), picture.Terminal{}, "a=T,f=100,q=2,c=80,m=0"},
		{"too high for the pixels of the terminal", pngOf(t, chequered(4, 100)),
			picture.Terminal{Rows: 13, Columns: 40, Width: 200, Height: 65}, "a=T,f=100,q=2,r=10,m=0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.terminal.Protocol = picture.Kitty
			got := show(t, c.source, c.terminal, picture.DefaultOptions())
			data, control := unpackKitty(t, got)
			sent, _, err := picture.Decode(data)
			if err != nil || control != c.control {
				t.Fatalf("control %s, error %v", control, err)
			}
			want, _, err := picture.Decode(c.source)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(pngOf(t, sent), pngOf(t, want)) {
				t.Error("another picture was sent")
			}
		})
	}
}

// unpackKitty returns what the sequences carry and the control data of the first.
func unpackKitty(t *testing.T, text string) (data []byte, control string) {
	t.Helper()
	var payload strings.Builder
	chunks := strings.Split(strings.TrimSuffix(text, "\x1b\\\n"), "\x1b\\")
	for i, chunk := range chunks {
		keys, part, found := strings.Cut(strings.TrimPrefix(chunk, "\x1b_G"), ";")
		more := fmt.Sprintf("m=%d", min(len(chunks)-1-i, 1))
		if i == 0 {
			control = keys
		} else if keys != more {
			t.Errorf("control %q of chunk %d", keys, i)
		}
		if !found || len(part) > 4096 || !strings.HasSuffix(keys, more) {
			t.Errorf("chunk %d is %q", i, chunk)
		}
		payload.WriteString(part)
	}
	data, err := base64.StdEncoding.Strict().DecodeString(payload.String())
	if err != nil {
		t.Fatal(err)
	}
	return data, control
}

func TestSixel(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height int
		want          image.Point
	}{
		{"own size", 12, 18, image.Pt(12, 18)},
		{"fitted to the terminal", 400, 120, image.Pt(200, 60)},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := image.NewNRGBA(image.Rect(0, 0, c.width, c.height))
			for i := range m.Pix {
				m.Pix[i] = 255 // white
			}
			for y := range c.height {
				for x := range c.width / 2 {
					m.Set(x, y, color.NRGBA{B: 255, A: 255})
				}
			}
			terminal := picture.Terminal{Protocol: picture.Sixel, Rows: 20, Columns: 20, Width: 200, Height: 400}
			got := show(t, pngOf(t, m), terminal, picture.DefaultOptions())
			var decoded image.Image
			if err := sixel.NewDecoder(strings.NewReader(got)).Decode(&decoded); err != nil {
				t.Fatal(err)
			}
			if size := decoded.Bounds().Size(); size != c.want {
				t.Errorf("size is %v", size)
			}
			for x, want := range map[int]color.NRGBA{1: {B: 255, A: 255}, c.want.X - 2: {R: 255, G: 255, B: 255, A: 255}} {
				if got := decoded.At(x, c.want.Y/2); got != want {
					t.Errorf("column %d is %v, want %v", x, got, want)
				}
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteError(t *testing.T) {
	err := picture.Render(fullDisk{}, nil, picture.Terminal{}, picture.DefaultOptions())
	if err == nil || err.Error() != "show the picture: no space left" {
		t.Errorf("error is %v", err)
	}
}
