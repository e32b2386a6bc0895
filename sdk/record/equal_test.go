package record_test

import (
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestEqual(t *testing.T) {
	texts := []string{
		`null`, `false`, `""`, `"1"`, `1`, `1.0`, `[]`, `{}`, `[1,[2]]`, `[1,[3]]`, `[1]`,
		`{"a":1,"b":[{}]}`, `{"b":[{}],"a":1}`, `{"a":1,"b":[[]]}`, `{"a":1}`, `{"a":null}`, `{"b":null}`,
	}
	for i, x := range texts {
		for j, y := range texts {
			a, err := record.Parse([]byte(x))
			if err != nil {
				t.Fatal(err)
			}
			b, err := record.Parse([]byte(y))
			if err != nil {
				t.Fatal(err)
			}
			if got := record.Equal(a, b); got != (i == j) {
				t.Errorf("%s and %s: %t", x, y, got)
			}
		}
	}
}
