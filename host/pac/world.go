package pac

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// world is what a script finds around it when it is asked about a host.
type world struct {
	vm      *goja.Runtime
	host    string
	address net.IP
	now     func() time.Time
	log     *slog.Logger
}

// define sets the functions of spec/cli.md 9.5.
func (w *world) define() error {
	var errs []error
	for name, function := range map[string]any{
		"isPlainHostName":     isPlainHostName,
		"dnsDomainIs":         dnsDomainIs,
		"localHostOrDomainIs": localHostOrDomainIs,
		"dnsDomainLevels":     func(host string) int { return strings.Count(host, ".") },
		"shExpMatch":          shExpMatch,
		"dnsResolve":          w.dnsResolve,
		"isResolvable":        w.isResolvable,
		"isInNet":             w.isInNet,
		"convert_addr":        convertAddress,
		"myIpAddress":         func() string { return "127.0.0.1" },
		"weekdayRange":        w.period(weekdayRange),
		"dateRange":           w.period(dateRange),
		"timeRange":           w.period(timeRange),
		"alert":               func(text string) { w.log.Info("PAC: " + text) },
	} {
		errs = append(errs, w.vm.Set(name, function))
	}
	return errors.Join(errs...)
}

// period makes a function of a script that compares the time with its
// arguments: texts and whole numbers, the last perhaps "GMT".
func (w *world) period(holds func(now time.Time, args []any) (bool, error)) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		now := w.now()
		args := make([]any, len(call.Arguments))
		for i, a := range call.Arguments {
			args[i] = a.Export()
			if f, isFloat := args[i].(float64); isFloat {
				args[i] = int64(f)
			}
		}
		if n := len(args); n > 0 && args[n-1] == "GMT" {
			now, args = now.UTC(), args[:n-1]
		}
		result, err := holds(now, args)
		if err != nil {
			panic(w.vm.NewGoError(err))
		}
		return w.vm.ToValue(result)
	}
}

// dnsResolve knows the host asked about only, by its name or address.
func (w *world) dnsResolve(host string) (string, error) {
	if strings.EqualFold(host, w.host) || host == w.address.String() {
		return w.address.String(), nil
	}
	return "", fmt.Errorf("only DNS for initial host, not %s", host)
}

func (w *world) isResolvable(host string) (bool, error) {
	address, err := w.dnsResolve(host)
	return address != "", err
}

// isInNet takes an address as it is, so that it can be asked about myIpAddress.
func (w *world) isInNet(host, pattern, mask string) (bool, error) {
	address := net.ParseIP(host)
	if address == nil {
		text, err := w.dnsResolve(host)
		if err != nil {
			return false, err
		}
		address = net.ParseIP(text)
	}
	ip, network, bits := address.To4(), net.ParseIP(pattern).To4(), net.ParseIP(mask).To4()
	if ip == nil || network == nil || bits == nil {
		return false, nil
	}
	m := net.IPMask(bits)
	return ip.Mask(m).Equal(network.Mask(m)), nil
}

// convertAddress is the number of an IPv4 address, 0 for other texts.
func convertAddress(text string) uint32 {
	ip := net.ParseIP(text).To4()
	if ip == nil {
		return 0
	}
	return binary.BigEndian.Uint32(ip)
}

func isPlainHostName(host string) bool { return !strings.Contains(host, ".") }

func dnsDomainIs(host, domain string) bool {
	return strings.HasSuffix(strings.ToLower(host), strings.ToLower(domain))
}

func localHostOrDomainIs(host, hostdom string) bool {
	return strings.EqualFold(host, hostdom) || isPlainHostName(host) && !isPlainHostName(hostdom)
}

// shExpMatch ignores case and knows "*" as the only wildcard.
func shExpMatch(text, expression string) bool {
	text = strings.ToLower(text)
	parts := strings.Split(strings.ToLower(expression), "*")
	last := len(parts) - 1
	if last == 0 {
		return text == parts[0]
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[last])
}
