package picture_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/ascli-go/ascli/host/picture"
)

// FuzzContent compares with the definition: strict base64 is what its own
// encoding gives again.
func FuzzContent(f *testing.F) {
	for _, text := range []string{"aGVsbG8=", "aGVsbG8", "aGVs\nbG8=", "aGVsbG9=", "", "====", "\x89PNG\r\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		got := picture.Content(source)
		if !bytes.Equal(got, source) && base64.StdEncoding.EncodeToString(got) != string(source) {
			t.Errorf("%q gives %q", source, got)
		}
	})
}

// FuzzRender shows whatever can be decoded, in every way.
func FuzzRender(f *testing.F) {
	m := chequered(3, 5)
	f.Add(pngOf(f, m))
	f.Add(pngOf(f, image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Transparent, color.White})))
	for _, encode := range []func(io.Writer) error{
		func(w io.Writer) error { return jpeg.Encode(w, m, nil) },
		func(w io.Writer) error { return gif.Encode(w, m, nil) },
		func(w io.Writer) error { return bmp.Encode(w, m) },
		func(w io.Writer) error { return tiff.Encode(w, m, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(webp))
	f.Fuzz(func(t *testing.T, source []byte) {
		// Larger pictures are allowed and take their time.
		const maxFuzzed = 1 << 16
		config, _, err := image.DecodeConfig(bytes.NewReader(picture.Content(source)))
		if err == nil && config.Width*config.Height > maxFuzzed {
			return
		}
		for _, protocol := range []picture.Protocol{picture.Characters, picture.ITerm2, picture.Kitty, picture.Sixel} {
			var b bytes.Buffer
			terminal := picture.Terminal{Protocol: protocol, Rows: 10, Columns: 20}
			err := picture.Render(&b, source, terminal, picture.DefaultOptions())
			if (err == nil) != (b.Len() > 0) {
				t.Errorf("protocol %d: error %v, output %q", protocol, err, b.Bytes())
			}
		}
	})
}
