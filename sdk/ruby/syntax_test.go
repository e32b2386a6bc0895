package ruby_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/ruby"
)

func TestLiterals(t *testing.T) {
	expectations{
		`1_000`: `1000`, `0x1f`: `31`, `0b101`: `5`, `0o17`: `15`, `017`: `15`, `-5`: `-5`, `- 5`: `-5`,
		`123456789012345678901234567890`: `123456789012345678901234567890`,
		`1.5`:                            `1.5`, `1e3`: `1000.0`, `2.5e-3`: `0.0025`, `-2.abs`: `2`, `-2 ** 2`: `-4`, `2 ** -1`: `0.5`,
		`"a\tb\n\e\0\\\"\s"`: `"a\tb\n\e\u0000\\\" "`, `"\u00e9\u{1F511 41}\x41\101"`: `"é🔑AAA"`, `"\q"`: `"q"`,
		`'a\'b\\c\n'`: `"a'b\\c\\n"`, `"a#{1+1}b#{"c#{3}"}"`: `"a2bc3"`, `"#{}"`: `""`, `"#x #"`: `"#x #"`, `"a" "b" 'c'`: `"abc"`,
		`%q(a(b)c)`: `"a(b)c"`, `%Q[a#{1}[b]]`: `"a1[b]"`, `%(x "y")`: `"x \"y\""`, `%q!a\!b!`: `"a!b"`, `%{#{"}"}}`: `"}"`,
		`:sym`: `"sym"`, `:"a b"`: `"a b"`, `:'a#{1}'`: `"a\#{1}"`, `:"a#{1}"`: `"a1"`, `[:+, :[]=, :a?, :b!, :c=]`: `["+", "[]=", "a?", "b!", "c="]`,
		`%w[a b  c]`: `["a", "b", "c"]`, `%i(a b).map{|s| s.inspect}`: `[":a", ":b"]`, `%W[x y]`: `["x", "y"]`,
		`[1, [2, nil], true,]`: `[1, [2, nil], true]`, `[*1..3, *nil, *[4], 5]`: `[1, 2, 3, 4, 5]`, "[\n1,\n2\n]": `[1, 2]`,
		`{a: 1, "k": 2, "l"=>3, :s=>4, 1=>2}.inspect`: `"{:a=>1, :k=>2, \"l\"=>3, :s=>4, 1=>2}"`,
		`{"a b": 1, nil=>2, 1.5=>3}.inspect`:          `"{:\"a b\"=>1, nil=>2, 1.5=>3}"`, `{**{a: 1}, b: 2, **nil}`: `{"a"=>1, "b"=>2}`, `{}`: `{}`,
		"{\n  a: 1, # one\n  b:\n    2\n}": `{"a"=>1, "b"=>2}`, `{if: 1, class: 2}`: `{"if"=>1, "class"=>2}`,
		`(1..4).to_a`: `[1, 2, 3, 4]`, `(1...4).to_a`: `[1, 2, 3]`, `(1..).first(2)`: `[1, 2]`, `[5,6,7][1..]`: `[6, 7]`, `[5,6,7][..1]`: `[5, 6]`,
		`/a\/b/`: `/a/b/`, `/a.c/im`: `/a.c/mi`, `%r{a/b}i`: `/a/b/i`, `/#{"x"}+/`: `/x+/`, `"a b" =~ / b/`: `1`,
		"# only a comment": `nil`, "1 # one\n# two": `1`, ``: `nil`, `;;`: `nil`,
	}.run(t)
}

