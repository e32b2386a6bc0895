package sdk

import (
	"slices"
	"strings"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/record"
)

// Shown says which fields of the records of a list the host shows. The zero
// value shows all.
type Shown struct {
	// Some: only those named, or the columns of the result when none is.
	Some  bool
	Names []string
}

// fields returns the shown fields of a list with these columns; false for all.
func (s Shown) fields(columns []string) ([]string, bool) {
	names := s.Names
	if len(names) == 0 {
		names = columns
	}
	// A rule, such as "ALL" or "-data", depends on the records.
	isRule := func(name string) bool { return name == "ALL" || strings.HasPrefix(name, "-") }
	return names, s.Some && len(names) > 0 && !slices.ContainsFunc(names, isRule)
}

// keys returns what tells the keys that matter in records of a list with these
// columns; nil when all do.
func (s Shown) keys(columns []string) func(key string) bool {
	names, some := s.fields(columns)
	if !some {
		return nil
	}
	// A column "a.b" may be that field, or b in an object a.
	keys := map[string]bool{}
	for _, name := range names {
		for at, c := range name {
			if c == '.' {
				keys[name[:at]] = true
			}
		}
		keys[name] = true
	}
	return func(key string) bool { return keys[key] }
}

// ShownKeys tells the keys that matter in the records of a list, nil when all do:
// a command then need not read the others (rest.Request has a place for it).
func (inv *Invocation) ShownKeys() func(key string) bool { return inv.Shown.keys(inv.columns) }

// pick returns what cuts records of a list down to what is shown of them.
func (s Shown) pick(columns []string) func(*record.Object) *record.Object {
	wanted := s.keys(columns)
	return func(o *record.Object) *record.Object {
		if wanted == nil {
			return o
		}
		return o.Pick(wanted)
	}
}

// ShowsOnly tells that of a list of records the host shows nothing but the given
// fields: a command then needs no others.
func (inv *Invocation) ShowsOnly(fields ...string) bool {
	names, some := inv.Shown.fields(inv.columns)
	return some && !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(fields, name) })
}

// Wire is what the contract says.
func (s Shown) Wire() *ascliv1.ShownFields {
	if !s.Some {
		return nil
	}
	return &ascliv1.ShownFields{Names: s.Names}
}

func shownFrom(w *ascliv1.ShownFields) Shown { return Shown{w != nil, w.GetNames()} }
