package ruby_test

import (
	"context"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/ruby"
)

func variables() map[string]any {
	recipients := []any{record.New("email", "joe@example.com")}
	return map[string]any{
		"from_name": "Ascli", "from_email": "ascli@example.com", "to": "joe@example.com", "subject": "Done", "status": "ok",
		"ev": record.New("user_email", "joe@example.com", "files_completed", 3, "transferred_bytes", 2_000_000),
		"ts": record.New("tags", record.New("aspera", record.New("faspex", record.New(
			"metadata", record.New("_pkg_name", "My package"), "recipients", recipients)))),
		"list": []any{1, 2},
	}
}

func TestTemplate(t *testing.T) {
	for name, c := range map[string]struct{ template, want string }{
		"plain text":      {"no tags\n", "no tags\n"},
		"empty":           {"", ""},
		"variables":       {"From: <%=from_name%> <<%=from_email%>>\nTo: <<%= to %>>\n", "From: Ascli <ascli@example.com>\nTo: <joe@example.com>\n"},
		"field":           {"<%=ev['files_completed']%> files", "3 files"},
		"key by to_s":     {"<%= ev[:user_email.to_s] %>", "joe@example.com"},
		"yaml":            {"<%=ev.to_yaml%>", "--- {\"user_email\":\"joe@example.com\",\"files_completed\":3,\"transferred_bytes\":2000000}\n"},
		"deep":            {`<%=ts["tags"]["aspera"]["faspex"]["recipients"].first["email"]%>`, "joe@example.com"},
		"metadata":        {`<%=ts["tags"]["aspera"]["faspex"]["metadata"]["_pkg_name"]%>`, "My package"},
		"arithmetic":      {"<%= ev['transferred_bytes'] / 1000 + 1 %> kB", "2001 kB"},
		"null is empty":   {"[<%= nil %>]", "[]"},
		"list":            {"<%= list %>", "[1, 2]"},
		"comment":         {"a<%# no > tag %>b", "ab"},
		"literal tags":    {"<%% x %%> y", "<% x %%> y"},
		"literal in code": {`<%= "a %%> b" %>`, "a %> b"},
		"each":            {"<% list.each do |x| %>- <%= x %>\n<% end %>end", "- 1\n- 2\nend"},
		"braces":          {"<% list.each { |x| %><%= x %>,<% } %>", "1,2,"},
		"if":              {"<% if status == 'ok' %>fine<% else %>bad<% end %>!", "fine!"},
		"else":            {"<% if status == 'x' %>fine<% elsif list.empty? %>none<% else %>bad<% end %>!", "bad!"},
		"unless":          {"<% unless list.empty? %>some<% end %>", "some"},
		"assignment":      {"<% n = list.sum; m = n * 2 %><%= m %>", "6"},
		"code comment":    {"<% # a comment %>x<% n = 1 # another\n m = 2 %><%= n + m %>", "x3"},
		"string with end": {`<%= "%" + ">" %>`, "%>"},
		"symbol":          {"<%= :a %> <%= 1.5 %> <%= {a: 1} %>", `a 1.5 {:a=>1}`},
		"modifier":        {"<%= 'x' if list.first == 1 %>", "x"},
		"nested":          {"<% list.each do |x| %><% if x > 1 %>[<%= x %>]<% end %><% end %>", "[2]"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ruby.New(world(t)).Render(context.Background(), c.template, variables())
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestTemplateErrors(t *testing.T) {
	for template, want := range map[string]string{
		"a\n<%= foo %>":             "undefined local variable or method 'foo' (line 2, column 5)",
		"<%= 1":                     "syntax error, unexpected end of expression, expecting '%>' (line 1, column 6)",
		"<% x = 1":                  "a tag has no end: %> is missing (line 1, column 9)",
		"<%# x":                     "the tag <%# has no end (line 1, column 1)",
		"<% if true %>x":            "syntax error, unexpected end of expression, expecting 'end' (line 1, column 15)",
		"<% end %>":                 "syntax error, unexpected 'end', expecting end of expression (line 1, column 4)",
		"<%= ev.foo %>":             "undefined method 'foo' for an instance of Hash (line 1, column 8)",
		"<%= 1; 2 %>":               "syntax error, unexpected end of line, expecting '%>' (line 1, column 6)",
		"<% (1..).each{ %>x<% } %>": "the expression does too much: stopped after 100000 steps",
	} {
		env := world(t)
		env.MaxSteps = 100_000
		if got, err := ruby.New(env).Render(context.Background(), template, variables()); err == nil || err.Error() != want {
			t.Errorf("%s: got %.50q, %v, want %s", template, got, err, want)
		}
	}
}
