package nodeapi

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // formats of which there are previews
	_ "image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strconv"

	"golang.org/x/image/draw"

	"github.com/ascli-go/ascli/sandbox/world"
)

const (
	// previewSize is the most pixels of a preview in each direction.
	previewSize = 256
	// maxPixels of a picture from which a preview is made: more would take
	// gigabytes of memory.
	maxPixels = 40_000_000
)

// errNoPreview: the file is no picture of a known format.
var errNoPreview = errors.New("no preview")

// preview answers with a small picture of a picture (node.md S5).
func preview(x *exchange) error {
	e, err := x.entry(world.MayPreview)
	if err != nil {
		return err
	}
	name, kind := shownName(e)
	if kind != "file" {
		return refuse(http.StatusNotFound, "%s is a %s, which has no preview", name, kind)
	}
	f, err := x.files.Open(x.file())
	if err != nil {
		return err
	}
	defer f.Close()
	small, err := thumbnail(f)
	if errors.Is(err, errNoPreview) {
		return refuse(http.StatusNotFound, "%s has no preview: %v", name, err)
	}
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "image/png")
	x.w.Header().Set("Content-Length", strconv.Itoa(len(small)))
	_, _ = x.w.Write(small)
	return nil
}

// thumbnail returns a PNG of a picture, no larger than previewSize. What it
// cannot read is errNoPreview.
func thumbnail(file io.ReadSeeker) ([]byte, error) {
	header, _, err := image.DecodeConfig(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPreview, err)
	}
	if header.Width <= 0 || header.Height <= 0 || header.Width > maxPixels/header.Height {
		return nil, fmt.Errorf("%w: a picture of %d x %d pixels", errNoPreview, header.Width, header.Height)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPreview, err)
	}
	small := image.NewRGBA(fit(picture.Bounds()))
	draw.CatmullRom.Scale(small, small.Bounds(), picture, picture.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// fit returns the bounds of a preview: those of the picture, made small enough
// in its own proportions.
func fit(picture image.Rectangle) image.Rectangle {
	width, height := picture.Dx(), picture.Dy()
	if largest := max(width, height); largest > previewSize {
		width, height = max(1, width*previewSize/largest), max(1, height*previewSize/largest)
	}
	return image.Rect(0, 0, width, height)
}
