package ruby_test

import "testing"

func TestAnyValue(t *testing.T) {
	expectations{
		`nil.to_s`: `""`, `nil.to_a`: `[]`, `nil.inspect`: `"nil"`, `nil.to_i`: `0`, `1.nil?`: `false`, `nil.nil?`: `true`,
		`1.is_a?(Integer)`: `true`, `1.is_a?(Numeric)`: `true`, `1.kind_of?(String)`: `false`, `"a".instance_of?(String)`: `true`, `nil.class`: `"NilClass"`, `1.5.class.to_s`: `"Float"`,
		`[].class == Array`: `true`, `DateTime.now.is_a?(Date)`: `true`, `"a".respond_to?(:upcase)`: `true`, `1.respond_to?("upcase")`: `false`,
		`x = "a"; y = x.dup; y << "b"; x`: `"a"`, `x = "a"; y = x; y << "b"; x`: `"ab"`, `5.then{|x| x + 1}`: `6`, `[1].tap{|a| a << 2}`: `[1, 2]`, `"abc".send(:[], 1)`: `"b"`,
		`{a: 1, "b"=>[nil, 1.5]}.to_json`: `"{\"a\":1,\"b\":[null,1.5]}"`, `"a".to_json`: `"\"a\""`, `{"a"=>1}.to_yaml`: `"--- {\"a\":1}\n"`,
		`JSON.parse('{"b":1,"a":[true,null,1.5]}')`: `{"b"=>1, "a"=>[true, nil, 1.5]}`, `JSON.parse('{"a":{"b":1}}', symbolize_names: true).inspect`: `"{:a=>{:b=>1}}"`,
		`JSON.generate([1])`: `"[1]"`, `JSON.pretty_generate({"a"=>[]})`: `"{\n  \"a\": []\n}"`, `YAML.load("--- [1]")`: `[1]`, `YAML.dump([1])`: `"--- [1]\n"`,
		`Base64.strict_encode64("a\xFFb?")`: `"Yf9iPw=="`, `Base64.encode64("hello")`: `"aGVsbG8=\n"`, `Base64.decode64("aGVs\nbG8=")`: `"hello"`, `Base64.strict_decode64("aGVsbG8=")`: `"hello"`,
		`Base64.urlsafe_encode64("\xFF\xFE\xFD")`: `"__79"`, `Base64.urlsafe_decode64("__79") == "\xFF\xFE\xFD"`: `true`,
		`require "json"`: `true`, `RUBY_VERSION.split(".").length`: `3`, `RUBY_PLATFORM.empty?`: `false`, `ENV["LANG"]`: `"C.UTF-8"`, `ENV.fetch("X", 1)`: `1`, `ENV.key?("X")`: `false`,
		`ENV.to_h`: `{"LANG"=>"C.UTF-8", "MYTITLE"=>"from environment"}`, `Integer("0x1f")`: `31`, `Integer("12", 8)`: `10`, `Integer("x", exception: false)`: `nil`, `Float("1.5")`: `1.5`,
		`String(12)`: `"12"`, `Array(nil)`: `[]`, `Array([1])`: `[1]`, `Array(1..2)`: `[1, 2]`, `Integer "3"`: `3`, `$stdin.read`: `"typed line\nsecond\n"`, `STDIN.gets; gets`: `"second\n"`, `gets; gets; gets`: `nil`,
	}.run(t)
}

