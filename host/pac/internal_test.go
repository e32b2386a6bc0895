package pac

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTimeLimit(t *testing.T) {
	e, err := New("function FindProxyForURL(url, host) {\n  for (;;) url = host;\n}", Options{})
	if err != nil {
		t.Fatal(err)
	}
	e.limit = 20 * time.Millisecond
	_, err = e.FindProxy(t.Context(), &url.URL{Scheme: "https", Host: "192.0.2.1"})
	if want := "the proxy auto configuration script fails at line 2: it takes longer than 20ms"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzParseResult(f *testing.F) {
	for _, seed := range []string{"PROXY 10.0.0.1:3128; DIRECT", "PROXY;DIRECT", "SOCKS a:1;proxy [::1]:1", "PROXY a@b:1", " ; PROXY  x:99999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		proxies, warnings := parseResult(text, url.UserPassword("me", "pw"))
		if entries := strings.Count(text, ";") + 1; len(proxies)+len(warnings) > entries {
			t.Errorf("%q: %d proxies and %d warnings of %d entries", text, len(proxies), len(warnings), entries)
		}
		for _, p := range proxies {
			again, err := url.Parse(p.String())
			if err != nil || again.Host != p.Host || again.Port() == "" || again.User.Username() != "me" {
				t.Errorf("%q gave the proxy %q: %v", text, p, err)
			}
		}
	})
}

// FuzzShExpMatch compares with a regular expression of the same meaning.
func FuzzShExpMatch(f *testing.F) {
	f.Add("http://www.example.com/", "*.EXAMPLE.com/*")
	f.Add("abab", "*ab*ab")
	f.Add("a.c", "a?c")
	f.Add("", "**")
	f.Fuzz(func(t *testing.T, text, expression string) {
		parts := strings.Split(strings.ToLower(expression), "*")
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		pattern, err := regexp.Compile(`(?s)\A` + strings.Join(parts, ".*") + `\z`)
		if err != nil {
			t.Skip()
		}
		if got, want := shExpMatch(text, expression), pattern.MatchString(strings.ToLower(text)); got != want {
			t.Errorf("shExpMatch(%q, %q) is %t", text, expression, got)
		}
	})
}
