package transfer

import (
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// noHost is what a server behind a misconfigured load balancer gives as address.
const noHost = "N/A"

// Destination returns the folder that a job writes to: option "to_folder", else
// the destination_root of option "ts", else the default of the direction
// (spec/transfer.md 2.2). ts may be nil.
func Destination(toFolder string, ts *record.Object, direction Direction) string {
	if toFolder != "" {
		return toFolder
	}
	if ts != nil && ts.Text(FieldDestinationRoot) != "" {
		return ts.Text(FieldDestinationRoot)
	}
	if direction == Send {
		return "/"
	}
	return "."
}

// Build makes the final transfer spec of a job: the user's values, ts, are laid
// over the product's, spec, and null values remove a field (spec/transfer.md
// 2.3). Sources are used unless spec has paths. The arguments are not changed;
// ts may be nil.
func Build(spec, ts *record.Object, direction Direction, toFolder string, sources []Source) (*record.Object, error) {
	if spec.Text(FieldRemoteHost) == noHost {
		return nil, failure.Otherf("RuntimeError", "Wrong remote host: %s", noHost)
	}
	user := record.New()
	if ts != nil {
		user = ts.Clone()
	}
	setDestination(user, spec, direction, toFolder)
	user.Delete(FieldPaths)
	if paths, ok := spec.Get(FieldPaths); ok {
		user.Set(FieldPaths, record.Clone(paths))
	} else if len(sources) > 0 {
		user.Set(FieldPaths, PathsValue(sources))
	}
	return record.DropNulls(record.Merge(spec.Clone(), user)), nil
}

// setDestination settles who names the destination folder: a server that was
// told the folder when the transfer was set up names it itself.
func setDestination(user, spec *record.Object, direction Direction, toFolder string) {
	if direction == Send {
		if _, byAccessKey := spec.At(FieldTags, TagAspera, "node", "access_key"); byAccessKey {
			if user.Has(FieldDestinationRootID) {
				user.Delete(FieldDestinationRoot)
			}
			return
		}
		if spec.Has(FieldToken) {
			user.Delete(FieldDestinationRoot)
			return
		}
	}
	if !user.Has(FieldDestinationRoot) {
		user.Set(FieldDestinationRoot, Destination(toFolder, user, direction))
	}
}
