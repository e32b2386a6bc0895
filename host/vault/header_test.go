package vault

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"testing"
)

func TestParseHeader(t *testing.T) {
	for _, c := range []struct {
		name, blob string
		want       header
		text       string
		problem    string
	}{
		{"no header", "abc", header{}, "abc", ""},
		{"plain", "@EnC\x00\x00abc", header{}, "abc", ""},
		{"compressed", "@EnC\x00\x80abc", header{compressed: true}, "abc", ""},
		{"vector and cipher", "@EnC\x01\x50\x02\x00iv\x03\x00aesabc", header{vector: []byte("iv"), cipher: "aes"}, "abc", ""},
		{"key", "@EnC\x00\x20\x01\x00kabc", header{}, "", "a key of its own, an authentication tag and chunks are not supported in a vault"},
		{"magic alone", "@EnC", header{}, "", errTruncated.Error()},
		{"length cut", "@EnC\x00\x40\x02", header{}, "", errTruncated.Error()},
		{"field cut", "@EnC\x00\x10\x09\x00aes", header{}, "", errTruncated.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, text, err := parseHeader([]byte(c.blob))
			if got.compressed != c.want.compressed || !bytes.Equal(got.vector, c.want.vector) ||
				got.cipher != c.want.cipher || string(text) != c.text || message(err) != c.problem {
				t.Errorf("got %+v, %q, %v", got, text, err)
			}
		})
	}
}

// A blob with all that its header can say.
func TestBlobWithHeader(t *testing.T) {
	var text bytes.Buffer
	compressor := zlib.NewWriter(&text)
	if _, err := compressor.Write([]byte("---\nl:\n  :password: p\n")); err != nil {
		t.Fatal(err)
	}
	if err := compressor.Close(); err != nil {
		t.Fatal(err)
	}
	block, err := newCipher("aes-128-cbc", "password")
	if err != nil {
		t.Fatal(err)
	}
	padding := aes.BlockSize - text.Len()%aes.BlockSize
	text.Write(bytes.Repeat([]byte{byte(padding)}, padding))
	vector := []byte("0123456789abcdef")
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(text.Bytes(), text.Bytes())
	blob := "@EnC\x00\xd0\x10\x00" + string(vector) + "\x0b\x00aes-128-cbc" + text.String()

	entries, err := asperaForm{}.open([]byte(blob), "password")
	if err != nil || !sameEntries(entries, []Entry{{Label: "l", Password: "p"}}) {
		t.Errorf("got %+v, %v", entries, err)
	}
}

// A wrong password may give a valid padding: the text is noise then.
func TestNoiseIsWrongPassword(t *testing.T) {
	sealed, err := asperaForm{}.seal([]Entry{lab1()}, "right")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		password := "wrong" + string(rune('!'+i%90)) + string(rune('!'+i/90))
		if _, err := (asperaForm{}).open(sealed, password); !errors.Is(err, ErrDecrypt) {
			t.Fatalf("password %s: %v", password, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, form := range []form{asperaForm{}, ageForm{work: 1, maxWork: 1}, ageForm{armored: true, work: 1, maxWork: 1}} {
		content, err := form.seal([]Entry{lab1()}, testPassword)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, testPassword)
	}
	f.Add([]byte("@EnC\x00\xd0\x10\x000123456789abcdef\x0b\x00aes-128-cbc0123456789abcdef"), "p")
	f.Fuzz(func(t *testing.T, content []byte, password string) {
		found := formOf(content, 1)
		if modern, ok := found.(ageForm); ok {
			modern.maxWork = 1
			found = modern
		}
		entries, err := found.open(content, password)
		if err != nil {
			return
		}
		checkRoundTrip(t, entries)
	})
}

func FuzzEntries(f *testing.F) {
	f.Add([]byte("---\nlab1:\n  :username: u1\n  :password: 'p\n\n    q'\n"))
	f.Add([]byte("--- {}\n"))
	f.Add([]byte("a: {b: 1, :c: [x, {y: z}], label: l}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if entries, err := parseEntries(text); err == nil {
			checkRoundTrip(t, entries)
		}
	})
}

func checkRoundTrip(t *testing.T, entries []Entry) {
	for _, style := range []keyStyle{plainKeys, symbolKeys} {
		if _, err := renderEntries(entries, style); err != nil {
			t.Errorf("%+v: %v", entries, err)
		}
	}
}
