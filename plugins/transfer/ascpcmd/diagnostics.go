package ascpcmd

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/record"
)

// The lines of `ascp -DDL-` (spec/plugins/config.md 10.3, step 2).
var (
	pathLine    = regexp.MustCompile(`^DBG Path ([^ ]+) +(?:dir|file) *: *(.*)$`)
	moduleLine  = regexp.MustCompile(`^DBG Added module group:"([^"]+)" name:"([^"]+)", version:"([^"]+)" interface:"([^"]+)"$`)
	licenseLine = regexp.MustCompile(`^DBG License result \(/license/(\S+)\): (.+)$`)
	versionLine = regexp.MustCompile(`^LOG (.+) version ([0-9.]+)$`)
	faspLine    = regexp.MustCompile(`^LOG Initializing FASP version ([^,]+),`)
)

// diagnostics is what ascp says of itself.
type diagnostics struct {
	fields *record.Object
	// last is the last line, which tells why ascp did not start.
	last string
}

// parseDiagnostics reads the log of ascp. Lines that are no text are skipped.
func parseDiagnostics(log []byte) diagnostics {
	d := diagnostics{fields: record.New()}
	for line := range bytes.Lines(log) {
		if text := strings.TrimRight(string(line), "\r\n"); utf8.ValidString(text) {
			d.take(text)
		}
	}
	return d
}

func (d *diagnostics) take(line string) {
	if line != "" {
		d.last = line
	}
	if m := pathLine.FindStringSubmatch(line); m != nil {
		d.fields.Set(m[1], m[2])
	} else if m := moduleLine.FindStringSubmatch(line); m != nil {
		key := m[4] + "." + m[1]
		d.fields.Set(key, append(d.fields.List(key), m[2]+" v"+m[3]))
	} else if m := licenseLine.FindStringSubmatch(line); m != nil {
		d.fields.Set(m[1], m[2])
	} else if m := faspLine.FindStringSubmatch(line); m != nil {
		d.fields.Set("sdk_ascp_version", m[1])
		d.fields.Set("ascp_version", m[1])
	} else if m := versionLine.FindStringSubmatch(line); m != nil {
		d.fields.Set("product_name", m[1])
		d.fields.Set("product_version", m[2])
	}
}

// What OpenSSL leaves in a program that it is linked into.
var (
	openSSLFolder  = regexp.MustCompile(`OPENSSLDIR.*"(.*)"`)
	openSSLVersion = regexp.MustCompile(`OpenSSL (\d[^ -]+)`)
)

// addOpenSSL adds what the bytes of a program tell of its OpenSSL.
func addOpenSSL(fields *record.Object, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read the version of OpenSSL: %w", err)
	}
	defer func() { _ = file.Close() }()
	folder, version, err := readOpenSSL(file)
	if err != nil {
		return fmt.Errorf("cannot read the version of OpenSSL: %w", err)
	}
	for _, f := range []struct{ name, value string }{
		{"openssldir", folder}, {"ascp_openssl_dir", folder}, {"openssl_version", version}, {"ascp_openssl_version", version},
	} {
		setKnown(fields, f.name, f.value)
	}
	return nil
}

const (
	// shortestText and longestText bound the printable runs that are looked at.
	shortestText, longestText = 10, 4096
)

func readOpenSSL(program io.Reader) (folder, version string, err error) {
	reader := bufio.NewReaderSize(program, 1<<16)
	var text []byte
	for {
		c, err := reader.ReadByte()
		if err == nil && c >= ' ' && c <= '~' {
			if len(text) < longestText {
				text = append(text, c)
			}
			continue
		}
		if len(text) >= shortestText {
			if m := openSSLFolder.FindSubmatch(text); m != nil {
				folder = string(m[1])
			} else if m := openSSLVersion.FindSubmatch(text); m != nil {
				version = string(m[1])
			}
		}
		text = text[:0]
		if errors.Is(err, io.EOF) {
			return folder, version, nil
		}
		if err != nil {
			return "", "", err
		}
	}
}
