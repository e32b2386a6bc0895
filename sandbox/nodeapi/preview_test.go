package nodeapi_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// red is a picture of one colour.
func red(width, height int) image.Image {
	picture := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.RGBA{R: 255, A: 255}})
	return picture
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func asPNG(t testing.TB, picture image.Image) string {
	return encoded(t, func(out *bytes.Buffer) error { return png.Encode(out, picture) })
}

func TestPreview(t *testing.T) {
	n := newNode(t)
	n.put("large.png", asPNG(t, red(1024, 512)))
	n.put("small.gif", encoded(t, func(out *bytes.Buffer) error { return gif.Encode(out, red(3, 5), nil) }))
	n.put("high.jpg", encoded(t, func(out *bytes.Buffer) error { return jpeg.Encode(out, red(1, 2000), nil) }))
	n.put("name without ending", asPNG(t, red(256, 256)))
	found := n.children("1")
	for name, want := range map[string]image.Point{
		"large.png": {256, 128}, "small.gif": {3, 5}, "high.jpg": {1, 256}, "name without ending": {256, 256},
	} {
		t.Run(name, func(t *testing.T) {
			got := n.in(t).call(asKey, "GET", "/files/"+found[name].ID+"/preview", "", "Accept", "image/png").is(http.StatusOK)
			if got.header.Get("Content-Type") != "image/png" {
				t.Errorf("Content-Type = %q", got.header.Get("Content-Type"))
			}
			picture, err := png.Decode(strings.NewReader(got.body))
			if err != nil {
				t.Fatal(err)
			}
			r, g, _, a := picture.At(want.X/2, want.Y/2).RGBA()
			if picture.Bounds().Size() != want || r < 0xf000 || g > 0x0fff || a != 0xffff {
				t.Errorf("preview of %v, colour %x %x %x", picture.Bounds().Size(), r, g, a)
			}
		})
	}
}

// resized writes another size into the header of a PNG file, which begins at
// byte 12: type, width, height, five more bytes, and the checksum of all that.
func resized(file string, width, height uint32) string {
	data := []byte(file)
	binary.BigEndian.PutUint32(data[16:], width)
	binary.BigEndian.PutUint32(data[20:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return string(data)
}

func TestFilesWithoutPreview(t *testing.T) {
	n := newNode(t)
	whole := asPNG(t, red(10, 10))
	n.put("text.png", "hello")
	n.put("cut.png", whole[:len(whole)/2])
	n.put("huge.png", resized(whole, 1<<15, 1<<15))
	n.put("folder/f", "")
	n.call(asKey, "POST", "/files/1/files", `{"name":"link","type":"link","target_id":"1","target_node_id":"x"}`).is(http.StatusOK)
	for name, e := range n.children("1") {
		t.Run(name, func(t *testing.T) {
			got := n.in(t).call(asKey, "GET", "/files/"+e.ID+"/preview", "").is(http.StatusNotFound).failure()
			if name == "huge.png" && !strings.Contains(got.UserMessage, "32768 x 32768 pixels") {
				t.Errorf("message = %q", got.UserMessage)
			}
		})
	}
	n.call(asKey, "GET", "/files/4711/preview", "").is(http.StatusNotFound).failure()
}