func TestString(t *testing.T) {
	expectations{
		`"a" + "b"`: `"ab"`, `"ab" * 3`: `"ababab"`, `"%05.1f|%-4s|%+d|%x|%08b|%%" % [3.14159, "ab", 5, 255, 5]`: `"003.1|ab  |+5|ff|00000101|%"`, `"%s" % :a`: `"a"`, `"%p" % [nil]`: `"nil"`,
		`format("%<a>03d %{b}", a: 7, b: "x")`: `"007 x"`, `sprintf("%c%c%5.2s|", 65, "é", "abc")`: `"Aé   ab|"`, `format("%e %g %g", 12345.678, 1e20, 0.5)`: `"1.234568e+04 1e+20 0.5"`, `format("%*d", 4, 7)`: `"   7"`,
		`"héllo".length`: `5`, `"héllo".bytesize`: `6`, `"".empty?`: `true`, `"hello".include?("ell")`: `true`, `"hello".start_with?("x", "he")`: `true`, `"hello".start_with?(/h./)`: `true`, `"a.jpg".end_with?(".png", ".jpg")`: `true`,
		`"hello"[1]`: `"e"`, `"hello"[-1]`: `"o"`, `"hello"[1,3]`: `"ell"`, `"hello"[1..]`: `"ello"`, `"hello"[1..-2]`: `"ell"`, `"hello"[1...-1]`: `"ell"`, `"hello"["ell"]`: `"ell"`, `"hello"[/l+/]`: `"ll"`, `"hello"[/h(.)/, 1]`: `"e"`,
		`"hello"[9]`: `nil`, `"hello"[5]`: `nil`, `"hello"[5,1]`: `""`, `"hello"[6,1]`: `nil`, `"日本語"[1]`: `"本"`, `"hello".slice(0,2)`: `"he"`, `"" [0]`: `nil`,
		`"a,b,,c,,".split(",")`: `["a", "b", "", "c"]`, `"a,b,,".split(",", -1)`: `["a", "b", "", ""]`, `" a  b ".split`: `["a", "b"]`, `"a b c".split(" ", 2)`: `["a", "b c"]`, `"abc".split("")`: `["a", "b", "c"]`, `"a1b22c".split(/\d+/)`: `["a", "b", "c"]`, `"a1b".split(/(\d)/)`: `["a", "1", "b"]`, `"".split(",")`: `[]`,
		`"a\nb\n".lines`: `["a\n", "b\n"]`, `"".lines`: `[]`, `"a\nb".each_line.map(&:chomp)`: `["a", "b"]`, `"aé".chars`: `["a", "é"]`, `"aé".bytes`: `[97, 195, 169]`,
		`" \ta\n".strip`: `"a"`, `" a ".lstrip`: `"a "`, `" a ".rstrip`: `" a"`, `"a\r\n".chomp`: `"a"`, `"a\n\n".chomp`: `"a\n"`, `"abc".chomp("c")`: `"ab"`, `"abc".chop`: `"ab"`, `x = " a "; x.strip!; x`: `"a"`, `"a".strip!`: `nil`,
		`"hello".sub("l", "L")`: `"heLlo"`, `"hello".gsub("l", "L")`: `"heLLo"`, `"hello".gsub(/[el]/, "e"=>"3", "l"=>"1")`: `"h311o"`, `"hello".gsub(/l/){|m| m.upcase}`: `"heLLo"`, `"john smith".gsub(/(\w+) (\w+)/, '\2 \1')`: `"smith john"`, `"a.b".gsub(".", "-")`: `"a-b"`, `"x".sub(/(?<n>x)/, '[\k<n>]')`: `"[x]"`, `"ab".gsub(/b/){$~[0] * 2}`: `"abb"`,
		`"hello".tr("el", "ip")`: `"hippo"`, `"hello".tr("a-y", "b-z")`: `"ifmmp"`, `"hello".tr("^l", "*")`: `"**ll*"`, `"hello".delete("l")`: `"heo"`, `"aaabbb".squeeze`: `"ab"`, `"aabb".squeeze("a")`: `"abb"`, `"hello".count("lo")`: `3`,
		`"aB".upcase`: `"AB"`, `"aB".downcase`: `"ab"`, `"hELLO".capitalize`: `"Hello"`, `"aB".swapcase`: `"Ab"`, `"abé".reverse`: `"éba"`, `"hello".index("l")`: `2`, `"hello".index("l", 3)`: `3`, `"hello".rindex("l")`: `3`, `"hello".index("x")`: `nil`,
		`"12abc".to_i`: `12`, `"abc".to_i`: `0`, `"-1_000".to_i`: `-1000`, `"ff".to_i(16)`: `255`, `"ff".hex`: `255`, `"0x1A".hex`: `26`, `"17".oct`: `15`, `"1.5x".to_f`: `1.5`, `"x".to_f`: `0.0`, `"1e3".to_f`: `1000.0`, `".5".to_f`: `0.5`, `"a".to_sym.inspect`: `":a"`,
		`"ab".ljust(4, ".")`: `"ab.."`, `"ab".rjust(4)`: `"  ab"`, `"ab".center(7, "xy")`: `"xyabxyx"`, `"abc".delete_prefix("a")`: `"bc"`, `"abc".delete_suffix("c")`: `"ab"`, `"A".casecmp("a")`: `0`, `"A".casecmp?("a")`: `true`,
		`"é".ord`: `233`, `"az".succ`: `"ba"`, `"Zz9".succ`: `"AAa0"`, `"a9".succ`: `"b0"`, `"a-b-c".partition("-")`: `["a", "-", "b-c"]`, `"a-b-c".rpartition("-")`: `["a-b", "-", "c"]`, `"abc".partition("x")`: `["abc", "", ""]`,
		`x = "a"; x << "b" << 99; x`: `"abc"`, `x = "abc"; x[1] = "XX"; x`: `"aXXc"`, `"ac".insert(1, "b")`: `"abc"`, `"a".concat("b", "c")`: `"abc"`, `"a".frozen?`: `false`, `"abc" <=> "abd"`: `-1`, `"b".between?("a", "c")`: `true`, `("a".."e").to_a.join`: `"abcde"`, `("y".."ab").to_a`: `["y", "z", "aa", "ab"]`,
		`"a#b" + "\#{x}"`: `"a#b\#{x}"`, `"caf\xC3\xA9".valid_encoding?`: `true`, `"\xFF".valid_encoding?`: `false`, `:abc.length`: `3`, `:a.to_proc.call({a: 1}) rescue nil`: `error: unsupported: rescue modifier (line 1, column 25)`, `"a".equal?("a")`: `false`,
	}.run(t)
}

