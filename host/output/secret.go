package output

import (
	"slices"

	"github.com/ascli-go/ascli/sdk/secret"
)

func (p *Printer) hidesSecrets() bool {
	return !p.settings.ShowSecrets && p.settings.Display != "data"
}

// hide returns a value without its secrets: private keys in a text, else the
// fields that are named like a secret or that the command names. The value
// itself stays as it is.
func (p *Printer) hide(v any) any {
	names := p.secrets
	if p.settings.ShowSecrets {
		names = nil
	}
	all := p.hidesSecrets()
	if text, ok := v.(string); ok {
		if all {
			return secret.MaskKeys(text)
		}
		return text
	}
	if !all && len(names) == 0 {
		return v
	}
	return secret.RedactWith(v, func(name string) bool {
		return all && p.hidden.isSecret(name) || slices.Contains(names, name)
	})
}

// secretNames remembers which names of fields are those of secrets: rows repeat them.
type secretNames map[string]bool

// manyNames bounds the memory of names: rows may have ids as keys.
const manyNames = 1000

func (known secretNames) isSecret(name string) bool {
	is, ok := known[name]
	if !ok {
		is = secret.IsName(name)
		if len(known) < manyNames {
			known[name] = is
		}
	}
	return is
}
