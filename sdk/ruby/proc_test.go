package ruby_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/ruby"
)

func TestProcTrue(t *testing.T) {
	for source, want := range map[string]bool{
		"->(x){nil}": false, "->(x){false}": false, "->(x){0}": true, `->(x){""}`: true, "->(x){x}": true,
		"->(x){ return false if x; 1 }": false, "proc{|x, y| y}": false, ":positive?.to_proc": true,
	} {
		if got, err := lambda(t, source).True(context.Background(), 1); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", source, got, err, want)
		}
	}
}

func TestProcSeesRecords(t *testing.T) {
	row := record.New("id", 7, "name", "x", "tags", []any{"a", record.New("k", 1)}, "size", nil, "big", "x")
	for source, want := range map[string]string{
		`->(r){r["id"] + 1}`:                      "8",
		`->(r){r[:id]}`:                           "nil",
		`->(r){r.keys.first}`:                     `"id"`,
		`->(r){r["tags"][1]["k"]}`:                "1",
		`->(r){r["tags"] << 1; r["tags"].length}`: "3",
		`->(r){r["id"] = 9; r["id"]}`:             "9",
		`->(r){r.length}`:                         "5",
		`->(r){r.to_a.length}`:                    "5",
		`->(r){r.key?("size")}`:                   "true",
		`->(r){r.delete("id"); r.length}`:         "4",
		`->(r){r.dig("tags", 0)}`:                 `"a"`,
		`->(r){r == r.dup}`:                       "true",
		`->(r){r.select{|k, v| v.nil?}}`:          `{"size"=>nil}`,
		`->(r){r["name"] << "y"; r["name"]}`:      `"x"`,
	} {
		if got := callWith(t, source, row); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
	want := `{"id":7,"name":"x","tags":["a",{"k":1}],"size":null,"big":"x"}`
	if got := string(record.JSON(row)); got != want {
		t.Errorf("the record was changed: %s", got)
	}
}

func TestProcOfWrongArguments(t *testing.T) {
	want := "error: wrong number of arguments (given 1, expected 2) (line 1, column 1)"
	if got := callWith(t, "->(a, b){}", 1); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSourceText calls a lambda, and the lambda that its text evaluates to.
func TestSourceText(t *testing.T) {
	for _, c := range []struct{ source, arg, want, text string }{
		{`->(a){a*2}`, "x", `"xx"`, `->(a){a*2}`},
		{`->(a){a + "#{1}"}`, "x", `"x1"`, `->(a){a + "#{1}"}`},
		{`x="y"; ->(a){a+x}`, "x", `"xy"`, `->(x){->(a){a+x}}.call("y")`},
		{`x=[1,2.5,nil,:s,{a: "é#{1}"},1..2,/a\/b/i]; ->(a){x.inspect}`, "", "", `->(x){->(a){x.inspect}}.call([1,2.5,nil,:s,{:a=>"é1"},(1..2),/a\/b/i])`},
		{`y=1; g=->(b){b.length+y}; ->(a){g.(a)}`, "abc", "4", `->(g){->(a){g.(a)}}.call(->(y){->(b){b.length+y}}.call(1))`},
		{`f=->(n){n.to_i<2 ? 1 : n.to_i*f.(n.to_i-1)}; f`, "5", "120", `->(f){f=->(n){n.to_i<2 ? 1 : n.to_i*f.(n.to_i-1)}}.call(nil)`},
		{`x=1; lambda{|a| x = x + 1; x}`, "", "", `->(x){lambda{|a| x = x + 1; x}}.call(1)`},
		{`proc{|a, b| a}`, "x", `"x"`, `proc{|a, b| a}`},
		{`lambda do |a| a end`, "x", `"x"`, `lambda do |a| a end`},
		{`:upcase.to_proc`, "x", `"X"`, `:upcase.to_proc`},
		{`x=Float::INFINITY; ->(a){x > a.to_i}`, "5", "true", `->(x){->(a){x > a.to_i}}.call(Float::INFINITY)`},
		{`x="a\u0000\xFF\e\#{b}"; ->(a){x == "a\u0000\xFF\e\#{b}"}`, "", "true", ``},
		{`->(x){->(y){[x,y]}}.call("k")`, "v", `["k", "v"]`, `->(x){->(y){[x,y]}}.call("k")`},
		{`[1].map{|i| ->(a){a+i.to_s}}.first`, "v", `"v1"`, `->(i){->(a){a+i.to_s}}.call(1)`},
	} {
		t.Run(c.source, func(t *testing.T) {
			original := lambda(t, c.source)
			text, err := original.SourceText()
			if err != nil {
				t.Fatal(err)
			}
			if c.text != "" && text != c.text {
				t.Errorf("text is %s\nwant    %s", text, c.text)
			}
			first, second := callWith(t, c.source, c.arg), callWith(t, text, c.arg)
			if first != second || c.want != "" && first != c.want {
				t.Errorf("original gives %s, copy %s, want %s", first, second, c.want)
			}
			if copied := lambda(t, text); copied.Arity() != original.Arity() {
				t.Errorf("arity %d became %d", original.Arity(), copied.Arity())
			}
		})
	}
}

func TestSourceTextRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"x = Time.now; ->{x}":                       "the variable x, of class Time, cannot be written as source text",
		"a = b = nil; a = ->{b}; b = ->{a}; b":      "Procs that use each other",
		"->(a, b){a}.curry":                         "a Proc made by curry or composition has no source text",
		"x = []; x << x; ->{x}":                     "stack level too deep",
		"x = [1]; 60.times{ x = [x, x] }; ->{x[0]}": "does too much",
	} {
		env := world(t)
		env.MaxSteps = 100_000
		v, err := ruby.New(env).Evaluate(context.Background(), source)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := v.(*ruby.Proc).SourceText(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %.100q, %v, want %s", source, text, err, want)
		}
	}
}

func TestProcsRunConcurrently(t *testing.T) {
	i := ruby.New(world(t))
	v, err := i.Evaluate(context.Background(), `n = 0; list = []; ->(x){ n += 1; list << x; puts n; n }`)
	if err != nil {
		t.Fatal(err)
	}
	counter, pure := v.(*ruby.Proc), lambda(t, `->(r){ r["a"].map{|x| x * 2}.sum }`)
	row := record.New("a", []any{1, 2, 3})
	const calls = 50
	var group sync.WaitGroup
	for range calls {
		group.Go(func() {
			if _, err := counter.Call(context.Background(), "x"); err != nil {
				t.Error(err)
			}
			if v, err := pure.Call(context.Background(), row); err != nil || show(v) != "12" {
				t.Error(v, err)
			}
		})
	}
	group.Wait()
	if v, err := counter.Call(context.Background(), "x"); err != nil || show(v) != "51" {
		t.Errorf("counted %v, %v", v, err)
	}
}

func BenchmarkFilter(b *testing.B) {
	p := lambda(b, `->(f){f["name"].end_with?(".jpg")}`)
	row := record.New("id", "1", "type", "file", "name", "picture.jpg", "size", 12, "modified_time", "2026-11-22T02:04:10Z")
	b.ReportAllocs()
	for b.Loop() {
		if yes, err := p.True(context.Background(), row); err != nil || !yes {
			b.Fatal(yes, err)
		}
	}
}
