package transferd

import (
	"os"
	"path/filepath"
	"regexp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// fieldLocalDocroot makes local paths those of the daemon's configuration.
const fieldLocalDocroot = "apply_local_docroot"

// uri matches sources that are no paths, such as faux:///name?1g.
var uri = regexp.MustCompile(`^[a-z][a-z0-9+.-]+://`)

// adapt returns a copy of a spec as the daemon takes it. local: the files are on
// this machine; relative paths are then those of our current folder, whatever the
// daemon's is.
func adapt(spec *record.Object, local bool) (*record.Object, error) {
	adapted := spec.Clone()
	if policy := spec.Text(transfer.FieldResumePolicy); policy != "" {
		adapted.Set(transfer.FieldResumePolicy, transfer.LongResumePolicy(policy))
	}
	if !local || spec.Bool(fieldLocalDocroot) {
		return adapted, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, failure.Otherf("RuntimeError", "the current folder is not known: %w", err)
	}
	locate(adapted, here)
	return adapted, nil
}

// locate makes the local paths of a spec absolute.
func locate(spec *record.Object, here string) {
	if transfer.Direction(spec.Text(transfer.FieldDirection)) == transfer.Receive {
		locateField(spec, transfer.FieldDestinationRoot, here)
		return
	}
	if spec.Text(transfer.FieldSourceRoot) != "" {
		locateField(spec, transfer.FieldSourceRoot, here)
		return
	}
	for _, item := range spec.List(transfer.FieldPaths) {
		if path, ok := item.(*record.Object); ok {
			locateField(path, transfer.FieldSource, here)
		}
	}
}

// locateField makes one path absolute, and leaves it as it is else: a "." at its
// end tells ascp to leave out the name of the folder.
func locateField(object *record.Object, field, here string) {
	path := object.Text(field)
	if path == "" || filepath.IsAbs(path) || uri.MatchString(path) {
		return
	}
	object.Set(field, here+string(filepath.Separator)+path)
}
