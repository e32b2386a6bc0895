package desktop

import (
	"path/filepath"
	"regexp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// scheme begins a source that is no path (spec/transfer.md 5).
var scheme = regexp.MustCompile(`^[a-z]{2,}://`)

// adapt returns a copy of a transfer spec as the application gets it.
func adapt(spec *record.Object) (*record.Object, error) {
	spec = spec.Clone()
	if spec.Text(transfer.FieldToken) != "" {
		spec.Set(transfer.FieldAuthentication, "token")
	}
	if policy := spec.Text(transfer.FieldResumePolicy); policy != "" {
		spec.Set(transfer.FieldResumePolicy, transfer.LongResumePolicy(policy))
	}
	if spec.Text(transfer.FieldDirection) == string(transfer.Send) {
		return spec, localize(spec)
	}
	return spec, nil
}

// localize makes sources absolute: the current folder of the application is not
// that of the user.
func localize(spec *record.Object) error {
	if root := spec.Text(transfer.FieldSourceRoot); root != "" {
		return absolute(spec, transfer.FieldSourceRoot)
	}
	for _, item := range spec.List(transfer.FieldPaths) {
		path, ok := item.(*record.Object)
		if !ok {
			return failure.Argumentf("paths: expecting objects, got %s", record.TypeName(item))
		}
		if err := absolute(path, transfer.FieldSource); err != nil {
			return err
		}
	}
	return nil
}

func absolute(o *record.Object, key string) error {
	path := o.Text(key)
	if path == "" || scheme.MatchString(path) {
		return nil
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return failure.Otherf("RuntimeError", "%s: %w", path, err)
	}
	o.Set(key, full)
	return nil
}
