package ruby

import (
	"context"
	"encoding/base64"
	"log/slog"
	"maps"
	"math"
	"os"
	"regexp"
	"runtime"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
)

// module is a class or module by its name.
type module string

// environment is ENV, logger is Log.log; the streams are $stdin, $stdout and $stderr.
type (
	environment  struct{}
	logger       struct{}
	inputStream  struct{}
	outputStream struct{ isError bool }
)

// valueClass returns a test for the values of a class; nil for another module.
func (m module) valueClass() func(v any) bool {
	is := func(names ...string) func(v any) bool {
		return func(v any) bool {
			for _, name := range names {
				if className(v) == name {
					return true
				}
			}
			return false
		}
	}
	switch m {
	case "Object", "BasicObject", "Kernel":
		return func(any) bool { return true }
	case "Numeric":
		return isNumber
	case "Comparable":
		return is("Integer", "Float", "String", "Symbol", "Time", "Date", "DateTime")
	case "Enumerable":
		return is("Array", "Hash", "Range")
	case "Date":
		return is("Date", "DateTime")
	case "NilClass", "TrueClass", "FalseClass", "Integer", "Float", "String", "Symbol", "Array", "Hash", "Range", "Regexp",
		"MatchData", "Proc", "Time", "DateTime", "Class":
		return is(string(m))
	}
	return nil
}

func (m module) isValueClass() bool { return m.valueClass() != nil }

// includes is is_a?.
func (m module) includes(v any) bool {
	test := m.valueClass()
	return test != nil && test(v)
}

// isConstant tells whether a constant can be read.
func (m *machine) isConstant(name string) bool {
	if module(name).isValueClass() || m.world.library().modules[name] != nil || isExceptionName(name) {
		return true
	}
	_, ok := constants()[name]
	return ok
}

func isExceptionName(name string) bool {
	return strings.HasSuffix(name, "Error") || name == "Exception"
}

// constant returns the value of a constant, or fails.
func (m *machine) constant(at place, name string) any {
	name = strings.TrimPrefix(name, "Kernel::")
	if value, ok := constants()[name]; ok {
		return value()
	}
	if m.isConstant(name) {
		return module(name)
	}
	first, _, _ := strings.Cut(name, "::")
	switch first {
	case "Dir", "Digest", "Zlib", "CSV", "Math", "SecureRandom", "Process", "Socket", "TCPSocket", "UDPSocket", "TCPServer", "URI", "CGI",
		"Etc", "Net", "Thread", "Mutex", "Queue", "Fiber", "ObjectSpace", "GC", "Marshal", "Open3", "FileUtils", "Tempfile", "Pathname",
		"Set", "Struct", "OpenStruct", "Rational", "Complex", "BigDecimal", "Random", "ARGV", "Signal", "IO", "OpenSSL", "ERB",
		"Shellwords", "Logger", "Aspera", "StringIO", "Enumerator", "Comparable", "Method", "Binding":
		at.unsupported(name)
	}
	at.fail(nameError, "uninitialized constant %s", name)
	return nil
}

// rubyVersion is the version of the language whose behaviour this package has.
const rubyVersion = "3.3.0"

// constants are those that are no class or module. Each gives a new value.
func constants() map[string]func() any {
	text := func(make func() string) func() any { return func() any { return newString(make()) } }
	return map[string]func() any{
		"ENV":                              func() any { return environment{} },
		"STDIN":                            func() any { return inputStream{} },
		"STDOUT":                           func() any { return outputStream{} },
		"STDERR":                           func() any { return outputStream{isError: true} },
		"RUBY_VERSION":                     text(func() string { return rubyVersion }),
		"RUBY_PLATFORM":                    text(platform),
		"RUBY_ENGINE":                      text(func() string { return "ruby" }),
		"Float::INFINITY":                  func() any { return math.Inf(1) },
		"Float::NAN":                       func() any { return math.NaN() },
		"Float::MAX":                       func() any { return math.MaxFloat64 },
		"Float::EPSILON":                   func() any { return math.Nextafter(1, 2) - 1 },
		"File::SEPARATOR":                  text(func() string { return "/" }),
		"Regexp::IGNORECASE":               func() any { return int64(ignoreCase) },
		"Regexp::EXTENDED":                 func() any { return int64(extended) },
		"Regexp::MULTILINE":                func() any { return int64(multiLine) },
		"OpenSSL::OPENSSL_VERSION":         text(func() string { return "crypto/tls of " + runtime.Version() }),
		"OpenSSL::X509::DEFAULT_CERT_DIR":  text(certificateFolder),
		"OpenSSL::X509::DEFAULT_CERT_FILE": text(certificateFile),
	}
}

