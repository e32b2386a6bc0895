package record_test

import (
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestRoundTripKeepsOrderAndDigits(t *testing.T) {
	for _, text := range []string{
		`{"z":1,"a":{"y":[1,2.50,true,null],"b":"é/<&>"},"id":9223372036854775807}`,
		`[18446744073709551615,-0.10,1e400,""]`,
		`"line\n\"quoted\" \\"`,
		`null`,
	} {
		v, err := record.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := string(record.JSON(v)); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
}

func TestMergeIsDeepAndArraysReplace(t *testing.T) {
	base, _ := record.ParseObject([]byte(`{"a":{"x":1,"y":[1,2]},"b":1}`))
	over, _ := record.ParseObject([]byte(`{"a":{"y":[3],"z":null},"c":2}`))
	got := record.Merge(base, over)
	if want := `{"a":{"x":1,"y":[3],"z":null},"b":1,"c":2}`; string(record.JSON(got)) != want {
		t.Errorf("got %s, want %s", record.JSON(got), want)
	}
	if want := `{"a":{"x":1,"y":[3]},"b":1,"c":2}`; string(record.JSON(record.DropNulls(got))) != want {
		t.Errorf("got %s, want %s", record.JSON(got), want)
	}
}

func TestPretty(t *testing.T) {
	v, _ := record.Parse([]byte(`{"a":[],"b":{},"c":[{"d":1},2]}`))
	want := "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    {\n      \"d\": 1\n    },\n    2\n  ]\n}"
	if got := string(record.Pretty(v)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
