// Package pac finds proxies with a proxy auto-configuration script, the value
// of option fpac (spec/cli.md 9.5, spec/plugins/config.md 16).
package pac

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	// timeLimit bounds one call of a script.
	timeLimit = 5 * time.Second
	// stackLimit bounds the depth of its calls, and so the memory of a
	// recursion without end.
	stackLimit = 500

	entryPoint = "FindProxyForURL"
	scriptName = "fpac"
	failed     = "the proxy auto configuration script fails"
)

// Options is what an [Evaluator] needs of its surroundings. All are optional.
type Options struct {
	// Credentials are the user and password of the proxies that the script finds.
	Credentials []string
	// Resolve finds an IPv4 address of a host; the system's resolver by default.
	Resolve func(ctx context.Context, host string) (net.IP, error)
	// Now is the time that the script sees, in the local time zone.
	Now func() time.Time
	// Log gets warnings of useless results and what the script says by alert.
	Log *slog.Logger
}

// Evaluator runs one script. It is safe for use by several goroutines.
type Evaluator struct {
	program *goja.Program
	user    *url.Userinfo
	resolve func(ctx context.Context, host string) (net.IP, error)
	now     func() time.Time
	log     *slog.Logger
	limit   time.Duration

	// mu guards found and lets one script run at a time, so that a host is
	// looked up once.
	mu    sync.Mutex
	found map[string]finding
}

// finding is what the script says about a host.
type finding struct {
	text    string
	proxies []*url.URL
}

