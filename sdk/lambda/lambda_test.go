package lambda_test

import (
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
)

func file(name string, size int) *record.Object {
	return record.New("name", name, "type", "file", "size", size, "tags", []any{"a", "b"}, "owner", record.New("id", 7))
}

func TestExprFilters(t *testing.T) {
	tests := []struct {
		name, source string
		want         bool
	}{
		{"field", `size > 1000`, true},
		{"two fields", `type == "file" && name endsWith ".jpg"`, true},
		{"nested field", `owner.id == 7`, true},
		{"whole item", `it.size == 2000`, true},
		{"missing field is null", `color == nil`, true},
		{"null is false", `color`, false},
		{"list", `"b" in tags`, true},
		{"regular expression", `name matches "^P.*jpg$"`, false},
		{"zero is true", `0`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := lambda.Compile(t.Context(), lambda.Expr, tt.source)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.True(t.Context(), file("photo.jpg", 2000))
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestExprValue(t *testing.T) {
	t.Setenv("ASCLI_TEST_CITY", "Paris")
	tests := []struct{ source, want string }{
		{`1 + 2`, `3`},
		{`"a" + env("ASCLI_TEST_CITY")`, `"aParis"`},
		{`env("ASCLI_TEST_NOTHING")`, `null`},
		{`{"a": [1, 2.5], "b": nil}`, `{"a":[1,2.5],"b":null}`},
		{`map(1..3, # * 2)`, `[2,4,6]`},
		{`duration("90m")`, `"1h30m0s"`},
	}
	for _, tt := range tests {
		v, err := lambda.Evaluate(t.Context(), tt.source)
		if err != nil || string(record.JSON(v)) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.source, record.JSON(v), err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ language, source string }{
		{"expr", "1 +"}, {"expr", "size >"}, {"perl", "1"},
	} {
		if _, err := lambda.Compile(t.Context(), lambda.Language(tt.language), tt.source); err == nil {
			t.Errorf("%s %q: no error", tt.language, tt.source)
		}
	}
	f, err := lambda.Compile(t.Context(), lambda.Expr, "name + 1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.True(t.Context(), file("a", 1)); err == nil {
		t.Error("adding a number to a text: no error")
	}
}

func TestConcurrentCalls(t *testing.T) {
	for _, source := range []string{"size > 1000"} {
		f, err := lambda.Compile(t.Context(), lambda.Expr, source)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				for size := range 200 {
					got, err := f.True(t.Context(), file("x", size*100+i))
					if err != nil || got != (size*100+i > 1000) {
						t.Errorf("size %d: got %v, %v", size, got, err)
						return
					}
				}
			})
		}
		group.Wait()
	}
}

func FuzzExpr(f *testing.F) {
	for _, s := range []string{"size > 1", `name matches "^a"`, "map(1..3, #)", "a?.b", "it"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if compiled, err := lambda.Compile(t.Context(), lambda.Expr, source); err == nil {
			_, _ = compiled.True(t.Context(), file("a", 1))
		}
	})
}