func TestNumber(t *testing.T) {
	expectations{
		`-5.abs`: `5`, `2.5.round`: `3`, `-2.5.round`: `-3`, `3.14159.round(2)`: `3.14`, `1234.round(-2)`: `1200`, `1250.round(-2)`: `1300`, `-1250.round(-2)`: `-1300`, `-1240.floor(-2)`: `-1300`, `1201.ceil(-2)`: `1300`, `1.7.floor`: `1`, `-1.7.floor`: `-2`, `1.2.ceil`: `2`, `1.25.floor(1)`: `1.2`, `1.7.to_i`: `1`, `-1.7.to_i`: `-1`, `3.to_f`: `3.0`,
		`0.zero?`: `true`, `5.positive?`: `true`, `-5.negative?`: `true`, `4.even?`: `true`, `3.odd?`: `true`, `3.times.to_a`: `[0, 1, 2]`, `x = 0; 3.times{|i| x += i}; x`: `3`, `1.upto(3).to_a`: `[1, 2, 3]`, `3.downto(1).to_a`: `[3, 2, 1]`, `1.step(10, 4).to_a`: `[1, 5, 9]`,
		`-7.divmod(2)`: `[-4, 1]`, `7.5.divmod(2)`: `[3, 1.5]`, `7.fdiv(2)`: `3.5`, `15.clamp(1, 10)`: `10`, `5.clamp(..3)`: `3`, `5.between?(1, 10)`: `true`, `255.to_s(16)`: `"ff"`, `65.chr`: `"A"`, `10.digits`: `[0, 1]`, `12.gcd(18)`: `6`, `5[0]`: `1`, `10.pred`: `9`,
		`1e20`: `1.0e+20`, `100.0`: `100.0`, `1e15`: `1000000000000000.0`, `1e16`: `1.0e+16`, `0.0001`: `0.0001`, `0.00001`: `1.0e-05`, `1.0e-7.to_s`: `"1.0e-07"`, `(0.0/0).to_s`: `"NaN"`, `(1/0.0).inspect`: `"Infinity"`, `-1.0/0 == -Float::INFINITY`: `true`, `(0.0/0).nan?`: `true`, `0.0/0 < 1`: `false`,
		`10**20`: `100000000000000000000`, `(10**20).to_s.length`: `21`, `10**20 / 10**18`: `100`, `-(10**20) / 3`: `-33333333333333333334`, `-(10**20) % 3`: `2`, `1 << 70 >> 70`: `1`, `(2**64).to_f`: `1.8446744073709552e+19`, `2**64 > 1.5`: `true`, `(-1)**(10**30)`: `1`, `(-1)**(10**30+1)`: `-1`, `0**0`: `1`, `1 + 1.5`: `2.5`, `3.7 % 1 < 0.71`: `true`, `5.div(2)`: `2`, `3.14.truncate`: `3`,
	}.run(t)
}

