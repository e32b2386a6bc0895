package ruby

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// kernelFunctions are the methods that need no receiver.
func kernelFunctions() map[string]typed[mainObject] {
	format := func(c *call, _ mainObject) any {
		return newString(c.format(c.str(0), c.args[1:]))
	}
	return map[string]typed[mainObject]{
		"gets":    {0, 1, func(c *call, _ mainObject) any { return c.readLine() }},
		"puts":    {0, -1, func(c *call, _ mainObject) any { return c.puts(c.m.world.env.Stdout) }},
		"print":   {0, -1, func(c *call, _ mainObject) any { return c.print(c.m.world.env.Stdout) }},
		"p":       {0, -1, showInspected},
		"sleep":   {1, 1, func(c *call, _ mainObject) any { return c.sleep() }},
		"format":  {1, -1, format},
		"sprintf": {1, -1, format},
		"raise": {0, 2, func(c *call, _ mainObject) any {
			c.raise()
			return nil
		}},
		"require": {1, 1, func(*call, mainObject) any { return true }},
		"Integer": {1, 3, func(c *call, _ mainObject) any { return c.toInteger() }},
		"Float":   {1, 2, func(c *call, _ mainObject) any { return c.toFloat() }},
		"String":  {1, 1, func(c *call, _ mainObject) any { return newString(c.m.text(c.at, c.args[0])) }},
		"Array":   {1, 1, func(c *call, _ mainObject) any { return &Array{c.m.list(c.at, c.args[0])} }},
		"lambda":  {0, 0, toProc}, "proc": {0, 0, toProc},
	}
}

// toProc is lambda(&block) and proc(&block): the block as it is.
func toProc(c *call, _ mainObject) any {
	if c.block == nil {
		c.fail(argumentError, "tried to create Proc object without a block")
	}
	return c.block
}

// raise ends the evaluation with the user's own message.
func (c *call) raise() {
	kind, message := runtimeError, "unhandled exception"
	for _, arg := range c.args {
		if m, ok := arg.(module); ok {
			kind, message = string(m), string(m)
		} else {
			message = c.m.text(c.at, arg)
		}
	}
	c.fail(kind, "%s", message)
}

// puts writes the arguments, each with a newline; lists item by item.
func (c *call) puts(w io.Writer) any {
	var b strings.Builder
	c.appendLines(&b, c.args)
	if len(c.args) == 0 {
		b.WriteByte('\n')
	}
	c.write(w, b.String())
	return nil
}

func (c *call) appendLines(b *strings.Builder, values []any) {
	c.m.enter()
	defer c.m.leave()
	for _, v := range values {
		if list, ok := v.(*Array); ok {
			c.appendLines(b, list.items)
			continue
		}
		text := c.m.text(c.at, v)
		c.m.spendBytes(len(text))
		b.WriteString(text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
	}
}

func (c *call) print(w io.Writer) any {
	var b strings.Builder
	for _, v := range c.args {
		text := c.m.text(c.at, v)
		c.m.spendBytes(len(text))
		b.WriteString(text)
	}
	c.write(w, b.String())
	return nil
}

// showInspected is p: it writes the inspected arguments and returns them.
func showInspected(c *call, _ mainObject) any {
	var b strings.Builder
	for _, v := range c.args {
		b.WriteString(c.m.inspect(c.at, v) + "\n")
	}
	c.write(c.m.world.env.Stdout, b.String())
	if len(c.args) == 1 {
		return c.args[0]
	}
	return either(len(c.args) == 0, nil, &Array{c.args})
}

// write writes while no other goroutine does.
func (c *call) write(w io.Writer, text string) {
	c.m.world.output.Lock()
	defer c.m.world.output.Unlock()
	if _, err := io.WriteString(w, text); err != nil {
		c.at.failWith("IOError", err)
	}
}

// readLine reads a line of the standard input with its newline; nil at the end.
func (c *call) readLine() any {
	stdin := &c.m.world.stdin
	stdin.Lock()
	defer stdin.Unlock()
	var line []byte
	for {
		part, err := stdin.ReadSlice('\n')
		c.m.spendBytes(len(part))
		line = append(line, part...)
		switch {
		case err == nil, errors.Is(err, io.EOF) && len(line) > 0:
			return newString(string(line))
		case errors.Is(err, io.EOF):
			return nil
		case !isBufferFull(err):
			c.at.failWith("IOError", err)
		}
	}
}

func inputMethods() map[string]typed[inputStream] {
	return map[string]typed[inputStream]{
		"gets": {0, 1, func(c *call, _ inputStream) any { return c.readLine() }},
		"read": {0, 0, func(c *call, _ inputStream) any {
			c.m.world.stdin.Lock()
			defer c.m.world.stdin.Unlock()
			return newString(c.readAll(c.m.world.stdin.Reader))
		}},
		"each_line": {0, 0, linesOfInput}, "readlines": {0, 0, linesOfInput},
		"binmode": {0, 0, func(_ *call, in inputStream) any { return in }},
	}
}

func linesOfInput(c *call, in inputStream) any {
	lines := &Array{}
	for line := c.readLine(); line != nil; line = c.readLine() {
		if c.block != nil {
			c.yield(line)
		} else {
			lines.items = append(lines.items, line)
		}
	}
	return either(c.block == nil, lines, in)
}

// readAll reads to the end, but no more than what the evaluation may spend.
func (c *call) readAll(r io.Reader) string {
	most := int64(c.m.steps) * bytesPerStep
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		c.failSystem(err)
	}
	c.m.spendBytes(len(data))
	return string(data)
}

