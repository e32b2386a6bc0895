package snapshot

import (
	"context"
	"fmt"
	"iter"

	"github.com/ascli-go/ascli/sdk/record"
)

// Meta describes the session. suffix is SQL added to the query, "" for none.
func (d *Database) Meta(ctx context.Context, suffix string) (*record.Object, error) {
	return d.Row(ctx, "SELECT * FROM sync_snapmeta_table "+suffix+" LIMIT 1")
}

// Counters are those of the session. suffix is SQL added to the query.
func (d *Database) Counters(ctx context.Context, suffix string) (*record.Object, error) {
	return d.Row(ctx, "SELECT * FROM sync_snap_counters_table "+suffix+" LIMIT 1")
}

// Files yields what is known of each path, with the name of its state in column
// sstate. suffix is SQL added to the query.
func (d *Database) Files(ctx context.Context, suffix string) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		for row, err := range d.Rows(ctx, "SELECT * FROM sync_snapdb_table "+suffix) {
			if err == nil {
				nameState(row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func nameState(row *record.Object) {
	if state, ok := row.Int("state"); ok {
		if name := stateName(state); name != "" {
			row.Set("sstate", name)
		}
	}
}

// stateName is the text of a state (spec/sync.md 5.2); "" for an unknown one.
func stateName(state int64) string {
	switch {
	case state == 0:
		return "Nil"
	case state == 19:
		return "Syncd"
	case state == 20:
		return "Error"
	case state == 21:
		return "Confl"
	case state == 22:
		return "Pconf"
	case state >= 1 && state <= 24:
		return fmt.Sprintf("P(%d)", state)
	}
	return ""
}

// Overview yields the columns of all tables.
func (d *Database) Overview(ctx context.Context) iter.Seq2[*record.Object, error] {
	return d.Rows(ctx, `SELECT t.name AS "table", c.cid, c.name, c.type, c."notnull", c.dflt_value, c.pk
		FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY t.rowid, c.cid`)
}