func TestArray(t *testing.T) {
	expectations{
		`[1,2,3][0]`: `1`, `[1,2,3][-1]`: `3`, `[1,2,3][5]`: `nil`, `[1,2,3][1,2]`: `[2, 3]`, `[1,2,3][1..]`: `[2, 3]`, `[1,2,3][3,1]`: `[]`, `[1,2,3][4,1]`: `nil`, `[1,2,3].first`: `1`, `[1,2,3].first(2)`: `[1, 2]`, `[1,2,3].last(2)`: `[2, 3]`, `[].last`: `nil`, `[].first`: `nil`, `[1,2].size`: `2`, `[].empty?`: `true`, `[1].include?(1.0)`: `true`, `[1,2].index(2)`: `1`, `[1,2].index{|x| x > 1}`: `1`,
		`[1,2].each_with_index.to_a`: `[[1, 0], [2, 1]]`, `[1,2,3].each_slice(2).to_a`: `[[1, 2], [3]]`, `[1,2,3].each_cons(2).to_a`: `[[1, 2], [2, 3]]`, `[[1],[2]].flat_map{|x| x}`: `[1, 2]`, `[1,2,3].select(&:odd?)`: `[1, 3]`, `[1,2,3].reject(&:odd?)`: `[2]`, `[1,nil,2].filter_map{|x| x && x * 2}`: `[2, 4]`, `[1,2].find{|x| x > 1}`: `2`, `[1,2].detect{|x| x > 5}`: `nil`,
		`[1,2].any?{|x| x > 1}`: `true`, `[].any?`: `false`, `[nil].any?`: `false`, `[1,2].all?(Integer)`: `true`, `[].all?`: `true`, `[1].none?{|x| x > 1}`: `true`, `[1,2,1].count(1)`: `2`, `[1,2].count`: `2`, `[1,2].count(&:even?)`: `1`, `[1,2.5].sum`: `3.5`, `["a","b"].sum("")`: `"ab"`, `[1,2].sum{|x| x * 2}`: `6`,
		`[3,1,2].min`: `1`, `[3,1,2].max(2)`: `[3, 2]`, `["aa","b"].min_by(&:length)`: `"b"`, `["aa","b"].max_by(&:length)`: `"aa"`, `[].max`: `nil`, `[3,1,2].sort`: `[1, 2, 3]`, `[3,1,2].sort{|a,b| b <=> a}`: `[3, 2, 1]`, `["bb","a"].sort_by(&:length)`: `["a", "bb"]`, `[[2,"b"],[1,"c"]].sort`: `[[1, "c"], [2, "b"]]`, `[3,1,2].minmax`: `[1, 3]`,
		`[1,2].reverse`: `[2, 1]`, `[1,1,2].uniq`: `[1, 2]`, `[1,1.0].uniq`: `[1, 1.0]`, `["a","A"].uniq(&:downcase)`: `["a"]`, `[1,nil].compact`: `[1]`, `[1,[2,[3]]].flatten`: `[1, 2, 3]`, `[1,[2,[3]]].flatten(1)`: `[1, 2, [3]]`, `[1,"a",nil,[2]].join("-")`: `"1-a--2"`, `[1,2]+[3]`: `[1, 2, 3]`, `[1,2,2]-[2]`: `[1]`, `[1,1,2]&[1]`: `[1]`, `[1,2]|[2,3]`: `[1, 2, 3]`, `[1,2]*2`: `[1, 2, 1, 2]`, `[1,2]*","`: `"1,2"`,
		`a=[1]; a << 2; a.push(3,4); a.pop; a.shift; a.unshift(0); a`: `[0, 2, 3]`, `[1].concat([2],[3])`: `[1, 2, 3]`, `[1,2].zip([3,4],[5])`: `[[1, 3, 5], [2, 4, nil]]`, `[1,2,3].take(2)`: `[1, 2]`, `[1,2,3].drop(1)`: `[2, 3]`, `[1,2,3].take_while{|x| x < 3}`: `[1, 2]`, `[1,2,3].drop_while{|x| x < 2}`: `[2, 3]`, `[1,2,3].partition(&:odd?)`: `[[1, 3], [2]]`,
		`[1,2,3].group_by(&:odd?).inspect`: `"{true=>[1, 3], false=>[2]}"`, `%w[a b a].tally`: `{"a"=>2, "b"=>1}`, `[1,2,3].inject(:+)`: `6`, `[1,2,3].reduce(10){|a,b| a + b}`: `16`, `[1,2].inject(3, :*)`: `6`, `[].inject(:+)`: `nil`, `[["a",1]].to_h`: `{"a"=>1}`, `[1].to_h{|x| [x.to_s, x]}`: `{"1"=>1}`, `[[1,[2]]].dig(0,1,0)`: `2`, `[[1,2],[3,4]].transpose`: `[[1, 3], [2, 4]]`, `[1,2].product([3,4])`: `[[1, 3], [1, 4], [2, 3], [2, 4]]`,
		`a=[1,2,3]; a.delete(2); a`: `[1, 3]`, `a=[1,2,3]; a.delete_at(0); a`: `[2, 3]`, `a=[]; a[2]=1; a`: `[nil, nil, 1]`, `a=[3,1]; a.sort!; a`: `[1, 3]`, `a=[1,2]; a.map!{|x| x+1}; a`: `[2, 3]`, `[1,2,3].values_at(0,2,9)`: `[1, 3, nil]`, `[1,2].fetch(9, 0)`: `0`, `[1,2,3].rotate`: `[2, 3, 1]`, `%w[ab cd].grep(/a/)`: `["ab"]`, `[1,"a"].grep(String){|s| s * 2}`: `["aa"]`, `[1,2] == [1,2.0]`: `true`, `[1,[2]].eql?([1,[2]])`: `true`, `Array.new(2, 0)`: `[0, 0]`, `Array.new(2){|i| i}`: `[0, 1]`,
	}.run(t)
}

