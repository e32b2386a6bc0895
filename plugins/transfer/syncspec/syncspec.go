// Package syncspec knows the description of a sync session, the conf form of
// async: its parameters, and how the arguments of async translate to it
// (spec/sync.md 3).
package syncspec

import (
	"strings"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// Parameter describes one value of a conf.
type Parameter struct {
	// Name; nested parameters are a.b, those of items of an array a[].b.
	Name string
	Type transfer.Type
	// Values are those of an enumeration.
	Values []string
	// Default is what async assumes.
	Default string
	// Options are the arguments of async, the long one first.
	Options []string
	// Switch tells that the option stands alone, for true.
	Switch bool
	// Required parameters must be there.
	Required bool
	Help     string
}

// Describe tells what a parameter is, one idea a line.
func (p Parameter) Describe() string {
	lines := []string{p.Help}
	if p.Required {
		lines = append(lines, "Required.")
	}
	if len(p.Values) > 0 {
		lines = append(lines, "Allowed values: "+strings.Join(p.Values, ", "))
	}
	if p.Default != "" {
		lines = append(lines, "Default: "+p.Default+".")
	}
	if len(p.Options) > 0 {
		lines = append(lines, "("+strings.Join(p.Options, ", ")+")")
	}
	return strings.Join(lines, "\n")
}

// byOption returns the parameter of an argument of async.
func byOption(option string) (Parameter, bool) {
	for _, p := range Parameters() {
		for _, o := range p.Options {
			if o == option {
				return p, true
			}
		}
	}
	return Parameter{}, false
}
