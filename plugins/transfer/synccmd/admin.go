package synccmd

import (
	"context"
	"errors"
	"iter"

	"github.com/ascli-go/ascli/plugins/transfer/snapshot"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// optionSQL is added to the queries of some commands, and is that of `query`.
const optionSQL = "sql"

// admin declares `sync admin`.
func admin() sdk.Command {
	path := sdk.Arg{Name: argPath, Description: "local folder of the session"}
	both := []sdk.Arg{path, {Name: argSyncInfo, Description: "description of the session", Types: []sdk.Type{sdk.Hash}, Optional: true}}
	return sdk.Command{Name: "admin", Summary: "State of sync sessions on this machine", Since: "4.25.0", Commands: []sdk.Command{
		{Name: "status", Summary: "Ask async for the state of a session", Args: both, Result: sdk.ResultObject, Since: "4.25.0", Run: status},
		{
			Name: "find", Summary: "List the sessions of a folder", Args: []sdk.Arg{path},
			Result: sdk.ResultList, Columns: []string{"name", "path"}, Since: "4.25.0", Run: find,
		},
		{Name: "meta", Summary: "Show the description of a session", Args: both, Result: sdk.ResultObject, Since: "4.25.0", Run: single((*snapshot.Database).Meta)},
		{Name: "counters", Summary: "Show the counters of a session", Args: both, Result: sdk.ResultObject, Since: "4.25.0", Run: single((*snapshot.Database).Counters)},
		{
			Name: "file_info", Summary: "List the paths of a session", Args: both,
			Result: sdk.ResultList, Columns: []string{"sstate", "record_id", "f_meta_path", "message"}, Since: "4.25.0", Run: fileInfo,
		},
		{
			Name: "overview", Summary: "List the columns of the database of a session", Args: both,
			Result: sdk.ResultList, Columns: []string{"table", "name", "type"}, Since: "4.25.0", Run: overview,
		},
		{Name: "query", Summary: "Query the database of a session: option sql", Args: both, Result: sdk.ResultList, Since: "4.26.2", Run: query},
	}}
}

func find(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	found, err := snapshot.Find(inv.Text(argPath))
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
func single(read func(*snapshot.Database, context.Context, string) (*record.Object, error)) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
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
		row, err := read(db, ctx, inv.OptionText(optionSQL))
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
		return db.Files(ctx, inv.OptionText(optionSQL))
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
	statement, err := inv.Require(ctx, optionSQL)
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
