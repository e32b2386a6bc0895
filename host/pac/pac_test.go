package pac_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/host/pac"
	"github.com/ascli-go/ascli/sdk/failure"
)

// resolve knows the hosts of example.com.
func resolve(_ context.Context, host string) (net.IP, error) {
	if strings.HasSuffix(host, "example.com") || host == "intranet" {
		return net.IPv4(10, 1, 2, 3), nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func evaluator(t *testing.T, script string, options pac.Options) *pac.Evaluator {
	t.Helper()
	if options.Resolve == nil {
		options.Resolve = resolve
	}
	e, err := pac.New(script, options)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func target(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// returning is a script whose result is an expression.
func returning(expression string) string {
	return "function FindProxyForURL(url, host) { return " + expression + "; }"
}

func TestScriptIsToldSchemeAndHostOnly(t *testing.T) {
	e := evaluator(t, returning(`url + " " + host`), pac.Options{})
	for address, want := range map[string]string{
		"https://Www.Example.com:8443/path?token=s3cret": "http://www.example.com www.example.com",
		"http://192.0.2.7/":          "http://192.0.2.7 192.0.2.7",
		"https://[2001:db8::1]:443/": "http://[2001:db8::1] 2001:db8::1",
	} {
		if got, err := e.FindProxy(t.Context(), target(t, address)); got != want || err != nil {
			t.Errorf("%s: got %q, %v", address, got, err)
		}
	}
}

func TestHostIsAskedOnce(t *testing.T) {
	lookups := 0
	e := evaluator(t, returning(`"PROXY p:1"`), pac.Options{Resolve: func(context.Context, string) (net.IP, error) {
		lookups++
		return net.IPv4(10, 0, 0, 1), nil
	}})
	for _, address := range []string{"https://a.example.com/x", "http://a.example.com:80", "https://b.example.com", "https://a.example.com/y"} {
		if _, err := e.Proxy(t.Context(), target(t, address)); err != nil {
			t.Fatal(err)
		}
	}
	if lookups != 2 {
		t.Errorf("%d lookups for two hosts", lookups)
	}
}

func TestResults(t *testing.T) {
	for _, c := range []struct{ name, result, proxies, warning string }{
		{"proxy", `"PROXY 10.0.0.1:3128"`, "http://me:pw@10.0.0.1:3128", ""},
		{"several", `"DIRECT; PROXY a:1 ;PROXY b:2"`, "http://me:pw@a:1 http://me:pw@b:2", ""},
		{"IPv6", `"PROXY [::1]:3128"`, "http://me:pw@[::1]:3128", ""},
		{"direct", `"DIRECT"`, "", ""},
		{"empty", `""`, "", ""},
		{"no port", `"PROXY 10.0.0.1; PROXY b:2"`, "http://me:pw@b:2", "PAC: PROXY must be <address>:<port>, ignoring 10.0.0.1"},
		{"no address", `"PROXY;DIRECT"`, "", "PAC: PROXY must be <address>:<port>, ignoring "},
		{"no number", `"PROXY a:b"`, "", "PAC: PROXY must be <address>:<port>, ignoring a:b"},
		{"credentials inside", `"PROXY u:p@a:1"`, "", "PAC: PROXY must be <address>:<port>, ignoring u:p@a:1"},
		{"other type", `"SOCKS a:1; PROXY b:2"`, "http://me:pw@b:2", "PAC: ignoring proxy type SOCKS: not supported"},
		{"null", `null`, "", "PAC: did not return a String, returned NilClass"},
		{"nothing", `undefined`, "", "PAC: did not return a String, returned NilClass"},
		{"number", `5`, "", "PAC: did not return a String, returned Integer"},
		{"list", `["PROXY a:1"]`, "", "PAC: did not return a String, returned Array"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			e := evaluator(t, returning(c.result), pac.Options{
				Credentials: []string{"me", "pw"}, Log: slog.New(slog.NewTextHandler(&log, nil)),
			})
			proxies, err := e.Proxies(t.Context(), target(t, "https://www.example.com"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range proxies {
				got = append(got, p.String())
			}
			if strings.Join(got, " ") != c.proxies {
				t.Errorf("got %s, want %s", got, c.proxies)
			}
			if (c.warning == "") != (log.Len() == 0) || !strings.Contains(log.String(), c.warning) {
				t.Errorf("log %q, want %q", log.String(), c.warning)
			}
			first, err := e.Proxy(t.Context(), target(t, "https://www.example.com"))
			if err != nil || (first == nil) != (len(got) == 0) || first != nil && first.String() != got[0] {
				t.Errorf("first %v, %v", first, err)
			}
		})
	}
}

func TestCredentialsAreOptional(t *testing.T) {
	p, err := evaluator(t, returning(`"PROXY a:1"`), pac.Options{}).Proxy(t.Context(), target(t, "http://www.example.com"))
	if err != nil || p.String() != "http://a:1" {
		t.Errorf("got %v, %v", p, err)
	}
	_, err = pac.New(returning(`""`), pac.Options{Credentials: []string{"only"}})
	if e := failure.As(err); e == nil || e.Label != failure.Argument || e.Message != "proxy_credentials shall have two elements (1)" {
		t.Errorf("got %v", err)
	}
}

func TestFunctions(t *testing.T) {
	for expression, want := range map[string]string{
		`isPlainHostName("www")`:                                   "true",
		`isPlainHostName("www.x.org")`:                             "false",
		`dnsDomainIs("WWW.x.org", ".X.org")`:                       "true",
		`dnsDomainIs("www.x.org", ".y.org")`:                       "false",
		`localHostOrDomainIs("www.X.org", "www.x.org")`:            "true",
		`localHostOrDomainIs("www", "www.x.org")`:                  "true",
		`localHostOrDomainIs("www", "www2")`:                       "false",
		`localHostOrDomainIs("www.x.org", "home.x.org")`:           "false",
		`dnsDomainLevels("www")`:                                   "0",
		`dnsDomainLevels("www.x.org")`:                             "2",
		`isResolvable(host)`:                                       "true",
		`dnsResolve(host)`:                                         "10.1.2.3",
		`dnsResolve("10.1.2.3")`:                                   "10.1.2.3",
		`dnsResolve("WWW.example.com")`:                            "10.1.2.3",
		`myIpAddress()`:                                            "127.0.0.1",
		`isInNet(host, "10.1.0.0", "255.255.0.0")`:                 "true",
		`isInNet(host, "10.2.0.0", "255.255.0.0")`:                 "false",
		`isInNet(dnsResolve(host), "10.1.2.3", "255.255.255.255")`: "true",
		`isInNet(myIpAddress(), "127.0.0.0", "255.0.0.0")`:         "true",
		`isInNet(host, "x", "255.0.0.0")`:                          "false",
		`isInNet("2001:db8::1", "10.0.0.0", "255.0.0.0")`:          "false",
		`convert_addr("104.16.41.2")`:                              "1745889538",
		`shExpMatch("http://www.X.org/a/b", "*.x.org/*")`:          "true",
		`shExpMatch("abc", "abc")`:                                 "true",
		`shExpMatch("abc", "a?c")`:                                 "false",
		`shExpMatch("a.c", "a.*")`:                                 "true",
		`shExpMatch("abc", "*c*c")`:                                "false",
		`shExpMatch("abcbc", "a*bc")`:                              "true",
		`shExpMatch("ab", "ab*b")`:                                 "false",
		`shExpMatch("", "*")`:                                      "true",
		`[1, 2].map(function (x) { return x + 1; }).indexOf(3)`:    "1",
		`/^www\d*\./.test(host)`:                                   "true",
		`typeof require + typeof process + typeof XMLHttpRequest`:  "undefinedundefinedundefined",
	} {
		t.Run(expression, func(t *testing.T) {
			got, err := evaluator(t, returning(`String(`+expression+`)`), pac.Options{}).FindProxy(t.Context(), target(t, "https://www.example.com"))
			if err != nil || got != want {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		})
	}
}

// The clock of these tests: a Thursday, half past midnight, which is still
// Wednesday by Greenwich.
func TestPeriods(t *testing.T) {
	now := time.Date(2026, time.January, 1, 0, 30, 15, 0, time.FixedZone("east", 2*60*60))
	for expression, want := range map[string]bool{
		`weekdayRange("THU")`:                        true,
		`weekdayRange("thu")`:                        true,
		`weekdayRange("WED")`:                        false,
		`weekdayRange("WED", "GMT")`:                 true,
		`weekdayRange("MON", "FRI")`:                 true,
		`weekdayRange("FRI", "WED")`:                 false,
		`weekdayRange("SAT", "THU")`:                 true,
		`weekdayRange("MON", "WED", "GMT")`:          true,
		`dateRange(1)`:                               true,
		`dateRange(31, "GMT")`:                       true,
		`dateRange("JAN")`:                           true,
		`dateRange("DEC")`:                           false,
		`dateRange(2026)`:                            true,
		`dateRange(2025, "GMT")`:                     true,
		`dateRange(1, 15)`:                           true,
		`dateRange(2, 15)`:                           false,
		`dateRange(25, 5)`:                           true,
		`dateRange("NOV", "FEB")`:                    true,
		`dateRange("FEB", "NOV")`:                    false,
		`dateRange(2020, 2025)`:                      false,
		`dateRange(2026, 2020)`:                      false,
		`dateRange(1, "JAN")`:                        true,
		`dateRange(2, "JAN")`:                        false,
		`dateRange(1, "JAN", 2026)`:                  true,
		`dateRange(24, "DEC", 6, "JAN")`:             true,
		`dateRange(2, "JAN", 24, "DEC")`:             false,
		`dateRange("DEC", 2025, "JAN", 2026)`:        true,
		`dateRange("FEB", 2025, "DEC", 2025)`:        false,
		`dateRange(31, "DEC", 2025, 1, "JAN", 2026)`: true,
		`dateRange(2, "JAN", 2026, 3, "JAN", 2026)`:  false,
		`timeRange(0)`:                               true,
		`timeRange(22, "GMT")`:                       true,
		`timeRange(0, 1)`:                            true,
		`timeRange(8, 17)`:                           false,
		`timeRange(22, 6)`:                           true,
		`timeRange(0, 30, 0, 30)`:                    true,
		`timeRange(0, 31, 8, 0)`:                     false,
		`timeRange(23, 0, 0, 29)`:                    false,
		`timeRange(0, 30, 0, 0, 30, 15)`:             true,
		`timeRange(0, 30, 16, 0, 30, 20)`:            false,
		`timeRange(22, 0, 0, 23, 0, 0, "GMT")`:       true,
	} {
		t.Run(expression, func(t *testing.T) {
			options := pac.Options{Now: func() time.Time { return now }}
			got, err := evaluator(t, returning(`String(`+expression+`)`), options).FindProxy(t.Context(), target(t, "https://www.example.com"))
			if err != nil || got != fmt.Sprint(want) {
				t.Errorf("got %q, %v, want %t", got, err, want)
			}
		})
	}
}

func TestWrongScripts(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"syntax", "function FindProxyForURL(url, host) {\n  return 'PROXY' 5;\n}", "Line 2:"},
		{"a path", "/etc/proxy.pac", "the proxy auto configuration script "},
		{"other name", "function findProxy(url, host) {}", "defines no function FindProxyForURL(url, host)"},
		{"no function", "FindProxyForURL = 5", "defines no function"},
		{"throws", "function FindProxyForURL(url, host) {\n\n  throw 'no idea';\n}", "the proxy auto configuration script fails at line 3: no idea"},
		{"unknown function", returning(`nowhere()`), "the proxy auto configuration script fails at line 1: ReferenceError: nowhere is not defined"},
		{"other host", returning(`dnsResolve("other.example.com")`), "fails at line 1: only DNS for initial host, not other.example.com"},
		{"other host in a net", returning(`isInNet("other", "10.0.0.0", "255.0.0.0")`), "only DNS for initial host, not other"},
		{"no day", returning(`weekdayRange("XXX")`), "weekdayRange: XXX is no day, use SUN to SAT"},
		{"no days", returning(`weekdayRange("GMT")`), "weekdayRange takes one or two days, not 0"},
		{"no hour", returning(`timeRange(60)`), "timeRange: 60 is no hour, minute or second"},
		{"three hours", returning(`timeRange(1, 2, 3)`), "timeRange takes 1, 2, 4 or 6 numbers, not 3"},
		{"no date", returning(`dateRange(-1)`), "dateRange: -1 is no day, month (JAN to DEC) or year"},
		{"day twice", returning(`dateRange(1, 2, 3)`), "gives a day, month or year twice"},
		{"endless recursion", "function f() { return f() + 1; }\n" + returning(`f()`), "at line 1: its calls nest too deep"},
		{"throws an object without text", returning(`(function () { throw Object.create(null); })()`), "fails: its values cannot be read"},
		{"returns what throws when looked at", returning(`({get a() { throw "no"; }})`), "fails: its values cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := pac.New(c.script, pac.Options{Resolve: resolve})
			if err == nil {
				_, err = e.FindProxy(t.Context(), target(t, "https://www.example.com"))
			}
			if failure.As(err) == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestUnknownHost(t *testing.T) {
	_, err := evaluator(t, returning(`"DIRECT"`), pac.Options{}).FindProxy(t.Context(), target(t, "https://nohost.invalid"))
	if failure.As(err) == nil || err.Error() != "DNS name not found: nohost.invalid" {
		t.Errorf("got %v", err)
	}
}

func TestEndlessScriptIsStopped(t *testing.T) {
	e := evaluator(t, "function FindProxyForURL(url, host) {\n  while (true) { alert('x'); }\n}", pac.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := e.FindProxy(ctx, target(t, "https://www.example.com"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, err = e.FindProxy(ctx, target(t, "https://www.example.com")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAlertIsLogged(t *testing.T) {
	var log strings.Builder
	e := evaluator(t, `function FindProxyForURL(url, host) { alert("at " + host); return "DIRECT"; }`,
		pac.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if _, err := e.FindProxy(t.Context(), target(t, "https://www.example.com")); err != nil || !strings.Contains(log.String(), "PAC: at www.example.com") {
		t.Errorf("got %q, %v", log.String(), err)
	}
}

func BenchmarkFirstAnswer(b *testing.B) {
	for b.Loop() {
		e, err := pac.New(returning(`isInNet(host, "10.0.0.0", "255.0.0.0") ? "DIRECT" : "PROXY a:1"`), pac.Options{Resolve: resolve})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.FindProxy(b.Context(), &url.URL{Scheme: "https", Host: "www.example.com"}); err != nil {
			b.Fatal(err)
		}
	}
}
