package ruby

import (
	"errors"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
)

// samples are expressions that give values of every kind, extreme ones among them.
func samples() []string {
	return []string{
		"nil", "true", "false", "0", "-1", "3", "2**62", "-2**63", "10**40", "1.5", "-0.0", "0.0/0", "1/0.0",
		`""`, `"héllo wörld %s %5.2f\n"`, `"\xFF\x00"`, `"2026-11-22"`, ":sym", ":+", "[]", `[3, 1, 2]`, `["b", nil, [1, [2]]]`, "[[1, 2], [3, 4]]",
		"{}", `{a: 1, "b"=>[2], nil=>3}`, "(1..3)", "(1..)", "(..2)", "('a'..'e')", "(1.5...3)", "(Date.new(2026,1,30)..Date.new(2026,2,2))",
		"/l+(o)?/", `"hello".match(/l(x)?(?<n>.)/n)`, "->(x, y = 1, *z){ x }", "proc{|a, (b, c)| b }", ":to_s.to_proc", "Time.now", "Date.today", "DateTime.now",
		"ENV", "$stdin", "$stdout", "Log.log", "File", "String", "Time", "Integer",
	}
}

// TestEveryMethod calls every method of every kind of value with all sorts of
// arguments: whatever they are, it returns or fails as the package promises.
func TestEveryMethod(t *testing.T) {
	world := New(Env{MaxSteps: 1_000, Folder: t.TempDir(), Now: func() time.Time { return time.Unix(1795313050, 5) }, Location: time.UTC})
	programs := map[string]*program{"main": {body: &fixed{mainObject{}}, scope: &scope{}}}
	value := func(source string) any {
		if programs[source] == nil {
			programs[source] = parse(source)
		}
		return world.machine(t.Context()).eval(programs[source].body, programs[source].frame())
	}
	var arguments [][]string
	for _, a := range samples() {
		arguments = append(arguments, []string{a}, []string{a, "1"}, []string{`"l"`, a}, []string{a, a, a})
	}
	arguments = append(arguments, nil)
	for _, receiver := range append(samples(), "main") {
		for name, method := range methodsOf(world, value(receiver)) {
			for _, args := range arguments {
				if name == "sleep" || len(args) < method.least || method.most >= 0 && len(args) > method.most {
					continue
				}
				for _, block := range []string{"nil", "->(*a){ a.first }", "proc{|a| nil }"} {
					m := world.machine(t.Context())
					evaluated := make([]any, len(args))
					for i, arg := range args {
						evaluated[i] = value(arg)
					}
					c := &call{m: m, name: name, self: value(receiver), args: evaluated, block: m.blockOf(place{}, value(block))}
					if failed := fate(c, method); failed != nil {
						t.Fatalf("%s.%s(%v) with block %s: %v", receiver, name, args, block, failed)
					}
				}
			}
		}
	}
}

func methodsOf(world *Interpreter, v any) class {
	if m, ok := v.(module); ok && world.library().modules[string(m)] != nil {
		return world.library().modules[string(m)]
	}
	return world.library().classes[kindOf(v)]
}

// fate calls a method. It returns what should not happen: a panic, or an error
// without label and kind.
func fate(c *call, m method) (failed any) {
	defer func() {
		if panicked := recover(); panicked != nil {
			failed = panicked
		}
	}()
	err := c.m.guard(func() { c.m.export(m.run(c)) })
	labelled := failure.As(err)
	if err != nil && (labelled == nil || labelled.Kind == "" || !errors.As(err, new(*Error))) {
		return err
	}
	return nil
}
