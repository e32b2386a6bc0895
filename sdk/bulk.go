package sdk

import (
	"context"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// statusField is the column that tells what became of an entity.
const statusField = "status"

// creationData is what messages call the data of a new entity (spec/cli.md 10.6).
const creationData = "parameters for create"

// Each runs an operation on identifiers and tells the status of each: done, or
// with --bfail=no the error. Without option bulk there is one identifier and one
// record (spec/cli.md 10.6). column is the title of the identifiers.
func (inv *Invocation) Each(ctx context.Context, column string, ids []string, done string, operate func(ctx context.Context, id string) error) (*Result, error) {
	if inv.Flag("bulk") {
		return inv.bulk(ctx, column, len(ids), func(i int) (*record.Object, error) {
			return record.New(column, ids[i], statusField, done), operate(ctx, ids[i])
		})
	}
	if len(ids) != 1 {
		return nil, failure.Argumentf("unprocessed values: %s", record.JSON(record.Of(ids[min(1, len(ids)):]))).
			Hint("use --bulk=yes to give several values")
	}
	if err := operate(ctx, ids[0]); err != nil {
		return nil, err
	}
	return Object(record.New(column, ids[0], statusField, done)), nil
}

// Create makes an entity from the Hash in an argument, or with option bulk one
// from each Hash of the Array in it. create returns what the server answers, to
// which the status "created" is added.
func (inv *Invocation) Create(ctx context.Context, argument string, create func(ctx context.Context, data *record.Object) (*record.Object, error)) (*Result, error) {
	if inv.Flag("bulk") {
		list, err := inv.hashes(argument)
		if err != nil {
			return nil, err
		}
		return inv.bulk(ctx, "id", len(list), func(i int) (*record.Object, error) {
			created, err := create(ctx, list[i])
			return withStatus(created, "created"), err
		})
	}
	data := inv.Object(argument)
	if data == nil {
		return nil, wrongType("Hash", inv.Arg(argument))
	}
	created, err := create(ctx, data)
	if err != nil {
		return nil, err
	}
	return Object(withStatus(created, "created")), nil
}

// bulk runs an operation so many times. operate returns a row whose status it
// replaces with the error, if there is one and the others are to go on.
func (inv *Invocation) bulk(ctx context.Context, column string, count int, operate func(i int) (*record.Object, error)) (*Result, error) {
	if count == 0 {
		inv.Log.WarnContext(ctx, "Empty list given for bulk operation")
		return Empty(), nil
	}
	failing, given := inv.Option("bfail").(bool)
	goOn := given && !failing
	rows := make([]*record.Object, 0, count)
	for i := range count {
		row, err := operate(i)
		if err != nil && (!goOn || ctx.Err() != nil) {
			return nil, err
		}
		if err != nil {
			row = withStatus(row, err.Error())
		}
		rows = append(rows, row)
	}
	return Rows(rows, column, statusField), nil
}

func withStatus(o *record.Object, status string) *record.Object {
	if o == nil {
		o = record.New()
	}
	o.Set(statusField, status)
	return o
}

// hashes returns an argument that is an Array of Hash.
func (inv *Invocation) hashes(argument string) ([]*record.Object, error) {
	items, ok := inv.Arg(argument).([]any)
	if !ok {
		return nil, wrongType("Array", inv.Arg(argument))
	}
	list := make([]*record.Object, len(items))
	for i, item := range items {
		if list[i], ok = item.(*record.Object); !ok {
			return nil, failure.Argumentf("Argument %s (Array): item %d is a %s but must be Hash", creationData, i, record.TypeName(item))
		}
	}
	return list, nil
}

func wrongType(wanted string, v any) error {
	return failure.Argumentf("Argument %s (%s) is a %s but must be %s", creationData, wanted, record.TypeName(v), wanted)
}
