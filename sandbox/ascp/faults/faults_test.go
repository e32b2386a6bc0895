package faults_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp/faults"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       faults.Rule
		wrong      string // part of the error, "" for none
	}{
		{"an error", `{"times":3,"after_bytes":1000,"code":15,"description":"Timeout"}`,
			faults.Rule{Times: 3, AfterBytes: 1000, Kind: faults.Error, Code: 15, Description: "Timeout"}, ""},
		{"an error without words", `{"code":19}`,
			faults.Rule{Kind: faults.Error, Code: 19, Description: "Error 19 asked for by a fault of the sandbox"}, ""},
		{"a run left alone", `{"times":1}`, faults.Rule{Times: 1, Kind: faults.None}, ""},
		{"killed half-way", `{"kind":"kill","after_percent":50}`, faults.Rule{Kind: faults.Kill, AfterPercent: 50}, ""},
		{"unknown kind", `{"kind":"explode"}`, faults.Rule{}, `"explode" is unknown: expect none, error, kill`},
		{"unknown key", `{"after":1}`, faults.Rule{}, "unknown field"},
		{"no code", `{"kind":"error"}`, faults.Rule{}, "code 0"},
		{"code of another kind", `{"kind":"hang","code":3}`, faults.Rule{}, "no code"},
		{"mute has no data", `{"kind":"mute","after_bytes":1}`, faults.Rule{}, "no after_bytes"},
		{"bytes and percent", `{"kind":"kill","after_bytes":1,"after_percent":1}`, faults.Rule{}, "one of"},
		{"percent", `{"kind":"kill","after_percent":101}`, faults.Rule{}, "0 to 100"},
		{"negative", `{"kind":"kill","times":-1}`, faults.Rule{}, "negative"},
		{"two", `{"code":1} {"code":2}`, faults.Rule{}, "more than one"},
		{"none", ``, faults.Rule{}, "JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := faults.Parse([]byte(tt.text))
			switch {
			case tt.wrong == "" && (err != nil || got != tt.want):
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
				t.Errorf("got %v, want %q", err, tt.wrong)
			}
		})
	}
}

func TestThreshold(t *testing.T) {
	for _, tt := range []struct {
		rule       faults.Rule
		size, want int64
	}{
		{faults.Rule{AfterBytes: 7}, 1000, 7},
		{faults.Rule{AfterPercent: 50}, 1001, 500},
		{faults.Rule{AfterPercent: 100}, 1001, 1001},
		{faults.Rule{AfterPercent: 100}, math.MaxInt64, math.MaxInt64},
	} {
		if got := tt.rule.Threshold(tt.size); got != tt.want {
			t.Errorf("%+v of %d: %d, want %d", tt.rule, tt.size, got, tt.want)
		}
	}
}

// Runs at the same time use each a rule of its own, in order of the file.
func TestTake(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, faults.FileName)
	if rule, err := faults.Take(context.Background(), name); err != nil || rule.Kind != faults.None {
		t.Fatalf("without a file: %+v, %v", rule, err)
	}
	rules := []faults.Rule{{Kind: faults.Error, Code: 15, Times: 20}, {Kind: faults.None, Times: 1}, {Kind: faults.Kill}}
	if err := faults.Write(folder, rules); err != nil {
		t.Fatal(err)
	}
	var runs sync.WaitGroup
	var mu sync.Mutex
	seen := map[faults.Kind]int{}
	for range 24 {
		runs.Go(func() {
			rule, err := faults.Take(context.Background(), name)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[rule.Kind]++
		})
	}
	runs.Wait()
	if seen[faults.Error] != 20 || seen[faults.None] != 1 || seen[faults.Kill] != 3 {
		t.Errorf("runs by kind: %v", seen)
	}
	if err := faults.Write(folder, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("the file is still there")
	}
}

func TestMalformedFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), faults.FileName)
	for _, text := range []string{"{}", "[{]", `[{"kind":"none"},{"kind":"?"}]`, ""} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := faults.Take(context.Background(), name); err == nil || !strings.Contains(err.Error(), faults.FileName) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzParse checks that what passes can be written and read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"times":3,"after_bytes":1000,"code":15,"description":"Timeout"}`))
	f.Add([]byte(`{"kind":"kill","after_percent":50}`))
	f.Add([]byte(`{"kind":"none","used":2}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rule, err := faults.Parse(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := faults.Parse(again); err != nil || back != rule {
			t.Fatalf("%+v became %+v, %v", rule, back, err)
		}
		if at := rule.Threshold(1000); at < 0 {
			t.Fatalf("%+v: threshold %d", rule, at)
		}
	})
}