// platform names processor and system as Ruby does.
func platform() string {
	processor := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i686"}[runtime.GOARCH]
	if processor == "" {
		processor = runtime.GOARCH
	}
	switch runtime.GOOS {
	case "windows":
		return "x64-mingw-ucrt"
	case "darwin":
		return strings.Replace(processor, "aarch64", "arm64", 1) + "-darwin"
	}
	return processor + "-" + runtime.GOOS
}

// certificateFolder is where the system keeps the certificates it trusts.
func certificateFolder() string {
	return firstExisting("/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/lib/ssl/certs", "/usr/local/share/certs",
		`C:\Program Files\Common Files\SSL\certs`)
}

// certificateFile is the file with all certificates that the system trusts.
func certificateFile() string {
	return firstExisting("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem", "/usr/local/share/certs/ca-root-nss.crt", `C:\Program Files\Common Files\SSL\cert.pem`)
}

// firstExisting returns the first path that exists, or else the first.
func firstExisting(paths ...string) string {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return paths[0]
}

// moduleMethods are those of every class and module.
func moduleMethods() map[string]typed[module] {
	name := func(_ *call, m module) any { return newString(string(m)) }
	return map[string]typed[module]{
		"name": {0, 0, name}, "to_s": {0, 0, name}, "inspect": {0, 0, name},
		"===": {1, 1, func(c *call, m module) any { return m.includes(c.args[0]) }},
	}
}

// moduleFunctions are the functions of modules, such as File.read.
func moduleFunctions(parent class) map[string]class {
	tables := timeModules()
	tables["File"] = fileFunctions()
	tables["JSON"] = jsonFunctions()
	tables["YAML"] = yamlFunctions()
	tables["Psych"] = tables["YAML"]
	tables["Base64"] = base64Functions()
	tables["Regexp"] = regexpFunctions()
	tables["Log"] = map[string]method{"log": {0, 0, func(*call) any { return logger{} }}}
	tables["String"] = map[string]method{"new": {0, 1, func(c *call) any {
		if len(c.args) == 0 {
			return newString("")
		}
		return newString(c.str(0))
	}}}
	tables["Array"] = map[string]method{"new": {0, 2, newArrayOf}}
	tables["Hash"] = map[string]method{"new": {0, 0, func(c *call) any {
		if c.block != nil {
			c.at.unsupported("Hash.new with a block")
		}
		return newHash()
	}}}
	tables["Proc"] = map[string]method{"new": {0, 0, func(c *call) any { return toProc(c, mainObject{}) }}}
	modules := map[string]class{}
	for module, functions := range tables {
		modules[module] = maps.Clone(parent)
		maps.Copy(modules[module], functions)
	}
	return modules
}

// newArrayOf is Array.new: size and item, or a block that makes the items.
func newArrayOf(c *call) any {
	size := c.int(0, 0)
	if size < 0 {
		c.fail(argumentError, "negative array size")
	}
	list := &Array{}
	for i := range size {
		c.m.spend(1)
		item := c.arg(1)
		if c.block != nil {
			item = c.yield(int64(i))
		}
		list.push(item)
	}
	return list
}

func jsonFunctions() map[string]method {
	generate := method{1, 2, func(c *call) any { return c.jsonText(c.args[0]) }}
	return map[string]method{
		"generate": generate, "dump": generate,
		"pretty_generate": {1, 2, func(c *call) any {
			text := record.Pretty(c.m.exportInner(c.at, c.args[0]))
			c.m.spendBytes(len(text))
			return newString(string(text))
		}},
		"parse": {1, 2, func(c *call) any {
			symbolize, _ := c.options().get(c.m, Symbol("symbolize_names"))
			value, err := record.Parse([]byte(c.str(0)))
			if err != nil {
				c.at.failWith("JSON::ParserError", err)
			}
			c.m.spend(len(c.str(0)) / 2)
			parsed := c.m.imported(value)
			if truth(symbolize) {
				return c.symbolized(parsed)
			}
			return parsed
		}},
	}
}

