package ruby

import (
	"context"
	"log/slog"
	"strings"
)

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
	// The numbers are those of package sdk, which stands above this one.
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
