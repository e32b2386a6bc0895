package ruby_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/ruby"
)

// fuzzed is a world without files and with little patience.
func fuzzed(t *testing.T) *ruby.Interpreter {
	return ruby.New(ruby.Env{
		MaxSteps: 20_000, Folder: t.TempDir(), YAML: plainYAML{}, Now: clock, Location: time.UTC, Stdin: strings.NewReader("a\nb\n"),
	})
}

// touchesWorld tells whether an expression might read what the test does not own, or wait.
func touchesWorld(source string) bool {
	return strings.Contains(source, "File") || strings.Contains(source, "sleep")
}

func FuzzEvaluate(f *testing.F) {
	for _, source := range []string{
		`->(f){f["type"].eql?("file") and (DateTime.now-DateTime.parse("2026-01-01"))<100}`,
		`{a: 1, "b"=>[%w[x y], :"s#{1}", 1.5e3, /a(b)+/i]}.map{|k, (v, *w)| [k, v&.to_s, w]}.to_json`,
		"x = 1; if x > 0 then x += 2 end; unless x\n 1\nelse 2 end; x ||= 3; a = [1]; a[5] = 2; a.inspect",
		`"héllo %05.2f|%-3s" % [1.5, :a] + "a,b".split(",").sort_by{|s| -s.length}.join("-").gsub(/a/){|m| m.upcase}`,
		`n = 0; f = ->(x, y=1, *z){ return x if y; next 2 }; f.(1); [1,2].each{|i| break i}; (1..3).step(2).to_a`,
		`Time.now.strftime("%Y-%m-%d %-d %3N %:z") + Date.strptime("1/2/2026", "%d/%m/%Y").to_s`,
		`"a".tr("a-z^", "b").ljust(9, "xy").unpack1("a") <<`, "2**100 % 7 <=> -1 << 3 & ~5 | 4 ^ 1", "..1", "{a:1,**{}}", "p p p 1", "(..).step(1)",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if touchesWorld(source) {
			t.Skip()
		}
		v, err := fuzzed(t).Evaluate(context.Background(), source)
		if p, ok := v.(*ruby.Proc); ok && err == nil {
			// Whatever comes of it, it comes back as a value or an error.
			_, _ = p.Call(context.Background(), "a")
			if text, err := p.SourceText(); err == nil {
				if _, err := fuzzed(t).Evaluate(context.Background(), text); err != nil {
					t.Errorf("the text of a Proc does not evaluate: %s: %v", text, err)
				}
			}
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, template := range []string{
		"From: <%=a%> <<%= b %>>\n<%# c %><%% %%>", "<% if a %>x<% else %>y<% end %>", "<% [1,2].each do |x| %><%= x %><% end %>", `<%= "a %%> b" %>`, "<%",
	} {
		f.Add(template)
	}
	f.Fuzz(func(t *testing.T, template string) {
		if touchesWorld(template) {
			t.Skip()
		}
		text, err := fuzzed(t).Render(context.Background(), template, map[string]any{"a": "1", "b": []any{"2"}})
		if err == nil && !strings.Contains(template, "<%") && text != template {
			t.Errorf("text without tags became %q", text)
		}
	})
}