func TestOperators(t *testing.T) {
	expectations{
		`7 / 2`: `3`, `-7 / 2`: `-4`, `-7 % 3`: `2`, `7 % -3`: `-2`, `7.0 / 2`: `3.5`, `-7.5 % 2`: `0.5`, `2 ** 10`: `1024`, `2 ** 3 ** 2`: `512`,
		`1 + 2 * 3 - 4`: `3`, `(1 + 2) * 3`: `9`, `10 - 2 - 3`: `5`, `6 & 3 | 8 ^ 1`: `11`, `~5`: `-6`, `1 << 4 >> 2`: `4`, `-x = 3`: `-3`,
		`9223372036854775807 + 1`: `9223372036854775808`, `9223372036854775807 * 2 - 9223372036854775807`: `9223372036854775807`,
		`-9223372036854775808 / -1`: `9223372036854775808`, `3037000500 * 3037000500`: `9223372037000250000`,
		`1 == 1.0`: `true`, `1.eql?(1.0)`: `false`, `"a" != "b"`: `true`, `1 <=> 2`: `-1`, `1 <=> "a"`: `nil`, `[1,2] <=> [1,3]`: `-1`,
		`"abc" =~ /b/`: `1`, `"abc" !~ /x/`: `true`, `/b/ === "abc"`: `true`, `String === "a"`: `true`, `(1..3) === 2`: `true`,
		`nil && 1`: `nil`, `false || 2`: `2`, `!nil`: `true`, `not true`: `false`, `1 and nil`: `nil`, `nil or 3`: `3`, `true && !false`: `true`,
		`x = false or true; x`: `false`, `1 > 0 ? "y" : "n"`: `"y"`, `nil ? 1 : false ? 2 : 3`: `3`, `x = 2; x==2 ? x+1 : 0`: `3`, `true ? "a":"b"`: `"a"`,
		`nil&.length`: `nil`, `"ab"&.length`: `2`, `x = nil; x&.a.nil?`: `true`, `a = [1,2]; a[0] += 5; a`: `[6, 2]`,
		`h = {}; h[:a] ||= 1; h[:a] ||= 2; h`: `{"a"=>1}`, `h = {a: 1}; h[:a] &&= 5; h[:b] &&= 6; h`: `{"a"=>5}`,
		`x = 1; x += 2; x *= 3; x -= 1; x`: `8`, `x ||= 5; x`: `5`, `x = 4; x &&= 2; x`: `2`, `x = y = 3; x + y`: `6`, `a = nil || b = 3; b`: `3`,
		`defined?(foo)`: `nil`, `x = 1; defined?(x)`: `"local-variable"`, `defined?(puts)`: `"method"`, `defined?(String)`: `"constant"`,
		`defined?(1.foo)`: `nil`, `defined? 1`: `"expression"`, `defined?(Foo)`: `nil`,
		`[3,1].max - 1`: `2`, `a = 3; a -1`: `2`, `[1,2,3].sum / 2`: `3`, `a = 6; a /2`: `3`, `a = 7; a %4`: `3`, `a = [1]; a [0]`: `1`,
		`Float::INFINITY > 10**30`: `true`, `0.1 + 0.2`: `0.30000000000000004`, `1e20.to_i`: `100000000000000000000`, `7.0 // 2`: `error: the literal that begins with / has no end (line 1, column 6)`,
	}.run(t)
}

func TestStatements(t *testing.T) {
	expectations{
		"x = 1\ny = 2\nx + y": `3`,
		`if 1 > 2 then "a" elsif 1 == 1 then "b" else "c" end`: `"b"`,
		"if false\n  1\nend":            `nil`,
		"unless nil\n 1\nelse\n 2\nend": `1`,
		`x = if true then 4 end; x`:     `4`, `x = 1 if false; x`: `nil`, `x = 5 unless nil; x`: `5`, `(1; 2)`: `2`, `()`: `nil`,
		"[3,1,2]\n  .sort # ascending\n  .first": `1`, "1 +\n2": `3`, "[1].map do |x|\n x + 1\nend": `[2]`, "x = 1; x \\\n + 1": `2`,
		`x = 10; [1,2].each{|i| x += i}; x`: `13`, `[1,2].each{|x; y| }`: `error: unsupported: local variables of a block (after ';') (line 1, column 14)`,
		`x = 1; [5].each{|x| x}; x`:               `1`,
		`[1,2,3,4].map{|i| next 0 if i.even?; i}`: `[1, 0, 3, 0]`, `[1,2,3].each{|i| break i * 10 if i == 2}`: `20`,
		`->(x){ return 1 if x; 2 }.call(true)`: `1`, `->{ [1,2].each{|i| return i}; 3 }.()`: `1`, `->{ break 7; 8 }.call`: `7`,
		`f = ->(n){ n < 2 ? n : f.(n-1) + f.(n-2) }; f.(15)`: `610`,
	}.run(t)
}