func TestHash(t *testing.T) {
	expectations{
		`{a: 1}[:a]`: `1`, `{a: 1}["a"]`: `nil`, `{"a"=>1}.key?("a")`: `true`, `{a: 1}.value?(1)`: `true`, `{a: 1}.key(1)`: `"a"`, `{a: 1, b: 2}.keys.inspect`: `"[:a, :b]"`, `{a: 1}.values`: `[1]`, `{}.empty?`: `true`, `{a: 1}.length`: `1`, `h={}; h[1]=2; h[1]=3; h.inspect`: `"{1=>3}"`,
		`x=[]; {a: 1}.each{|k,v| x << k << v}; x`: `["a", 1]`, `{a: 1}.map{|k,v| "#{k}#{v}"}`: `["a1"]`, `{a: 1, b: 2}.select{|k,v| v > 1}`: `{"b"=>2}`, `{a: 1, b: 2}.reject{|k,v| v > 1}`: `{"a"=>1}`, `{a: 1}.find{|k,v| v == 1}`: `["a", 1]`, `{a: 1}.any?{|k,v| v > 1}`: `false`, `{a: 1}.all?{|k,v| v == 1}`: `true`, `{a: 1}.count{|k,v| v == 1}`: `1`,
		`{a: 1}.merge({b: 2}, {a: 3})`: `{"a"=>3, "b"=>2}`, `{a: 1}.merge({a: 3}){|k,o,n| o + n}`: `{"a"=>4}`, `{a: 1}.fetch(:b, 5)`: `5`, `{a: 1}.fetch(:b){|k| k.to_s}`: `"b"`, `{a: {b: [1]}}.dig(:a, :b, 0)`: `1`, `{a: nil}.dig(:a, :b)`: `nil`, `h={a: 1, b: 2}; h.delete(:a); h`: `{"b"=>2}`, `{a: 1, b: 2}.slice(:b)`: `{"b"=>2}`, `{a: 1, b: 2}.except(:b)`: `{"a"=>1}`, `{a: 1}.to_a.inspect`: `"[[:a, 1]]"`,
		`{a: 1}.transform_values{|v| v + 1}`: `{"a"=>2}`, `{a: 1}.transform_keys(&:to_s).inspect`: `"{\"a\"=>1}"`, `{a: 1}.transform_keys({a: :b}).inspect`: `"{:b=>1}"`, `{a: 2, b: 1}.sort_by{|k,v| v}.first.last`: `1`, `{a: 2, b: 1}.min_by{|k,v| v}`: `["b", 1]`, `{a: 1}.invert.inspect`: `"{1=>:a}"`, `{a: 1, b: 2}.sum{|k,v| v}`: `3`, `{a: nil}.compact`: `{}`, `{a: 1}.group_by{|k,v| v}.inspect`: `"{1=>[[:a, 1]]}"`, `{a: 1}.each_with_object([]){|(k,v),acc| acc << v}`: `[1]`, `{a: 1}.to_h{|k,v| [v, k]}.inspect`: `"{1=>:a}"`, `{a: 1}.filter_map{|k,v| v}`: `[1]`, `{a: 1, b: 2}.partition{|k,v| v>1}.length`: `2`, `{b: 1, a: 2}.sort.first.first`: `"a"`,
		`{a: 1, b: 2} == {b: 2, a: 1}`: `true`, `{1=>2}.eql?({1.0=>2})`: `false`, `{[1,2]=>3}[[1,2]]`: `3`, `h={}; 20.times{|i| h[i]=i*i}; h[19]`: `361`, `h={}; 20.times{|i| h[i]=i}; 15.times{|i| h.delete(i)}; h.keys`: `[15, 16, 17, 18, 19]`, `k="a"; h={k=>1}; k << "b"; h["a"]`: `1`, `h={a: 1}; h.merge!({b: 2}); h.length`: `2`, `{a: 1}.each_pair{|k,v| }.length`: `1`, `{a: 1}.inject(0){|s,(k,v)| s+v}`: `1`, `Hash.new.empty?`: `true`,
	}.run(t)
}

