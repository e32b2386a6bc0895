package output

import (
	"errors"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// openImage prints a result in format image (spec/cli.md 6.10): a text is the
// source of a picture, as is the selected field of an object.
func (p *Printer) openImage(h Header) (result, error) {
	switch h.Kind {
	case SingleObject, ObjectList, ValueList:
		return &picture{Printer: p, header: h}, nil
	case Text, Structure:
		return &single{print: p.putImage}, nil
	}
	return p.openTabular(h)
}

// putImage draws the picture of a source.
func (p *Printer) putImage(source any) error {
	text, ok := source.(string)
	if !ok {
		return failure.Argumentf("not url: %s %s", record.TypeName(source), inspect.Plain(source))
	}
	if !p.shows(data) {
		return nil
	}
	if p.settings.Image == nil {
		return errors.New("pictures cannot be shown here")
	}
	return p.settings.Image(p.w, text)
}

// picture draws the selected field of the only row of a result.
type picture struct {
	*Printer
	header Header
	row    any
	rows   int
}

func (i *picture) add(v any) error {
	i.row = v
	i.rows++
	return nil
}

func (i *picture) close() error {
	if i.rows != 1 {
		return failure.Argumentf("image display requires a single result")
	}
	if i.header.Kind == ValueList {
		return i.putImage(i.row)
	}
	o, ok := i.row.(*record.Object)
	if !ok {
		return errNotObject(i.row)
	}
	columns, err := i.settings.Fields.columns(i.ctx, o.Keys(), i.header.Columns)
	if err != nil {
		return err
	}
	if len(columns) != 1 {
		return failure.Argumentf("select a field to display")
	}
	source, ok := o.Get(columns[0])
	if !ok {
		return failure.Argumentf("no such field")
	}
	return i.putImage(source)
}
