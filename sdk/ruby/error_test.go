package ruby_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/ruby"
)

// TestOutsideTheSubset has the constructs that are left out on purpose.
func TestOutsideTheSubset(t *testing.T) {
	for source, want := range map[string]string{
		"1; while true; end":            "while loop (line 1, column 4)",
		"until x; end":                  "until loop (line 1, column 1)",
		"for x in [1]; end":             "for loop (line 1, column 1)",
		"x = 1\nx += 1 while x<3":       "while modifier (line 2, column 8)",
		"loop { }":                      "loop (line 1, column 1)",
		"begin; 1; end":                 "begin (line 1, column 1)",
		"Integer('x') rescue 0":         "rescue modifier (line 1, column 14)",
		"case 1; when 1; end":           "case (line 1, column 1)",
		"def foo; end":                  "method definition (line 1, column 1)",
		"class Foo; end":                "class definition (line 1, column 1)",
		"module Foo; end":               "module definition (line 1, column 1)",
		"->(x){ yield x }":              "yield (line 1, column 8)",
		"Dir.glob('*')":                 "Dir (line 1, column 1)",
		"Digest::SHA256.hexdigest('a')": "Digest::SHA256 (line 1, column 1)",
		"Zlib::Inflate.inflate('a')":    "Zlib::Inflate (line 1, column 1)",
		"CSV.parse('a')":                "CSV (line 1, column 1)",
		"Math.sqrt(2)":                  "Math (line 1, column 1)",
		"SecureRandom.uuid":             "SecureRandom (line 1, column 1)",
		"TCPSocket.new('h', 1)":         "TCPSocket (line 1, column 1)",
		"Socket.gethostname":            "Socket (line 1, column 1)",
		"Process.pid":                   "Process (line 1, column 1)",
		"URI.parse('x')":                "URI (line 1, column 1)",
		"CGI.escape('x')":               "CGI (line 1, column 1)",
		"Etc.getlogin":                  "Etc (line 1, column 1)",
		"`ls`":                          "backticks (running a command) (line 1, column 1)",
		"%x{ls}":                        "%x literal (line 1, column 1)",
		"->(f){ system('ls') }":         "system (line 1, column 8)",
		"exec 'ls'":                     "exec (line 1, column 1)",
		"fork { }":                      "fork (line 1, column 1)",
		"open('x', 'w')":                "open (line 1, column 1)",
		"eval('1')":                     "eval (line 1, column 1)",
		"File.write('x', 'y')":          "File.write (line 1, column 6)",
		"File.open('x', 'w')":           "File.open (line 1, column 6)",
		"File.delete('x')":              "File.delete (line 1, column 6)",
		"IO.popen('ls')":                "IO (line 1, column 1)",
		"a, b = 1, 2":                   "assignment of several values (line 1, column 2)",
		"@x = 1":                        "instance variable (line 1, column 1)",
		"$x = 1":                        "assignment to a global variable (line 1, column 4)",
		"$0":                            "global variable $0 (line 1, column 1)",
		"X = 1":                         "assignment to a constant (line 1, column 3)",
		"x = <<~END\nEND":               "heredoc (line 1, column 5)",
		"->(a:){}":                      "keyword parameter (line 1, column 4)",
		"->(&b){}":                      "parameter with '&' (line 1, column 4)",
		"x = 1; x.y = 2":                "assignment to an attribute (line 1, column 10)",
		"self":                          "self (line 1, column 1)",
		"?a":                            "character literal (line 1, column 1)",
		"proc { return 1 }":             "return outside of a lambda (line 1, column 8)",
	} {
		t.Run(source, func(t *testing.T) {
			if got := evaluate(t, source); got != "error: unsupported: "+want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for source, want := range map[string]string{
		"foo":                         "undefined local variable or method 'foo' (line 1, column 1)",
		"foo(1)":                      "undefined method 'foo' for main:Object (line 1, column 1)",
		`"a".foo`:                     "undefined method 'foo' for an instance of String (line 1, column 5)",
		"nil.foo":                     "undefined method 'foo' for nil (line 1, column 5)",
		"nil + 1":                     "undefined method '+' for nil (line 1, column 5)",
		"Foo":                         "uninitialized constant Foo (line 1, column 1)",
		"Foo::Bar.baz":                "uninitialized constant Foo::Bar (line 1, column 1)",
		"String.foo":                  "undefined method 'foo' for class String (line 1, column 8)",
		"1 / 0":                       "divided by 0 (line 1, column 3)",
		`1 + "a"`:                     "String can't be coerced into Integer (line 1, column 3)",
		`"a" + 1`:                     "no implicit conversion of Integer into String (line 1, column 5)",
		`"a" + nil`:                   "no implicit conversion of nil into String (line 1, column 5)",
		"[1] + 1":                     "no implicit conversion of Integer into Array (line 1, column 5)",
		`[1, "a"].sort`:               "comparison of String with 1 failed (line 1, column 10)",
		"[nil, 1].max":                "comparison of Integer with nil failed (line 1, column 10)",
		`1 < "a"`:                     "comparison of Integer with String failed (line 1, column 3)",
		`Integer("x")`:                `invalid value for Integer(): "x" (line 1, column 1)`,
		"Integer(nil)":                "can't convert nil into Integer (line 1, column 1)",
		`Float("1.")`:                 `invalid value for Float(): "1." (line 1, column 1)`,
		`{a: 1}.fetch(:b)`:            "key not found: :b (line 1, column 8)",
		"[1].fetch(3)":                "index 3 outside of array bounds: -1...1 (line 1, column 5)",
		`raise "boom"`:                "boom (line 1, column 1)",
		`raise ArgumentError, "boom"`: "boom (line 1, column 1)",
		`"a".length(1)`:               "wrong number of arguments (given 1, expected 0) (line 1, column 5)",
		`JSON.parse("{")`:             "unexpected EOF (line 1, column 6)",
		"(0.0/0).to_i":                "NaN (line 1, column 9)",
		"1/0.0":                       "Infinity has no form in JSON",
		"{f: ->{}}":                   "a Proc cannot stand inside a Hash or an Array of the result",
		`format("%d")`:                "too few arguments (line 1, column 1)",
		`format("%z", 1)`:             "malformed format string - %z (line 1, column 1)",
		"(":                           "syntax error, unexpected end of expression, expecting ')' (line 1, column 2)",
		"[1, 2":                       "syntax error, unexpected end of expression, expecting ']' (line 1, column 6)",
		"{a: }":                       "syntax error, unexpected '}', expecting a value (line 1, column 5)",
		"1 2":                         "syntax error, unexpected '2', expecting end of line (line 1, column 3)",
		"x +":                         "syntax error, unexpected end of expression, expecting a value (line 1, column 4)",
		"1 = 2":                       "syntax error, unexpected '=': not a variable before it (line 1, column 3)",
		`"abc`:                        `the literal that begins with " has no end (line 1, column 1)`,
		`"a#{1"`:                      `syntax error, unexpected '"', expecting end of line (line 1, column 6)`,
		"%w[a":                        "the literal that begins with %w[ has no end (line 1, column 1)",
		"if true":                     "syntax error, unexpected end of expression, expecting 'then' or end of line (line 1, column 8)",
		"if true; 1":                  "syntax error, unexpected end of expression, expecting 'end' (line 1, column 11)",
		"->(x){":                      "syntax error, unexpected end of expression, expecting '}' (line 1, column 7)",
		"1x":                          "a number ends with 'x' (line 1, column 2)",
		"next":                        "Invalid next: outside of a block and a lambda (line 1, column 1)",
		"1 )":                         "syntax error, unexpected ')', expecting end of expression (line 1, column 3)",
		`"\u{110000}"`:                "invalid Unicode escape (line 1, column 2)",
		"/a/k":                        "unknown regexp option - k (line 1, column 1)",
		"f = ->{ proc{|x| break 1 } }; f.call.call(1)": "unexpected return or break (line 1, column 18)",
	} {
		t.Run(source, func(t *testing.T) {
			if got := evaluate(t, source); got != "error: "+want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestLimits has expressions that would exhaust time, memory or the stack.
func TestLimits(t *testing.T) {
	const steps, deep = "does too much", "stack level too deep"
	for name, c := range map[string]struct{ source, want string }{
		"endless range":          {"(1..).each{|i| }", steps},
		"growing list":           {"a = [1]; a.each{ a << 1 }", steps},
		"large text":             {`"a" * 10**12`, steps},
		"doubled text":           {`s = "ab"; 100.times{ s << s }`, steps},
		"wide column":            {`"a".ljust(10**11)`, steps},
		"wide format":            {`format("%99999999999d", 1)`, steps},
		"wide time":              {`Time.now.strftime("%99999999999d")`, steps},
		"large list":             {"[0] * 10**9", steps},
		"list by index":          {"a = []; a[10**10] = 1", steps},
		"list by size":           {"Array.new(10**10)", steps},
		"product":                {"a = (1..5000).to_a; a.product(a, a)", steps},
		"shared items":           {"a = [1]; 50.times{ a = [a, a] }; a.inspect", steps},
		"shared items in result": {"a = [1]; 50.times{ a = [a, a] }; a", steps},
		"list within itself":     {"a = []; a << a; a", deep},
		"hash within itself":     {"h = {}; h[:a] = h; h.to_json", deep},
		"compared with itself":   {"a = []; a << a; b = []; b << b; a == b", deep},
		"recursion":              {"f = ->(x){ f.(x) }; f.(1)", deep},
		"long chain":             {"1" + strings.Repeat("+1", 100_000), deep},
		"deep parentheses":       {strings.Repeat("(", 100_000), "nested deeper than"},
		"deep lists":             {strings.Repeat("[", 100_000), "nested deeper than"},
		"deep negation":          {strings.Repeat("!", 100_000) + "1", "nested deeper than"},
		"deep interpolation":     {strings.Repeat(`"#{`, 100_000), "nested deeper than"},
		"deep lambdas":           {strings.Repeat("->{", 100_000), "nested deeper than"},
		"deep powers":            {"2" + strings.Repeat("**2", 100_000), "nested deeper than"},
		"deep calls":             {strings.Repeat("p ", 100_000) + "1", "nested deeper than"},
		"deep parameters":        {"proc{|" + strings.Repeat("(", 100_000), "nested deeper than"},
		"long source":            {strings.Repeat(" ", 2<<20), "longer than"},
		"large integer":          {"10 ** 10 ** 10", "more than"},
		"shifted integer":        {"1 << 10**9", "more than"},
		"long number":            {strings.Repeat("9", 100_000), "more than"},
		"many digits":            {`("9" * 100_000).to_i`, "more than"},
		"pattern too large":      {`Regexp.new("(a{1000}){1000}")`, "invalid repeat"},
	} {
		t.Run(name, func(t *testing.T) {
			env := world(t)
			env.MaxSteps = 500_000
			v, err := ruby.New(env).Evaluate(context.Background(), c.source)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.200v, %.200v, want an error with %q", v, err, c.want)
			}
		})
	}
}

func TestContextEndsEvaluation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := ruby.New(world(t)).Evaluate(ctx, "(1..).each{|i| }")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestMaxSteps(t *testing.T) {
	env := world(t)
	env.MaxSteps = 100
	i := ruby.New(env)
	if _, err := i.Evaluate(context.Background(), "10.times{|i| i}"); err != nil {
		t.Error(err)
	}
	if _, err := i.Evaluate(context.Background(), "100.times{|i| i}"); err == nil {
		t.Error("no error after more steps than allowed")
	}
}
