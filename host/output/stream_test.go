package output_test

import (
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/ascli-go/ascli/host/output"
)

// Rows of these formats are out before the next ones come.
func TestStreaming(t *testing.T) {
	for _, test := range []struct {
		name     string
		header   output.Header
		settings func(*output.Settings)
		begun    string
	}{
		{"json", list(), format("json"), "[" + rowA},
		{"jsonl", list(), format("jsonl"), rowA},
		{"jsonpp", list(), format("jsonpp"), "[\n  {\n    \"id\": 1,\n    \"name\": \"a\"\n  }"},
		{"yaml", list(), format("yaml"), "---\n- id: 1\n  name: a\n"},
		{"text", list(), format("text"), `[{"id"=>1, "name"=>"a"}`},
		{"json with fields", list(), fields("json", "id"), "[1"},
		{"csv with default columns", list("name", "id"), format("csv"), "a,1\n"},
		{"csv with fields", list(), fields("csv", "id"), "1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			p, err := output.New(t.Context(), &b, settings(test.settings))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.Begin(test.header), p.JSONRows([][]byte{[]byte(rowA)})); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.begun {
				t.Errorf("got %q, want %q", b.String(), test.begun)
			}
		})
	}
}

// A list of any length keeps no rows: a million of them in the memory of a
// thousand. The library of yaml is too slow for a million, under the race detector.
func TestMillionRowsInConstantMemory(t *testing.T) {
	const million, ceiling = 1_000_000, 1 << 20 // bytes
	batch := make([]any, 10_000)
	for i := range batch {
		batch[i] = parseObject(rowA)
	}
	for _, test := range []struct {
		format         string
		rows           int
		begin, row     string
		separator, end string
	}{
		{"csv", million, "", "1,a", "\n", "\n"},
		{"json", million, "[", rowA, ",", "]\n"},
		{"jsonl", million, "", rowA, "\n", "\n"},
		{"jsonpp", million, "[\n  ", "{\n    \"id\": 1,\n    \"name\": \"a\"\n  }", ",\n  ", "\n]\n"},
		{"ruby", million, "[", `{"id"=>1, "name"=>"a"}`, ",\n ", "]\n"},
		{"text", million, "[", `{"id"=>1, "name"=>"a"}`, ", ", "]\n"},
		{"yaml", million / 10, "---\n", "- id: 1\n  name: a", "\n", "\n"},
	} {
		t.Run(test.format, func(t *testing.T) {
			var written counter
			p, err := output.New(t.Context(), &written, settings(format(test.format)))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.Begin(list("id", "name")), p.Rows(batch)); err != nil {
				t.Fatal(err)
			}
			before := heap()
			for range test.rows/len(batch) - 1 {
				if err := p.Rows(batch); err != nil {
					t.Fatal(err)
				}
			}
			if after := heap(); after > before+ceiling {
				t.Errorf("%d rows kept %d bytes", test.rows, after-before)
			}
			if err := p.End(); err != nil {
				t.Fatal(err)
			}
			want := len(test.begin) + test.rows*len(test.row) + (test.rows-1)*len(test.separator) + len(test.end)
			if int(written) != want {
				t.Errorf("wrote %d bytes, want %d", written, want)
			}
		})
	}
}

// counter is a writer that counts bytes.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// heap is the size of what is reachable, bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// failing is a writer that fails, as a closed pipe or a full disk does.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestWriteErrorsAreToldOnce(t *testing.T) {
	for _, formatName := range output.Formats() {
		if formatName == "image" || formatName == "nagios" {
			continue
		}
		t.Run(formatName, func(t *testing.T) {
			p, err := output.New(t.Context(), failing{syscall.EPIPE}, settings(format(formatName)))
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			for _, err := range []error{p.Begin(list()), p.JSONRows([][]byte{[]byte(rowA)}), p.End()} {
				if errors.Is(err, syscall.EPIPE) {
					told++
				} else if err != nil {
					t.Errorf("another error: %v", err)
				}
			}
			if told != 1 {
				t.Errorf("the closed pipe was told %d times", told)
			}
		})
	}
	t.Run("nagios", func(t *testing.T) {
		p, err := output.New(t.Context(), failing{syscall.ENOSPC}, settings(format("nagios")))
		if err != nil {
			t.Fatal(err)
		}
		row := parseObject(`{"status":"ok","component":"a","message":"b"}`)
		if err := errors.Join(p.Begin(list()), p.Row(row)); err != nil {
			t.Fatal(err)
		}
		if err := p.End(); !errors.Is(err, syscall.ENOSPC) || strings.Count(err.Error(), syscall.ENOSPC.Error()) != 1 {
			t.Errorf("got %v", err)
		}
	})
}