// symbolized makes Symbols of all keys.
func (c *call) symbolized(v any) any {
	c.m.enter()
	defer c.m.leave()
	switch v := v.(type) {
	case *Array:
		for i := range v.items {
			v.items[i] = c.symbolized(v.items[i])
		}
	case *Hash:
		result := newHash()
		for _, e := range v.all(c.m) {
			result.set(c.m, Symbol(c.m.keyText(c.at, e.key)), c.symbolized(e.value))
		}
		return result
	}
	return v
}

// yaml returns the converter of the world, or fails.
func (c *call) yaml() YAML {
	if c.m.world.env.YAML == nil {
		c.fail(notImplemented, "unsupported: YAML is not available here")
	}
	return c.m.world.env.YAML
}

func (c *call) yamlText(v any) any {
	text, err := c.yaml().Marshal(c.m.exportInner(c.at, v))
	if err != nil {
		c.at.failWith(typeError, err)
	}
	c.m.spendBytes(len(text))
	return newString(string(text))
}

func (c *call) yamlValue(text string) any {
	value, err := c.yaml().Unmarshal([]byte(text))
	if err != nil {
		c.at.failWith("Psych::SyntaxError", err)
	}
	c.m.spend(len(text) / 2)
	return c.m.imported(value)
}

func yamlFunctions() map[string]method {
	load := method{1, 2, func(c *call) any { return c.yamlValue(c.str(0)) }}
	loadFile := method{1, 2, func(c *call) any { return c.yamlValue(c.readFile(c.str(0))) }}
	return map[string]method{
		"load": load, "safe_load": load, "load_file": loadFile, "safe_load_file": loadFile,
		"dump": {1, 2, func(c *call) any { return c.yamlText(c.args[0]) }},
	}
}

func base64Functions() map[string]method {
	encode := func(encoding *base64.Encoding) method {
		return method{1, 2, func(c *call) any {
			c.m.spendBytes(2 * len(c.str(0)))
			return newString(encoding.EncodeToString([]byte(c.str(0))))
		}}
	}
	strict := func(normalize func(text string) string) method {
		return method{1, 1, func(c *call) any {
			data, err := base64.StdEncoding.DecodeString(normalize(c.str(0)))
			if err != nil {
				c.fail(argumentError, "invalid base64: %v", err)
			}
			return newString(string(data))
		}}
	}
	return map[string]method{
		"strict_encode64":  encode(base64.StdEncoding),
		"urlsafe_encode64": encode(base64.URLEncoding),
		"encode64": {1, 1, func(c *call) any {
			c.m.spendBytes(2 * len(c.str(0)))
			return newString(wrapped(base64.StdEncoding.EncodeToString([]byte(c.str(0)))))
		}},
		"strict_decode64": strict(func(text string) string { return text }),
		"urlsafe_decode64": strict(func(text string) string {
			text = strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(text)
			return text + strings.Repeat("=", (4-len(text)%4)%4)
		}),
		"decode64": {1, 1, func(c *call) any { return newString(decodeLeniently(c.str(0))) }},
	}
}

// wrapped ends each 60 characters with a newline.
func wrapped(text string) string {
	var b strings.Builder
	const width = 60
	for text != "" {
		size := min(width, len(text))
		b.WriteString(text[:size] + "\n")
		text = text[size:]
	}
	return b.String()
}

// decodeLeniently skips what is no base64, and stops at the padding.
func decodeLeniently(text string) string {
	text, _, _ = strings.Cut(text, "=")
	text = strings.Map(func(r rune) rune {
		if r < 0x80 && (isWordStart(byte(r)) && r != '_' || isDigit(byte(r)) || r == '+' || r == '/') {
			return r
		}
		return -1
	}, text)
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	// Only characters of the alphabet are left: there is nothing to fail.
	data, _ := base64.RawStdEncoding.DecodeString(text)
	return string(data)
}

func regexpFunctions() map[string]method {
	quote := method{1, 1, func(c *call) any { return newString(regexp.QuoteMeta(c.str(0))) }}
	return map[string]method{
		"escape": quote, "quote": quote,
		"new": {1, 2, func(c *call) any {
			if re, ok := c.args[0].(*Regexp); ok {
				return re
			}
			return compilePattern(c.at, c.str(0), c.flags())
		}},
		"union": {0, -1, func(c *call) any {
			args := c.args
			if len(args) == 1 {
				args = c.m.list(c.at, args[0])
			}
			sources := make([]string, len(args))
			for i, arg := range args {
				if re, ok := arg.(*Regexp); ok {
					sources[i] = re.text()
				} else {
					sources[i] = regexp.QuoteMeta(c.m.text(c.at, arg))
				}
			}
			return compilePattern(c.at, strings.Join(sources, "|"), "")
		}},
	}
}

