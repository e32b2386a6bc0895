package synccmd

import (
	"context"
	"errors"
	"iter"

	"github.com/ascli-go/ascli/plugins/transfer/snapshot"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/syncinfo"
)

// admin declares `sync admin`.
func admin() sdk.Command {
	handlers := map[string]syncinfo.Handler{
		"status": status, "find": find, "file_info": fileInfo, "overview": overview, "query": query,
		"meta": single((*snapshot.Database).Meta), "counters": single((*snapshot.Database).Counters),
	}
	return syncinfo.Admin("4.25.0", func(name string) syncinfo.Handler { return handlers[name] })
}

func find(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	found, err := snapshot.Find(inv.Text(syncinfo.ArgPath))
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, s := range found {
		rows = append(rows, record.New("name", s.Name, "path", s.Path))
	}
	return sdk.Rows(rows), nil
}

// single makes the handler of a command that shows one row.
func single(read func(*snapshot.Database, context.Context, string) (*record.Object, error)) syncinfo.Handler {
	return func(ctx context.Context, inv *sdk.Invocation) (_ *sdk.Result, err error) {
		s, err := sessionOf(inv)
		if err != nil {
			return nil, err
		}
		db, err := s.open()
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		row, err := read(db, ctx, inv.OptionText(syncinfo.OptionSQL))
		if err != nil {
			return nil, err
		}
		return sdk.Object(row), nil
	}
}

func fileInfo(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	s, err := sessionOf(inv)
	if err != nil {
		return nil, err
	}
	return sdk.List(s.rows(func(db *snapshot.Database) iter.Seq2[*record.Object, error] {
		return db.Files(ctx, inv.OptionText(syncinfo.OptionSQL))
	})), nil
}

func overview(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	s, err := sessionOf(inv)
	if err != nil {
		return nil, err
	}
	return sdk.List(s.rows(func(db *snapshot.Database) iter.Seq2[*record.Object, error] { return db.Overview(ctx) })), nil
}

// rows yields rows of the database, which is open meanwhile.
func (s session) rows(read func(*snapshot.Database) iter.Seq2[*record.Object, error]) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		db, err := s.open()
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = db.Close() }()
		read(db)(yield)
	}
}

// query shows what a statement gives: rows, a single value, or nothing.
func query(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	s, err := sessionOf(inv)
	if err != nil {
		return nil, err
	}
	statement, err := inv.Require(ctx, syncinfo.OptionSQL)
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(s.rows(func(db *snapshot.Database) iter.Seq2[*record.Object, error] {
		return db.Rows(ctx, statement)
	}))
	first, err, some := next()
	if !some || err != nil {
		stop()
		return sdk.Empty(), err
	}
	second, err, more := next()
	if err == nil && !more && first.Len() == 1 {
		stop()
		return valueResult(first), nil
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		defer stop()
		proceed := yield(first, nil)
		for ; proceed && more; second, err, more = next() {
			proceed = yield(second, err)
		}
	}), nil
}

// valueResult shows the value of a row with one column.
func valueResult(row *record.Object) *sdk.Result {
	value, _ := row.Get(row.Keys()[0])
	switch value := value.(type) {
	case nil:
		return sdk.Null()
	case string:
		return sdk.Text(value)
	}
	return sdk.Structure(value)
}