// New compiles a script. It must define FindProxyForURL(url, host).
func New(script string, options Options) (*Evaluator, error) {
	user, err := credentials(options.Credentials)
	if err != nil {
		return nil, err
	}
	program, err := goja.Compile(scriptName, script, false)
	if err != nil {
		return nil, failure.Argumentf("the proxy auto configuration script is no JavaScript: %w", err).
			Hint("option fpac takes the text of the script: give a file as --fpac=@file:<path>, an address as --fpac=@uri:<url>")
	}
	e := &Evaluator{
		program: program, user: user, found: map[string]finding{},
		resolve: options.Resolve, now: options.Now, log: options.Log, limit: timeLimit,
	}
	if e.resolve == nil {
		e.resolve = lookUp
	}
	if e.now == nil {
		e.now = time.Now
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	return e, nil
}

func credentials(pair []string) (*url.Userinfo, error) {
	switch len(pair) {
	case 0:
		return nil, nil
	case 2:
		return url.UserPassword(pair[0], pair[1]), nil
	}
	return nil, failure.Argumentf("proxy_credentials shall have two elements (%d)", len(pair))
}

// FindProxy returns what the script says about a target, unparsed, as in
// "PROXY 10.0.0.1:3128; DIRECT".
func (e *Evaluator) FindProxy(ctx context.Context, target *url.URL) (string, error) {
	found, err := e.lookup(ctx, target)
	return found.text, err
}

// Proxies returns the usable proxies that the script names for a target, with
// their credentials; none when it is to be reached directly.
func (e *Evaluator) Proxies(ctx context.Context, target *url.URL) ([]*url.URL, error) {
	found, err := e.lookup(ctx, target)
	return found.proxies, err
}

// Proxy returns the first of [Evaluator.Proxies], nil for none.
func (e *Evaluator) Proxy(ctx context.Context, target *url.URL) (*url.URL, error) {
	proxies, err := e.Proxies(ctx, target)
	if err != nil || len(proxies) == 0 {
		return nil, err
	}
	return proxies[0], nil
}

// lookup asks the script once for each host. It is told http://<host> whatever
// the target: that is what 4.21.0 does for its connections (spec/cli.md 9.5),
// and its proxy_check is there to tell what those will do. So a host has one
// answer for all schemes.
func (e *Evaluator) lookup(ctx context.Context, target *url.URL) (finding, error) {
	host := strings.ToLower(target.Hostname())
	if host == "" {
		return finding{}, failure.Argumentf("no host in the URL whose proxy is wanted: %s", target.Redacted())
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if found, known := e.found[host]; known {
		return found, nil
	}
	found, err := e.ask(ctx, host)
	if err != nil {
		return finding{}, err
	}
	e.found[host] = found
	return found, nil
}

func (e *Evaluator) ask(ctx context.Context, host string) (finding, error) {
	address := net.ParseIP(host)
	if address == nil {
		var err error
		if address, err = e.resolve(ctx, host); err != nil {
			if ctx.Err() != nil {
				return finding{}, ctx.Err()
			}
			return finding{}, failure.Otherf("RuntimeError", "DNS name not found: %s", host).
				Hint("the proxy auto configuration script of option fpac is told the address of each server")
		}
	}
	value, err := e.run(ctx, host, address)
	if err != nil {
		return finding{}, err
	}
	text, isText := value.(string)
	if !isText {
		e.log.Warn("PAC: did not return a String, returned " + record.TypeName(record.Of(value)))
		return finding{}, nil
	}
	proxies, warnings := parseResult(text, e.user)
	for _, w := range warnings {
		e.log.Warn("PAC: " + w)
	}
	return finding{text, proxies}, nil
}

// run calls the script in a world of its own, which it can neither leave nor
// hold longer than the time limit.
func (e *Evaluator) run(ctx context.Context, host string, address net.IP) (result any, err error) {
	// Looking at a value can call the script once more, which the interpreter
	// answers by a panic if that fails.
	defer func() {
		if p := recover(); p != nil {
			err = failure.Otherf("RuntimeError", failed+": its values cannot be read")
		}
	}()
	vm := goja.New()
	vm.SetMaxCallStackSize(stackLimit)
	ctx, cancel := context.WithTimeoutCause(ctx, e.limit, fmt.Errorf("it takes longer than %s", e.limit))
	defer cancel()
	defer context.AfterFunc(ctx, func() { vm.Interrupt(context.Cause(ctx)) })()

	world := &world{vm: vm, host: host, address: address, now: e.now, log: e.log}
	if err := world.define(); err != nil {
		return nil, fmt.Errorf("proxy auto configuration: %w", err)
	}
	if _, err := vm.RunProgram(e.program); err != nil {
		return nil, scriptError(err)
	}
	find, ok := goja.AssertFunction(vm.Get(entryPoint))
	if !ok {
		return nil, failure.Argumentf("the proxy auto configuration script defines no function %s(url, host)", entryPoint).
			Hint("option fpac takes the text of the script: give a file as --fpac=@file:<path>, an address as --fpac=@uri:<url>")
	}
	value, err := find(goja.Undefined(), vm.ToValue((&url.URL{Scheme: "http", Host: bracketed(host)}).String()), vm.ToValue(host))
	if err != nil {
		return nil, scriptError(err)
	}
	return value.Export(), nil
}

// bracketed is a host as a URL writes it.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// scriptError tells what stopped a script, and at which line of it.
func scriptError(err error) error {
	var thrown *goja.Exception
	var stopped *goja.InterruptedError
	var deep *goja.StackOverflowError
	switch {
	case errors.As(err, &stopped):
		cause, _ := stopped.Value().(error)
		if errors.Is(cause, context.Canceled) {
			return cause
		}
		return failure.Otherf("RuntimeError", failed+"%s: %w", line(stopped.Stack()), cause)
	case errors.As(err, &deep):
		return failure.Otherf("RuntimeError", failed+"%s: its calls nest too deep", line(deep.Stack()))
	case errors.As(err, &thrown):
		reason := thrown.Unwrap()
		if reason == nil {
			reason = errors.New(thrown.Value().String())
		}
		return failure.Otherf("RuntimeError", failed+"%s: %w", line(thrown.Stack()), reason)
	}
	return failure.Otherf("RuntimeError", failed+": %w", err)
}

// line is the place in the script where something happened, e.g. " at line 3".
func line(stack []goja.StackFrame) string {
	for _, frame := range stack {
		if frame.SrcName() == scriptName {
			return fmt.Sprintf(" at line %d", frame.Position().Line)
		}
	}
	return ""
}

func lookUp(ctx context.Context, host string) (net.IP, error) {
	addresses, err := net.DefaultResolver.LookupIP(ctx, "ip4", host)
	if err != nil {
		return nil, err
	}
	return addresses[0], nil
}
