package output

import (
	"slices"

	"github.com/ascli-go/ascli/sdk/record"
)

// filtering is a list of objects reduced by the options fields and select, on
// first-level keys (spec/cli.md 6.4): several fields give smaller objects, a
// single one gives a list of bare values.
type filtering struct {
	records
	defaults []string
	project  bool // fields was given
	columns  []string
	known    bool             // columns do not depend on the rows
	held     []*record.Object // rows waiting for the columns
}

func (f *filtering) add(v any) error {
	o, ok := v.(*record.Object)
	if !ok {
		return errNotObject(v)
	}
	if keep, err := f.settings.Select.keeps(f.ctx, o); err != nil || !keep {
		return err
	}
	if f.project && !f.known {
		f.held = append(f.held, o)
		return nil
	}
	return f.put(o)
}

func (f *filtering) close() error {
	if f.project && !f.known {
		all := newGrid(nil, false)
		for _, o := range f.held {
			for name := range o.All() {
				all.name(name)
			}
		}
		var err error
		if f.columns, err = f.settings.Fields.columns(f.ctx, all.names, f.defaults); err != nil {
			return err
		}
	}
	for _, o := range f.held {
		if err := f.put(o); err != nil {
			return err
		}
	}
	return f.records.close()
}

// put prints a row. Objects keep their own order of keys, as in 4.21.0.
func (f *filtering) put(o *record.Object) error {
	if !f.shows(data) {
		return nil
	}
	o = f.hide(o).(*record.Object)
	if !f.project {
		return f.list.item(o)
	}
	if len(f.columns) == 1 {
		v, _ := o.Get(f.columns[0])
		return f.list.item(v)
	}
	reduced := record.New()
	for key, v := range o.All() {
		if slices.Contains(f.columns, key) {
			reduced.Set(key, v)
		}
	}
	return f.list.item(reduced)
}
