package command

import (
	"context"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/ascli-go/ascli/host/picture"
	"github.com/ascli-go/ascli/host/ui"
	"github.com/ascli-go/ascli/sdk/failure"
)

// maxPicture bounds a picture that is fetched, bytes.
const maxPicture = 64 << 20

// showPicture draws a picture given by its URL, its path, or its bytes
// (spec/cli.md 6.10).
func (s *session) showPicture(ctx context.Context, w io.Writer, source string, terminal bool) error {
	address, isURL := pictureURL(source)
	if isURL {
		mode, err := s.options.Text(ctx, "ui")
		if err != nil {
			return err
		}
		if ui.Mode(mode) == ui.Graphical && strings.HasPrefix(address.Scheme, "http") {
			return s.Open(ctx, source)
		}
	}
	content := []byte(source)
	if isURL {
		v, err := s.values.Evaluate(ctx, "@uri:"+source)
		if err != nil {
			return err
		}
		text, ok := v.(string)
		if !ok {
			return failure.Otherf("RuntimeError", "%s is no picture", source)
		}
		content = []byte(text)
	}
	if len(content) > maxPicture {
		return picture.ErrTooLarge
	}
	option, err := s.options.Object(ctx, "image")
	if err != nil {
		return err
	}
	settings, err := picture.ParseOptions(option)
	if err != nil {
		return err
	}
	return picture.Render(w, content, s.pictureTerminal(terminal), settings)
}

func (s *session) pictureTerminal(terminal bool) picture.Terminal {
	t := picture.Terminal{}
	if !terminal {
		return t
	}
	t.Protocol = picture.Detect(s.variable, "")
	if t.Protocol == picture.Characters && s.Attributes != nil {
		// The environment does not tell whether the terminal knows sixel.
		t.Protocol = picture.Detect(s.variable, s.Attributes())
	}
	if s.Size != nil {
		t.Rows, t.Columns, t.Width, t.Height = s.Size()
	}
	return t
}

// pictureURL tells a URL from the bytes of a picture, which may be in base64.
func pictureURL(source string) (*url.URL, bool) {
	if len(source) > 8192 || strings.ContainsAny(source, "\n\x00") {
		return nil, false
	}
	u, err := url.Parse(source)
	if err != nil {
		return nil, false
	}
	switch u.Scheme {
	case "http", "https", "file", "data":
		return u, true
	case "":
		_, err := os.Stat(source)
		return u, err == nil
	}
	return nil, false
}