func TestBlocksAndLambdas(t *testing.T) {
	expectations{
		`->(a, b=2, *r){[a,b,r]}.call(1)`: `[1, 2, []]`, `->(a, b=2, *r, z){[a,b,r,z]}.(1,3,4,5,6)`: `[1, 3, [4, 5], 6]`,
		`-> x, y { x + y }[1, 2]`: `3`, `->(x, y){ }.arity`: `2`, `->(*a){ }.arity`: `-1`, `->(a, b=1){ }.arity`: `-2`, `proc{|a, b|}.arity`: `2`, `proc{|a, b=1|}.arity`: `1`,
		`->{1}.call`: `1`, `lambda{|x| x * 2}.call(4)`: `8`, `lambda do |x| x end.call(1)`: `1`, `-> do 5 end.call`: `5`, `proc{|x, y| [x, y]}.call([1, 2, 3])`: `[1, 2]`,
		`proc{|x| x}.call(1, 2)`: `1`, `proc{|x, y| [x, y]}.call(1)`: `[1, nil]`, `proc{|x| x}.call([1,2])`: `[1, 2]`,
		`->(x){x}.call`:                    `error: wrong number of arguments (given 0, expected 1) (line 1, column 10)`,
		`->(x, y){x}.call(1)`:              `error: wrong number of arguments (given 1, expected 2) (line 1, column 13)`,
		`->(x, y=1){x}.call(1,2,3)`:        `error: wrong number of arguments (given 3, expected 1..2) (line 1, column 15)`,
		`->(x, *y){x}.call`:                `error: wrong number of arguments (given 0, expected 1+) (line 1, column 14)`,
		`[[1,[2,3]]].map{|a,(b,c)| a+b+c}`: `[6]`, `{a: 1}.map{|k, v| [k, v]}`: `[["a", 1]]`, `{a: 1}.each_with_index.map{|(k, v), i| [k, v, i]}`: `[["a", 1, 0]]`,
		`%w[a b].map(&:upcase)`: `["A", "B"]`, `f = ->(x){x+1}; [1].map(&f)`: `[2]`, `[1,2].inject(&:+)`: `3`, `:upcase.to_proc.call("a")`: `"A"`,
		`f = ->(a,b,c){a+b+c}.curry; f[1][2][3]`: `6`, `f = ->(x){x+1} >> ->(x){x*2}; f.call(3)`: `8`, `f = ->(x){x+1} << ->(x){x*2}; f.call(3)`: `7`,
		`n = 0; inc = ->{ n += 1 }; inc.(); inc.(); n`: `2`, `[1,2].each_slice(1).to_a`: `[[1], [2]]`, `puts [1].map do |x| x end`: `error: no block given (map) (line 1, column 10)`,
		`proc{1}.lambda?`: `false`, `->(x){ x.then{|y| y + 1} }.call(1)`: `2`, `[3].each_with_object([]){|x, acc| acc << x}`: `[3]`, `->(a, a2 = a + 1){a2}.call(1)`: `2`,
	}.run(t)
}

