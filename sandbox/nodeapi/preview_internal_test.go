package nodeapi

import (
	"bytes"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

func FuzzThumbnail(f *testing.F) {
	picture := image.NewGray(image.Rect(0, 0, 9, 7))
	var asPNG, asJPEG, asGIF bytes.Buffer
	for _, err := range []error{png.Encode(&asPNG, picture), jpeg.Encode(&asJPEG, picture, nil), gif.Encode(&asGIF, picture, nil)} {
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Add(asPNG.Bytes())
	f.Add(asJPEG.Bytes())
	f.Add(asGIF.Bytes())
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, file []byte) {
		small, err := thumbnail(bytes.NewReader(file))
		if err != nil {
			if !errors.Is(err, errNoPreview) {
				t.Errorf("error = %v, want errNoPreview", err)
			}
			return
		}
		size, err := png.DecodeConfig(bytes.NewReader(small))
		if err != nil || size.Width > previewSize || size.Height > previewSize {
			t.Errorf("preview of %+v, %v", size, err)
		}
	})
}
