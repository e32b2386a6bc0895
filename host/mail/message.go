package mail

import (
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/failure"
)

// The longest line that RFC 5322 section 2.1.1 allows, and the one it advises,
// in bytes without CRLF.
const (
	maxLine     = 998
	advisedLine = 78
)

// message is a rendered template, made fit for any server.
type message struct {
	header []field
	body   string
}

// split divides a text at its first empty line, with CRLF as line ends.
func split(text string) (header, body string) {
	// Editors put a byte order mark at the start of files.
	text = strings.TrimLeft(crlf(strings.TrimPrefix(text, "\uFEFF")), "\r\n")
	header, body, _ = strings.Cut(text, "\r\n\r\n")
	return strings.TrimSuffix(header, "\r\n"), body
}

// crlf gives all lines the line end of mail. A lone CR is a line end, too: what
// servers make of it differs.
func crlf(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// parse reads a rendered template: header, empty line, body.
func parse(text string) (*message, error) {
	if strings.ContainsRune(text, 0) {
		return nil, failure.Toolf("a mail cannot hold the character U+0000")
	}
	header, body := split(strings.ToValidUTF8(text, "\uFFFD"))
	m := &message{body: body}
	for line := range strings.SplitSeq(header, "\r\n") {
		name, value, found := strings.Cut(line, ":")
		switch {
		case len(m.header) > 0 && strings.IndexAny(line, " \t") == 0:
			m.header[len(m.header)-1].value += "\r\n" + line
		case found && isFieldName(name):
			m.header = append(m.header, field{name, value})
		default:
			return nil, failure.Toolf("not a header line of a mail: %q", line).
				Hint(`a mail template begins with lines such as "Subject: ...", then an empty line, then the text`)
		}
	}
	return m, nil
}

// get returns the value of a header field, unfolded; empty if absent.
func (m *message) get(name string) string {
	for _, f := range m.header {
		if strings.EqualFold(f.name, name) {
			return f.unfolded()
		}
	}
	return ""
}

// add appends a field unless there is one of that name.
func (m *message) add(name, value string) {
	if m.get(name) == "" {
		m.set(name, value)
	}
}

// set replaces the fields of a name.
func (m *message) set(name, value string) {
	kept := m.header[:0]
	for _, f := range m.header {
		if !strings.EqualFold(f.name, name) {
			kept = append(kept, f)
		}
	}
	m.header = append(kept, field{name, " " + value})
}

// encode returns the message as it goes to the server, without dot-stuffing.
// What is ASCII with lines of allowed length stays as it is.
func (m *message) encode() (string, error) {
	if err := m.encodeBody(); err != nil {
		return "", err
	}
	var text strings.Builder
	for _, f := range m.header {
		line, err := f.encode()
		if err != nil {
			return "", err
		}
		text.WriteString(line + "\r\n")
	}
	text.WriteString("\r\n" + m.body)
	if !strings.HasSuffix(text.String(), "\r\n") {
		text.WriteString("\r\n")
	}
	return text.String(), nil
}

// encodeBody encodes a body that not every server takes as it is: RFC 5321
// allows ASCII in lines of limited length.
func (m *message) encodeBody() error {
	if isPlain(m.body) || m.isEncoded() {
		return nil
	}
	var encoded strings.Builder
	w := quotedprintable.NewWriter(&encoded)
	if _, err := w.Write([]byte(m.body)); err != nil {
		return fmt.Errorf("encode the mail: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("encode the mail: %w", err)
	}
	m.body = encoded.String()
	m.add("MIME-Version", "1.0")
	m.add("Content-Type", "text/plain; charset=UTF-8")
	m.set("Content-Transfer-Encoding", "quoted-printable")
	return nil
}

// isEncoded tells that the template encodes its body, or divides it into parts
// which do.
func (m *message) isEncoded() bool {
	switch strings.ToLower(m.get("Content-Transfer-Encoding")) {
	case "base64", "quoted-printable":
		return true
	}
	mediaType, _, _ := mime.ParseMediaType(m.get("Content-Type"))
	return strings.HasPrefix(mediaType, "multipart/")
}

// isPlain tells that every line is ASCII of allowed length.
func isPlain(text string) bool { return isASCII(text) && isWithin(text, maxLine) }

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// isWithin tells that no line has more than max bytes.
func isWithin(text string, max int) bool {
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > max {
			return false
		}
	}
	return true
}