func TestRangeAndRegexp(t *testing.T) {
	expectations{
		`(1..10).include?(5)`: `true`, `(1...10).cover?(10)`: `false`, `(1..3).map{|x| x * 2}`: `[2, 4, 6]`, `(1..10).step(3).to_a`: `[1, 4, 7, 10]`, `(1..3).sum`: `6`, `(1..3).to_s`: `"1..3"`, `(1..3).last(2)`: `[2, 3]`, `(1..).include?(5)`: `true`, `(1..3).each_slice(2).to_a`: `[[1, 2], [3]]`, `(1..3).reverse_each{|x| x}.to_s`: `"1..3"`, `1..3 == (1..3)`: `error: bad value for range (line 1, column 1)`, `(1..2) == (1..2)`: `true`, `(1..5).size`: `5`, `(1..3).reduce(:*)`: `6`,
		`"abc".match(/b(.)/)[1]`: `"c"`, `"abc".match?(/x/)`: `false`, `"abc" =~ /(b)(c)/; [$1, $2, $3, $~[0]]`: `["b", "c", nil, "bc"]`, `"2026-11".match(/(?<y>\d+)-(?<m>\d+)/)["m"]`: `"11"`, `"2026-11".match(/(?<y>\d+)-(?<m>\d+)/).named_captures`: `{"y"=>"2026", "m"=>"11"}`, `"xay".match(/a/).pre_match`: `"x"`, `"xay".match(/a/).post_match`: `"y"`, `"ab".match(/(a)(b)?(c)?/).captures`: `["a", "b", nil]`,
		`"a1b2".scan(/\d/)`: `["1", "2"]`, `"a1b2".scan(/([a-z])(\d)/)`: `[["a", "1"], ["b", "2"]]`, `Regexp.escape("a.b")`: `"a\\.b"`, `Regexp.union("a.b", /c/).source`: `"a\\.b|(?-mix:c)"`, `Regexp.new("a", "i")`: `/a/i`, `Regexp.new("a", Regexp::IGNORECASE | Regexp::MULTILINE)`: `/a/mi`, `/a/i.source`: `"a"`, `/a/i.to_s`: `"(?i-mx:a)"`, `"A\nB" =~ /a.b/im`: `0`, `"a\nb" =~ /^b$/`: `2`, `"a\nb" =~ /a.b/`: `nil`, `/a b # comment` + "\n" + `/x.match?("ab")`: `true`, `"x-1F" =~ /\h{2}\Z/`: `2`, `/[\h]+/.match("zzab")[0]`: `"ab"`, `/\u00e9/.match?("é")`: `true`, `"é1"[/\p{L}/]`: `"é"`, `re = /b/; "abc".match?(/a#{re}/)`: `true`,
		`/(?=a)/`: `error: unsupported: lookahead in a regular expression (line 1, column 1)`, `/(?<!a)b/`: `error: unsupported: lookbehind in a regular expression (line 1, column 1)`, `/(a)\1/`: `error: unsupported: back reference in a regular expression (line 1, column 1)`, `Regexp.new("(?>a)")`: `error: unsupported: atomic group in a regular expression (line 1, column 8)`, `/[a&&b]/`: `error: unsupported: intersection of character classes in a regular expression (line 1, column 1)`, `Regexp.new("(")`: "error: missing closing ): `(?m)(`: /(/ (line 1, column 8)",
	}.run(t)
}