// TestUsualPhrases has expressions as people write them.
func TestUsualPhrases(t *testing.T) {
	expectations{
		`x = 1; x ? :a : :b`: `"a"`, `x = nil; {a: x ? 1 : 2}`: `{"a"=>2}`, `[3,4].map { |x| x }.inspect`: `"[3, 4]"`, `f = {"t"=>"a"}; %w[a b].include? f["t"]`: `true`,
		`f = "axb"; f.include? "x" or f.empty?`: `true`, `x = true; x ? [1] : [2]`: `[1]`, `[*"a".."c"]`: `["a", "b", "c"]`, `{"a": 1, b: 2}`: `{"a"=>1, "b"=>2}`, `x = 1; "#{x ? "a" : "b"}"`: `"a"`,
		`x = nil; !x.nil? && x.foo`: `false`, `x = 1; not x.nil?`: `true`, `r = {"a"=>"x"}; r["a"] == "x" ? true : false`: `true`, `a = nil; (a || 5).to_s`: `"5"`, `86_400 * 3`: `259200`, `f = {"x"=>12345}; f["x"].to_s[0,2]`: `"12"`,
		`->(c){!c.match?(/^(a|b)$/)}.call("ab")`: `true`, `->(c){not %w[a b].include?(c)}.call("c")`: `true`, `{"a"=>1}.merge "b"=>2`: `{"a"=>1, "b"=>2}`, `f = {"s"=>4096}; f["s"] /1024`: `4`, `f = {"s"=>4096}; f["s"]/1024/2`: `2`, `10.fdiv 4`: `2.5`, `f = [1,2]; f.size / 2`: `1`,
		`f = {a: 1}; f[:a]&.to_s&.length`: `1`, `[1,2,3].select { |x| x > 1 }.map do |x| x end`: `[2, 3]`, `->(f) do f + 1 end.call 2`: `3`, `->f{f}.call(1)`: `1`, `%w[b a].sort.first.upcase + "!"`: `"A!"`, `"%s-%s" % %w[a b]`: `"a-b"`, `[1, 2, 3].sum { |x| x.to_f } / 3`: `2.0`,
		`x = 5; x.between? 1, 10`: `true`, `[[1, :a], [2, :b]].each_with_object({}) { |(n, s), h| h[s] = n }`: `{"a"=>1, "b"=>2}`, `a = [1]; a += [2]; a <<= 3 if false; a`: `[1, 2]`, `"a=1;b=2".split(";").map{|p| p.split("=")}.to_h`: `{"a"=>"1", "b"=>"2"}`, `h = {"a"=>{"b"=>1}}; h["a"]["b"] += 1; h`: `{"a"=>{"b"=>2}}`,
		`f = {"name"=>"x"}; f["name"]=~/x/ ? "y" : "n"`: `"y"`, `x = 3; x.zero? ? "z" : x.positive? ? "p" : "n"`: `"p"`, `x = 3; (x>2)? "a":"b"`: `"a"`, `t = Time.now; t.hour<12&&t.min>=0`: `true`, `[1,2,3][-2..-1]`: `[2, 3]`, `x = "a"; "#{x}: #{{a: 1}[:a]}"`: `"a: 1"`, `String(1) + Integer("2").to_s`: `"12"`, `[1,2].each_with_index.map { |x, i| x * i }`: `[0, 2]`,
		`f = {"m"=>"2026-11-20T00:00:00Z"}; Time.parse(f["m"]) > Time.now - 86400*7`: `true`, `Date.today - 30`: `"2026-10-23"`, `(Date.today - Date.parse("2026-11-01")).to_i`: `21`, "x = [\n  1, # one\n  2\n].map { |v|\n  v + 1\n}\nx": `[2, 3]`, `x = 1 if true and not false`: `1`, `proc { |x| x }.(1)`: `1`, `[1,2,3].min(2)`: `[1, 2]`, `::File.basename("a/b")`: `"b"`, `[1,2] in x`: `error: syntax error, unexpected 'in', expecting end of line (line 1, column 7)`,
	}.run(t)
}

func TestOutput(t *testing.T) {
	var out, errors strings.Builder
	env := world(t)
	env.Stdout, env.Stderr = &out, &errors
	source := "puts 1, [2, [nil]], \"a\\n\"; puts; print 'b', :c; p; p 'd', 1.5; $stderr.puts 'oops'; $stdout.write 'e'"
	if _, err := ruby.New(env).Evaluate(context.Background(), source); err != nil {
		t.Fatal(err)
	}
	if want := "1\n2\n\na\n\nbc\"d\"\n1.5\ne"; out.String() != want || errors.String() != "oops\n" {
		t.Errorf("got %q and %q, want %q", out.String(), errors.String(), want)
	}
}