func outputMethods() map[string]typed[outputStream] {
	target := func(c *call, out outputStream) io.Writer {
		if out.isError {
			return c.m.world.env.Stderr
		}
		return c.m.world.env.Stdout
	}
	print := func(c *call, out outputStream) any { return c.print(target(c, out)) }
	return map[string]typed[outputStream]{
		"puts":  {0, -1, func(c *call, out outputStream) any { return c.puts(target(c, out)) }},
		"print": {0, -1, print}, "write": {0, -1, print},
		"flush": {0, 0, func(_ *call, out outputStream) any { return out }},
	}
}

// sleep waits for a number of seconds, and returns them rounded.
func (c *call) sleep() any {
	if !isNumber(c.args[0]) || sign(c.args[0]) < 0 {
		c.fail(argumentError, "sleep takes a number of seconds, not %s", c.m.inspect(c.at, c.args[0]))
	}
	seconds := floatOf(c.args[0])
	timer := time.NewTimer(time.Duration(min(seconds, math.MaxInt32) * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return c.integerOf(math.Round(seconds))
	case <-c.m.ctx.Done():
		panic(stopped{c.m.ctx.Err()})
	}
}

// wantsException is false when the caller prefers nil to an error.
func (c *call) wantsException() bool {
	given, ok := c.options(1).get(c.m, Symbol("exception"))
	return !ok || truth(given)
}

func (c *call) toInteger() any {
	loud := c.wantsException()
	switch v := c.args[0].(type) {
	case int64, *big.Int:
		return v
	case float64:
		return c.integerOf(v)
	case *String:
		text := strings.TrimSpace(v.text)
		base := c.int(1, 0)
		if base == 1 || base < 0 || base > 36 {
			c.fail(argumentError, "invalid radix %d", base)
		}
		if n, ok := new(big.Int).SetString(text, base); ok && len(text) <= maxDigits {
			return normalized(n)
		}
		if loud {
			c.fail(argumentError, "invalid value for Integer(): %s", inspectText(v.text))
		}
		return nil
	}
	if loud {
		c.fail(typeError, "can't convert %s into Integer", describe(c.args[0]))
	}
	return nil
}

func (c *call) toFloat() any {
	loud := c.wantsException()
	switch v := c.args[0].(type) {
	case int64, *big.Int, float64:
		return floatOf(v)
	case *String:
		text := strings.TrimSpace(v.text)
		if f, used := floatPrefix(text); used == len(text) && used > 0 {
			return f
		}
		if loud {
			c.fail(argumentError, "invalid value for Float(): %s", inspectText(v.text))
		}
		return nil
	}
	if loud {
		c.fail(typeError, "can't convert %s into Float", describe(c.args[0]))
	}
	return nil
}

// floatPrefix reads the decimal number with which text begins, and tells how
// many bytes it has.
func floatPrefix(text string) (f float64, used int) {
	l := &lexer{source: text}
	if c := l.byte(0); c == '-' || c == '+' {
		l.at++
	}
	start := l.at
	l.digits()
	if l.byte(0) == '.' && isDigit(l.byte(1)) {
		l.at++
		l.digits()
	}
	if l.at == start {
		return 0, 0
	}
	if c := l.byte(0); c == 'e' || c == 'E' {
		sign := 1
		if l.byte(1) == '-' || l.byte(1) == '+' {
			sign = 2
		}
		if isDigit(l.byte(sign)) {
			l.at += sign
			l.digits()
		}
	}
	// Beyond the range it is an infinity.
	f, _ = strconv.ParseFloat(strings.ReplaceAll(text[:l.at], "_", ""), 64)
	return f, l.at
}

// failSystem ends the evaluation with an error of the system.
func (c *call) failSystem(err error) {
	c.at.failWith(errnoName(err), fmt.Errorf("%s: %w", c.name, err))
}