func TestTime(t *testing.T) {
	expectations{
		`Time.now`: `"2026-11-22 02:04:10 UTC"`, `Time.now.inspect`: `"2026-11-22 02:04:10.809 UTC"`, `Date.today`: `"2026-11-22"`, `DateTime.now`: `"2026-11-22T02:04:10+00:00"`, `Time.at(0)`: `"1970-01-01 00:00:00 UTC"`, `Time.at(1.5).to_f`: `1.5`, `Time.parse("2026-01-02 03:04:05 +0100").utc.iso8601`: `"2026-01-02T02:04:05Z"`, `Time.parse("2026-01-02T03:04:05.5Z").to_f % 1`: `0.5`, `Time.iso8601("2026-01-02T03:04:05+02:00")`: `"2026-01-02 03:04:05 +0200"`, `Time.utc(2026, 1, 2).to_i`: `1767312000`, `Time.gm(2026)`: `"2026-01-01 00:00:00 UTC"`, `Time.local(2026, 2, 3, 4, 5, 6)`: `"2026-02-03 04:05:06 UTC"`, `Time.new(2026, 1, 1, 0, 0, 0, "+02:00").iso8601`: `"2026-01-01T00:00:00+02:00"`,
		`Time.now - Time.at(0) > 0`: `true`, `(Time.now + 60).min`: `5`, `(Time.now - 0.809).usec`: `0`, `Time.now - (Time.now - 90)`: `90.0`, `Date.parse("2026-03-01") - Date.parse("2026-02-01")`: `28.0`, `(Date.new(2026,1,31) >> 1)`: `"2026-02-28"`, `Date.new(2026,3,31).prev_month`: `"2026-02-28"`, `Date.new(2026,1,1) - 1`: `"2025-12-31"`, `Date.today.next_day(10)`: `"2026-12-02"`, `(DateTime.now - 1.5)`: `"2026-11-20T14:04:10+00:00"`, `DateTime.now - DateTime.parse("2026-11-21T02:04:10.809Z")`: `1.0`, `Date.strptime("22/11/2026", "%d/%m/%Y")`: `"2026-11-22"`, `Time.strptime("2026-11-22 13:45", "%Y-%m-%d %H:%M").hour`: `13`, `DateTime.parse("20260102T030405Z")`: `"2026-01-02T03:04:05+00:00"`, `Time.parse("Sun, 22 Nov 2026 02:04:10 GMT").to_i == Time.now.to_i`: `true`,
		`Time.now < Time.now + 1`: `true`, `Date.today == Date.new(2026,11,22)`: `true`, `[Date.new(2026,2,1), Date.new(2026,1,1)].min`: `"2026-01-01"`, `(Date.new(2026,1,30)..Date.new(2026,2,1)).to_a.length`: `3`, `Date.today.sunday?`: `true`, `Time.now.wday`: `0`, `Time.now.yday`: `326`, `Time.now.month`: `11`, `Time.now.to_date`: `"2026-11-22"`, `Date.today.to_time`: `"2026-11-22 00:00:00 UTC"`, `Time.now.httpdate`: `"Sun, 22 Nov 2026 02:04:10 GMT"`, `Time.now.iso8601(3)`: `"2026-11-22T02:04:10.809Z"`, `Time.now.xmlschema`: `"2026-11-22T02:04:10Z"`, `Time.now.utc?`: `true`, `Date.today.cweek`: `47`, `Time.now.to_json`: `"\"2026-11-22 02:04:10 UTC\""`,
		`Time.now.strftime("%Y %y %m %d %e %j %H %I %M %S %L %N %3N %6N")`: `"2026 26 11 22 22 326 02 02 04 10 809 809000000 809 809000"`, `Time.now.strftime("%z %:z %Z %s %p %P %A %a %B %b %u %w")`: `"+0000 +00:00 UTC 1795313050 AM am Sunday Sun November Nov 7 0"`, `Time.now.strftime("%F %T %D %R %c %x %X %%")`: `"2026-11-22 02:04:10 11/22/26 02:04 Sun Nov 22 02:04:10 2026 11/22/26 02:04:10 %"`, `Time.utc(2026,1,2,3).strftime("%-d/%-m %k %l|%_d|%03d|%^a|%10Y|%q")`: `"2/1  3  3| 2|002|FRI|0000002026|%q"`, `Time.utc(2026,1,2).strftime("%U %W %V %G %C")`: `"00 00 01 2026 20"`,
		`Time.parse("soon")`: `error: invalid date: "soon" (line 1, column 6)`, `Date.new(2026, 2, 30)`: `error: argument out of range: no such date (line 1, column 6)`,
	}.run(t)
}

