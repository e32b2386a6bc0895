package record_test

import (
	"math"
	"testing"
	"time"

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

func TestAnyGoValueCanStandInARecord(t *testing.T) {
	type point struct{ X, Y int32 }
	o := record.New("int32", int32(7), "float", 1.5, "nan", math.NaN(), "time", time.Unix(0, 0).UTC(),
		"struct", point{1, 2}, "map", map[string]any{"b": 1, "a": []uint8(nil)}, "chan", make(chan int), 8, true, "last")
	if _, err := record.Parse(record.JSON(o)); err != nil {
		t.Fatalf("%s: %v", record.JSON(o), err)
	}
	for key, want := range map[string]string{
		"int32": `7`, "float": `1.5`, "nan": `"NaN"`, "time": `"1970-01-01T00:00:00Z"`,
		"struct": `{"X":1,"Y":2}`, "map": `{"a":null,"b":1}`, "8": `true`, "last": `null`,
	} {
		v, _ := o.Get(key)
		if got := string(record.JSON(v)); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

func TestNilObjectReadsAsEmpty(t *testing.T) {
	var o *record.Object
	if o.Len() != 0 || len(o.Keys()) != 0 || o.Has("a") || o.Text("a") != "" || o.Object("a") != nil || o.List("a") != nil || o.Bool("a") {
		t.Error("a nil object has something")
	}
	for key := range o.All() {
		t.Errorf("key %s", key)
	}
}
