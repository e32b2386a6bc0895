package ascpcmd

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestReadOpenSSL(t *testing.T) {
	for _, tt := range []struct{ name, program, folder, version string }{
		{"both", "\x00\x01OPENSSLDIR: \"/aspera/ssl\"\x00some OpenSSL 1.1.1k  25 Mar 2021\x00", "/aspera/ssl", "1.1.1k"},
		{"the last one wins", "xxxxx OpenSSL 1.0.2\x00xxxxx OpenSSL 3.0.8 7 Feb\x00", "", "3.0.8"},
		{"at the end", "xxxxx OpenSSL 3.0.8", "", "3.0.8"},
		{"too short", "\x00OpenSSL 3\x00", "", ""},
		{"nothing", "", "", ""},
		{"an endless text", strings.Repeat("x", 10000), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder, version, err := readOpenSSL(iotest.OneByteReader(strings.NewReader(tt.program)))
			if err != nil || folder != tt.folder || version != tt.version {
				t.Errorf("got %q, %q, %v", folder, version, err)
			}
		})
	}
	if _, _, err := readOpenSSL(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("xx")))); err == nil {
		t.Error("a file that cannot be read passes")
	}
}

func FuzzParseDiagnostics(f *testing.F) {
	f.Add([]byte("DBG Path root dir : /x\nDBG Added module group:\"g\" name:\"n\", version:\"1\" interface:\"pvcl\"\n"))
	f.Add([]byte("DBG Path a.b dir : x\nLOG a version 1\r\nLOG Initializing FASP version 1, x"))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, log []byte) {
		d := parseDiagnostics(log)
		text := record.JSON(d.fields)
		if _, err := record.ParseObject(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if strings.ContainsAny(d.last, "\n") {
			t.Errorf("last line %q", d.last)
		}
	})
}