func TestFile(t *testing.T) {
	expectations{
		`File.readlines("myfilelist.txt", chomp: true)`: `["one", "two", "", "three"]`, `File.readlines("myfilelist.txt").first`: `"one\n"`, `x=[]; File.foreach("myfilelist.txt"){|l| x << l.chomp}; x.length`: `4`, `File.binread("my_key.pub")`: `"PUBLIC\n"`, `File.exist?("title.txt")`: `true`, `File.exist?("nothing")`: `false`, `File.file?("title.txt")`: `true`, `File.directory?(".")`: `true`, `File.size("title.txt")`: `7`, `File.mtime("title.txt").is_a?(Time)`: `true`,
		`File.basename("/a/b.txt")`: `"b.txt"`, `File.basename("/a/b.txt", ".txt")`: `"b"`, `File.basename("b.tar.gz", ".*")`: `"b.tar"`, `File.basename("/a/b/")`: `"b"`, `File.basename("/")`: `"/"`, `File.dirname("/a/b.txt")`: `"/a"`, `File.dirname("/a")`: `"/"`, `File.dirname("b")`: `"."`, `File.extname("a.b.c")`: `".c"`, `File.extname(".profile")`: `""`, `File.join("a", "/b/", "c")`: `"a/b/c"`, `File.join("a", ["b", "c"])`: `"a/b/c"`, `File.expand_path("~") == File.expand_path(".")`: `true`, `File.expand_path("x", "/a/b/..").end_with?("/a/x")`: `true`,
		`File.read("nothing.txt")`: `error: No such file or directory @ read - nothing.txt (line 1, column 6)`, `File.read(".")`: `error: Is a directory @ io_fread - . (line 1, column 6)`, `File.read("~joe/x")`: `error: unsupported: home folder of another user in "~joe/x" (line 1, column 6)`,
	}.run(t)
}
