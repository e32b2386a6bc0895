package output_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/ascli-go/ascli/host/output"
)

// batch is how many rows a plugin sends at a time in these benchmarks.
const batch = 1000

func benchRows(n int) [][]byte {
	rows := make([][]byte, n)
	for i := range rows {
		rows[i] = fmt.Appendf(nil, `{"id":"%d","name":"file %d","size":%d,"type":"file","access_levels":["edit","view"],`+
			`"owner":{"id":%d,"email":"user%d@example.com"},"modified_time":"2024-01-02T03:04:05Z"}`, i, i, i*1000, i%7, i%7)
	}
	return rows
}

// BenchmarkStream prints a list batch by batch. The bytes allocated per row must
// not depend on the number of rows: nothing is kept.
func BenchmarkStream(b *testing.B) {
	for _, name := range []string{"json", "jsonl", "jsonpp", "csv", "text", "ruby", "yaml"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			rows := benchRows(batch)
			p, err := output.New(b.Context(), io.Discard, settings(format(name)))
			if err != nil {
				b.Fatal(err)
			}
			if err := p.Begin(list("id", "name", "size", "owner.email")); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := p.JSONRows(rows); err != nil {
					b.Fatal(err)
				}
			}
			if err := p.End(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkTable100k draws a table of 100,000 rows of six fields.
func BenchmarkTable100k(b *testing.B) {
	b.ReportAllocs()
	rows := benchRows(100_000)
	for b.Loop() {
		p, err := output.New(b.Context(), io.Discard, settings(nil))
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Begin(list("id", "name", "size", "type", "owner.email", "modified_time")); err != nil {
			b.Fatal(err)
		}
		if err := p.JSONRows(rows); err != nil {
			b.Fatal(err)
		}
		if err := p.End(); err != nil {
			b.Fatal(err)
		}
	}
}
