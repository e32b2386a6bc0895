package ruby

import (
	"maps"
	"math"
	"os"
	"runtime"
	"strings"
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
