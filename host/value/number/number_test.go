package number_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/ascli-go/ascli/host/value/number"
)

func TestParseInteger(t *testing.T) {
	for text, want := range map[string]json.Number{
		"12": "12", "-3": "-3", "+3": "3", "0": "0", "-0": "0",
		"007": "7", "010": "8", "0o10": "8", "0x1f": "31", "0b101": "5",
		"1_000": "1000", " 7 ": "7", "123456789012345678901234567890": "123456789012345678901234567890",
	} {
		if got, ok := number.ParseInteger(text); !ok || got != want {
			t.Errorf("%q: got %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", " ", "abc", "1.0", "08", "1__0", "_1", "1_", "0x", "1 2", "--1"} {
		if got, ok := number.ParseInteger(text); ok {
			t.Errorf("%q: got %q, want no integer", text, got)
		}
	}
}

func TestParseFloat(t *testing.T) {
	for text, want := range map[string]json.Number{
		"1e3": "1000.0", ".5": "0.5", "-1.50": "-1.5", "1_000.5": "1000.5", "08": "8.0",
		"1e20": "1.0e+20", "1.5e-7": "1.5e-07", "0.0001": "0.0001", " 2.5 ": "2.5",
	} {
		if got, ok := number.ParseFloat(text); !ok || got != want {
			t.Errorf("%q: got %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "1.", ".", "e3", "NaN", "Infinity", "1e400", "1.2.3", "0x1p3"} {
		if got, ok := number.ParseFloat(text); ok {
			t.Errorf("%q: got %q, want no float", text, got)
		}
	}
}

func FuzzFormatFloat(f *testing.F) {
	f.Add(0.0)
	f.Add(1e15)
	f.Add(9.999999999999999e15)
	f.Add(1e-5)
	f.Fuzz(func(t *testing.T, x float64) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return
		}
		text := number.FormatFloat(x)
		if back, err := text.Float64(); err != nil || back != x {
			t.Errorf("%v written as %s reads as %v, %v", x, text, back, err)
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON number", text)
		}
	})
}
