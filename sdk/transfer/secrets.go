package transfer

import "github.com/ascli-go/ascli/sdk/record"

// Secrets returns the values of a transfer spec that may not be shown.
func Secrets(spec *record.Object) []string {
	var values []string
	for _, f := range fields {
		if f.Secret && spec.Text(f.Name) != "" {
			values = append(values, spec.Text(f.Name))
		}
	}
	return values
}
