package ascmd_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestScript(t *testing.T) {
	for _, tt := range []struct {
		name string
		verb ascmd.Verb
		size int
		args []string
		want string
	}{
		{"one", ascmd.List, 1, []string{"/dir1"}, `as_ls "/dir1"` + "\n"},
		{"several", ascmd.MakeDir, 1, []string{"a", "b"}, `as_mkdir "a"` + "\n" + `as_mkdir "b"` + "\n"},
		{"pairs", ascmd.Copy, 2, []string{"a", "b", "c", "d"}, `as_cp "a" "b"` + "\n" + `as_cp "c" "d"` + "\n"},
		{"quotes", ascmd.List, 1, []string{`/x"y\z w`}, `as_ls "/x\"y\\z w"` + "\n"},
		{"none needed", ascmd.Disks, 0, nil, "as_df\n"},
		{"all on one line", ascmd.Info, 0, []string{"a", "b"}, `as_info "a" "b"` + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			command, err := ascmd.NewCommand(tt.verb, tt.args, tt.size)
			if err != nil {
				t.Fatal(err)
			}
			script, err := command.Script()
			if err != nil {
				t.Fatal(err)
			}
			if want := tt.want + "as_exit\n"; string(script) != want {
				t.Errorf("got %q", script)
			}
		})
	}
}