// flags reads the second argument of Regexp.new: numbers, letters or true.
func (c *call) flags() string {
	switch v := c.arg(1).(type) {
	case int64:
		text := ""
		for bit, letter := range map[int64]string{ignoreCase: "i", extended: "x", multiLine: "m"} {
			if v&bit != 0 {
				text += letter
			}
		}
		return text
	case *String:
		return v.text
	case nil, bool:
		return map[bool]string{true: "i"}[truth(v)]
	}
	return ""
}

// environmentMethods are those of ENV.
func environmentMethods() map[string]typed[environment] {
	get := func(c *call, _ environment) any {
		if value, ok := c.m.world.env.LookupEnv(c.str(0)); ok {
			return newString(value)
		}
		return nil
	}
	has := func(c *call, e environment) any { return get(c, e) != nil }
	return map[string]typed[environment]{
		"[]":   {1, 1, get},
		"key?": {1, 1, has}, "has_key?": {1, 1, has}, "include?": {1, 1, has},
		"fetch": {1, 2, func(c *call, e environment) any {
			if value := get(c, e); value != nil {
				return value
			}
			return c.missing(func() { c.fail(keyError, "key not found: %s", inspectText(c.str(0))) })
		}},
		"to_h": {0, 0, func(c *call, _ environment) any {
			h := newHash()
			for _, line := range c.m.world.env.Environ {
				name, value, _ := strings.Cut(line, "=")
				h.set(c.m, newString(name), newString(value))
			}
			return h
		}},
	}
}

// loggerMethods write to the log, one method a level (spec/cli.md 8.1).
func loggerMethods() map[string]typed[logger] {
	table := map[string]typed[logger]{}
	levels := map[string]slog.Level{
		"trace2": -12, "trace1": -8, "debug": slog.LevelDebug, "info": slog.LevelInfo,
		"warn": slog.LevelWarn, "error": slog.LevelError, "fatal": 12, "unknown": 16,
	}
	for name, level := range levels {
		table[name] = typed[logger]{0, 1, func(c *call, _ logger) any {
			text := ""
			if c.block != nil {
				text = c.m.text(c.at, c.yield())
			} else if len(c.args) > 0 {
				text = c.m.text(c.at, c.args[0])
			}
			c.m.world.env.Log.Log(context.WithoutCancel(c.m.ctx), level, text)
			return true
		}}
	}
	return table
}

func procMethods() map[string]typed[*closure] {
	invoke := func(c *call, p *closure) any { return c.m.invoke(c.at, p, c.args) }
	return map[string]typed[*closure]{
		"call": {0, -1, invoke}, "()": {0, -1, invoke}, "yield": {0, -1, invoke}, "[]": {0, -1, invoke}, "===": {0, -1, invoke},
		"to_proc": {0, 0, func(_ *call, p *closure) any { return p }},
		"lambda?": {0, 0, func(_ *call, p *closure) any { return p.isLambda() }},
		"arity":   {0, 0, func(_ *call, p *closure) any { return int64(p.arity()) }},
		"curry": {0, 1, func(c *call, p *closure) any {
			least := p.arity()
			if least < 0 {
				least = -least - 1
			}
			return curried(p, c.int(0, least), nil)
		}},
		">>": {1, 1, func(c *call, p *closure) any { return composed(p, c.m.blockOf(c.at, c.args[0])) }},
		"<<": {1, 1, func(c *call, p *closure) any { return composed(c.m.blockOf(c.at, c.args[0]), p) }},
	}
}

// curried collects arguments until there are enough.
func curried(p *closure, count int, given []any) any {
	return &closure{count: -1, native: func(c *call) any {
		args := append(append([]any{}, given...), c.args...)
		c.m.spend(len(args))
		if len(args) >= count {
			return c.m.invoke(c.at, p, args)
		}
		return curried(p, count, args)
	}}
}

// composed calls one block with the result of another.
func composed(first, second *closure) any {
	return &closure{count: -1, native: func(c *call) any {
		return c.m.invoke(c.at, second, []any{c.m.invoke(c.at, first, c.args)})
	}}
}
