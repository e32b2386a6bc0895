package mail

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

func TestEncode(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"ASCII stays as it is", "From: Joe doe <joe@ex.com>\nX-A:  b \n\nbody\n", "From: Joe doe <joe@ex.com>\r\nX-A:  b \r\n\r\nbody\r\n"},
		{"every kind of line end", "A: b\r\n\r\nc\rd\ne", "A: b\r\n\r\nc\r\nd\r\ne\r\n"},
		{"empty lines and a byte order mark before", "\ufeff\n\r\nA: b\n\nc", "A: b\r\n\r\nc\r\n"},
		{"header only", "Subject: test", "Subject: test\r\n\r\n"},
		{"folded header", "Subject: a\n  b\n\tc\n\n", "Subject: a\r\n  b\r\n\tc\r\n\r\n"},
		{"subject outside ASCII", "Subject: Été à Paris\n\n", "Subject: =?UTF-8?q?=C3=89t=C3=A9_=C3=A0_Paris?=\r\n\r\n"},
		{"folded subject outside ASCII", "Subject: Été\n à\n\n", "Subject: =?UTF-8?q?=C3=89t=C3=A9_=C3=A0?=\r\n\r\n"},
		{"names outside ASCII", "To: Zoë Doe <zoe@ex.com>, <b@ex.com>\n\n", "To: =?utf-8?q?Zo=C3=AB_Doe?= <zoe@ex.com>, <b@ex.com>\r\n\r\n"},
		{"name with a comma", "From: Doe, John <joe@ex.com>\n\n", "From: \"Doe, John\" <joe@ex.com>\r\n\r\n"},
		{"name with a comma outside ASCII", "From: Doe, Zoë <zoe@ex.com>\n\n", "From: =?utf-8?b?RG9lLCBab8Or?= <zoe@ex.com>\r\n\r\n"},
		{"address that only the server can judge", "To: root at localhost\n\n", "To: root at localhost\r\n\r\n"},
		{"body outside ASCII", "A: b\n\né=1", "A: b\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n" +
			"Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9=3D1\r\n"},
		{"type of the template, wrong encoding of it", "content-type: text/html; charset=utf-8\nContent-transfer-encoding: 8bit\n\n<p>é</p>",
			"content-type: text/html; charset=utf-8\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=A9</p>\r\n"},
		{"encoding of the template", "Content-Transfer-Encoding: BASE64\n\né", "Content-Transfer-Encoding: BASE64\r\n\r\né\r\n"},
		{"parts of the template", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\né\n--x--\n",
			"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\né\r\n--x--\r\n"},
		{"no UTF-8", "A: b\n\n\xff", "A: b\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n" +
			"Content-Transfer-Encoding: quoted-printable\r\n\r\n=EF=BF=BD\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := encode(t, c.text); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func encode(t *testing.T, text string) string {
	t.Helper()
	m, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func checkLines(t *testing.T, text string, longest int) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > longest || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
}

func TestLongHeaderIsFolded(t *testing.T) {
	text := "Subject: " + strings.TrimSpace(strings.Repeat("word ", 300)) + "\r\n\r\n"
	got := encode(t, text)
	checkLines(t, got, advisedLine)
	if strings.ReplaceAll(got, "\r\n ", " ") != text {
		t.Errorf("got %q", got)
	}
}

func TestLongLines(t *testing.T) {
	body := strings.Repeat("x", 5000) + "\r\nshort\r\n"
	got := encode(t, "A: b\n\n"+body)
	checkLines(t, got, advisedLine)
	_, encoded := split(got)
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(encoded)))
	if err != nil || string(decoded) != body {
		t.Errorf("got %q, error %v", decoded, err)
	}
}

func TestLongSubjectOutsideASCII(t *testing.T) {
	subject := strings.Repeat("très long ", 40) + "fin"
	text := encode(t, "Subject: "+subject+"\n\n")
	// RFC 2047 section 2.
	checkLines(t, text, 76)
	got, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if decoded, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject")); err != nil || decoded != subject {
		t.Errorf("got %q, error %v", decoded, err)
	}
}

func TestMessageErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no header", "Transfer is: done?\nHello\n\n", `not a header line of a mail: "Transfer is: done?"`},
		{"nothing", "\n", `not a header line of a mail: ""`},
		{"begins folded", " a: b\n\n", `not a header line of a mail: " a: b"`},
		{"no name", ": b\n\n", `not a header line of a mail: ": b"`},
		{"zero byte", "A: b\n\n\x00", "a mail cannot hold the character U+0000"},
		{"unreadable addresses", "To: Zoë, <a@ex.com\n\n", "cannot read the addresses in mail header To: mail: missing '@' or angle-addr"},
		{"word too long", "X-A: " + strings.Repeat("x", 999) + "\n\n", "mail header X-A has more than 998 characters without a blank"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := parse(c.text)
			if err == nil {
				_, err = m.encode()
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// FuzzMessage checks that what goes to a server is a mail of the same header
// fields, whatever a template gives.
func FuzzMessage(f *testing.F) {
	for _, text := range []string{
		"From: Zoë, J <j@x>\nTo: <a@x>\nSubject: é\n\nbody é\n.\n", "A: b\r\n\tc\r\rd: e\n", "\ufeffA:b", "To: é <é@x>\n\n\xff",
		"Content-Type: text/html\nContent-Transfer-Encoding: 7bit\n\né", "Subject: " + strings.Repeat("a ", 600), "To:\n\v ", "A: b\n \n c",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parse(text)
		if err != nil {
			return
		}
		fields, encoded := len(m.header), m.isEncoded()
		got, err := m.encode()
		if err != nil {
			return
		}
		header, body := split(got)
		checkLines(t, header, maxLine)
		if !encoded && !isPlain(body) {
			t.Errorf("body needs encoding: %q", body)
		}
		again, err := parse(got)
		if err != nil {
			t.Fatalf("%q is no mail: %v", got, err)
		}
		if n := len(again.header); n < fields || n > fields+3 {
			t.Errorf("%d fields became %d: %q", fields, n, got)
		}
	})
}