func TestCommandMistakes(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		size int
		want string
	}{
		{"nothing", nil, 1, "missing argument: path"},
		{"no destination", []string{"a", "b", "c"}, 2, "cp takes a source and a destination: no destination for c"},
		{"a line break", []string{"a\nas_rm \"/\""}, 1, `path "a\nas_rm \"/\"" has a line break or a NUL, which ascmd cannot take`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			command, err := ascmd.NewCommand(ascmd.Copy, tt.args, tt.size)
			if err == nil {
				_, err = command.Script()
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// The answers of spec/ascmd.md 3.5, each after a banner.
const banner = `05 0000001d 01 00000006 "Linux\0" 02 00000006 "4.4.5\0" 0c 00000002 "1\0"`

func TestDecode(t *testing.T) {
	for _, tt := range []struct{ name, answer, want string }{
		{"info", "", ""},
		{"file", `01 00000032 01 00000003 "f1\0" 02 00000008 0000000000000005 04 0000000b "-rw-r--r--\0" 0b 00000008 000000006553f101`,
			`0 1 {"name":"f1","size":5,"zmode":"-rw-r--r--","mtime":"2023-11-14 22:13:21 +0000"}`},
		{"folder", `02 0000001a 01 00000008 01 00000003 "f1\0" 01 00000008 01 00000003 "d2\0"`,
			`0 6 null|0 1 {"name":"f1"}|0 1 {"name":"d2"}`},
		{"empty folder", `02 00000000`, `0 6 null`},
		{"size", `03 00000016 01 00000008 00000000000003e8 02 00000004 00000003`, `0 3 {"size":1000,"fcount":3}`},
		{"error", `04 0000001b 01 00000004 00000002 02 0000000d "No such file\0"`, `0 4 {"errno":2,"errstr":"No such file"}`},
		{"success", `06 00000000`, `0 6 null`},
		{"disks", `08 0000001d 01 00000002 "a\0" 02 00000002 "/\0" 01 00000002 "b\0" 02 00000003 "/b\0"`,
			`0 8 {"fs":"a","dir":"/"}|0 8 {"fs":"b","dir":"/b"}`},
		{"checksum", `09 00000008 01 00000003 "ab\0"`, `0 9 {"md5sum":"ab"}`},
		{"two answers", `06 00000000 04 00000009 01 00000004 00000011`, `0 6 null|1 4 {"errno":17}`},
		{"devices", `05 00000018 0a 00000007 "/dev/a\0" 0a 00000007 "/dev/b\0"`, `0 5 {"dev":["/dev/a","/dev/b"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(binary(t, banner+" "+tt.answer))
			if err != nil {
				t.Fatal(err)
			}
			want := []string{`-1 5 {"platform":"Linux","version":"4.4.5","protocol":"1"}`}
			if tt.want != "" {
				want = append(want, strings.Split(tt.want, "|")...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func decode(answer []byte) (entries []string, err error) {
	// Answers come in pieces of any size.
	err = ascmd.Decode(iotest.OneByteReader(bytes.NewReader(answer)), time.UTC, func(e ascmd.Entry) error {
		fields := "null"
		if e.Fields != nil {
			fields = string(record.JSON(e.Fields))
		}
		entries = append(entries, fmt.Sprintf("%d %d %s", e.Index, e.Kind, fields))
		return nil
	})
	return entries, err
}

func TestDecodeMalformed(t *testing.T) {
	for _, tt := range []struct{ name, answer, want string }{
		{"nothing", ``, "empty answer from server"},
		{"cut in a header", `05 0000`, "malformed answer of ascmd: not enough bytes"},
		{"cut in a value", `05 0000001d 01`, "malformed answer of ascmd: not enough bytes"},
		{"cut in a folder", banner + ` 02 0000001a 01 00000008 01 00000003 "f1\0" 01`, "malformed answer of ascmd: not enough bytes"},
		{"an inner value longer than the outer", `03 00000005 01 00000008`, "malformed answer of ascmd: not enough bytes"},
		{"an unknown kind", `2e 00000000`, "malformed answer of ascmd: Unrecognized field for result: 46"},
		{"an unknown member", `03 00000005 09 00000000`, "malformed answer of ascmd: Unrecognized field for size: 9"},
		{"a number of another size", `03 00000006 02 00000001 01`, "malformed answer of ascmd: fcount has 1 bytes, not 4"},
		{"a huge value", `05 ffffffff`, "malformed answer of ascmd: an entry of 4294967295 bytes"},
		{"text of a shell", `"bash: ascmd: command not found"`, "malformed answer of ascmd: Unrecognized field for result: 98"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decode(binary(t, tt.answer))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestDecodeStops(t *testing.T) {
	enough := errors.New("enough")
	err := ascmd.Decode(bytes.NewReader(binary(t, banner+banner)), time.UTC, func(ascmd.Entry) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("error is %v", err)
	}
}

func TestRefused(t *testing.T) {
	fields := record.New("errno", 2, "errstr", "No such file")
	err := ascmd.Refused(fields, ascmd.List, []string{"/none", "/b"})
	if want := `ascmd: errno=2 errstr="No such file" command=ls arguments=/none,/b`; err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// binary reads the notation of the specification: bytes in hexadecimal, texts in
// double quotes where \0 is NUL.
func binary(t testing.TB, notation string) []byte {
	t.Helper()
	var out []byte
	for i, part := range strings.Split(notation, `"`) {
		if i%2 == 1 {
			out = append(out, strings.ReplaceAll(part, `\0`, "\x00")...)
			continue
		}
		piece, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			t.Fatalf("%q: %v", part, err)
		}
		out = append(out, piece...)
	}
	return out
}

// Whatever a server answers, decoding ends, and what it yields is JSON.
func FuzzDecode(f *testing.F) {
	f.Add(binary(f, banner))
	f.Add(binary(f, banner+`02 0000001a 01 00000008 01 00000003 "f1\0" 01 00000008 01 00000003 "d2\0"`))
	f.Add(binary(f, banner+`08 0000001d 01 00000002 "a\0" 02 00000002 "/\0" 01 00000002 "b\0" 02 00000003 "/b\0"`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		_ = ascmd.Decode(bytes.NewReader(answer), time.UTC, func(e ascmd.Entry) error {
			if e.Fields == nil {
				return nil
			}
			if _, err := record.ParseObject(record.JSON(e.Fields)); err != nil {
				t.Errorf("%s: %v", record.JSON(e.Fields), err)
			}
			return nil
		})
	})
}
