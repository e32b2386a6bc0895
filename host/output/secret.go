package output

import (
	"slices"

	"github.com/ascli-go/ascli/sdk/secret"
)

func (p *Printer) hidesSecrets() bool {
	return !p.settings.ShowSecrets && p.settings.Display != "data"
}

// hide returns a value without its secrets; v itself stays as it is.
func (p *Printer) hide(v any) any {
	if !p.hidesSecrets() {
		return v
	}
	return secret.RedactWith(v, func(name string) bool {
		return secret.IsName(name) || slices.Contains(p.secrets, name)
	})
}
