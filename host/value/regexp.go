package value

import (
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/ruby"
)

// compileRegexp takes the syntax of the original where RE2 has the means. The
// flag lets "." match a newline (spec/cli.md 4.2 `@re:`).
func compileRegexp(text string) (any, error) {
	re, err := ruby.CompileRegexp(text, "m")
	if err != nil {
		return nil, failure.Otherf("RegexpError", "%w", err)
	}
	return re, nil
}
