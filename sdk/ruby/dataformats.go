package ruby

import (
	"encoding/base64"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
)

// jsonFunctions are those of JSON.
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
			symbolize, _ := c.options(1).get(c.m, Symbol("symbolize_names"))
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

// jsonText is the JSON text of a value.
func (c *call) jsonText(v any) any {
	text := record.JSON(c.m.exportInner(c.at, v))
	c.m.spendBytes(len(text))
	return newString(string(text))
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
