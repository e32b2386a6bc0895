package pac

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// parseResult reads what a script returns: entries such as "PROXY host:port" or
// "DIRECT", separated by ";" (spec/cli.md 9.5). It returns the proxies that can
// be used, and what is to be said about the others.
func parseResult(text string, user *url.Userinfo) (proxies []*url.URL, warnings []string) {
	for entry := range strings.SplitSeq(text, ";") {
		kind, address, _ := strings.Cut(strings.TrimSpace(entry), " ")
		address = strings.TrimSpace(address)
		switch strings.ToUpper(kind) {
		case "", "DIRECT":
		case "PROXY":
			if !isHostPort(address) {
				warnings = append(warnings, "PROXY must be <address>:<port>, ignoring "+address)
				continue
			}
			proxies = append(proxies, &url.URL{Scheme: "http", User: user, Host: address})
		default:
			warnings = append(warnings, "ignoring proxy type "+kind+": not supported")
		}
	}
	return proxies, warnings
}

func isHostPort(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return false
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || port[0] == '+' {
		return false
	}
	u, err := url.Parse("http://" + address)
	return err == nil && u.Host == address && u.Hostname() == host
}
