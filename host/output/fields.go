package output

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Words with a meaning in a list of fields (spec/cli.md 6.6).
const (
	allFields     = "ALL"
	defaultFields = "DEF"
)

// Fields is the value of option fields: which columns are shown. At most one
// member is set; the zero value means DEF, the default columns.
type Fields struct {
	// Names are read left to right: a name appends, -name removes, ALL and DEF
	// expand to all and to the default columns.
	Names []string
	// Pattern takes the columns that match, in their natural order.
	Pattern *regexp.Regexp
	// Match takes the columns whose names it accepts, in their natural order.
	Match Predicate
}

// ParseFields reads the value of option fields: a comma-separated String, an
// Array of String, a *regexp.Regexp or a Predicate.
func ParseFields(value any) (Fields, error) {
	switch v := value.(type) {
	case *regexp.Regexp:
		return Fields{Pattern: v}, nil
	case Predicate:
		return Fields{Match: v}, nil
	case string:
		names := strings.Split(v, ",")
		for len(names) > 0 && names[len(names)-1] == "" {
			names = names[:len(names)-1]
		}
		return Fields{Names: names}, nil
	case []any:
		names := make([]string, len(v))
		for i, x := range v {
			name, ok := x.(string)
			if !ok {
				return Fields{}, failure.Argumentf("Option fields: item %d is a %s but must be String", i, record.TypeName(x))
			}
			names[i] = name
		}
		return Fields{Names: names}, nil
	}
	return Fields{}, failure.Argumentf("Option fields is a %s but must be one of String,Array,Regexp,Proc", record.TypeName(value))
}

// given tells whether the user asked for anything but the default columns.
func (f Fields) given() bool {
	return f.Pattern != nil || f.Match != nil ||
		f.Names != nil && !slices.Equal(f.Names, []string{defaultFields})
}

// fixed returns the columns when they do not depend on the rows.
func (f Fields) fixed(defaults []string) ([]string, bool) {
	if f.Pattern != nil || f.Match != nil {
		return nil, false
	}
	if slices.Contains(f.Names, allFields) {
		return nil, false
	}
	if f.Names == nil || slices.Contains(f.Names, defaultFields) {
		if len(defaults) == 0 || slices.Contains(defaults, allFields) {
			return nil, false
		}
	}
	return f.listed(nil, defaults), true
}

// columns returns the columns to show, given all columns in order of first
// appearance and the default columns of the command. It never returns nil.
func (f Fields) columns(ctx context.Context, all, defaults []string) ([]string, error) {
	switch {
	case f.Pattern != nil:
		return filter(all, func(c string) (bool, error) { return f.Pattern.MatchString(c), nil })
	case f.Match != nil:
		return filter(all, func(c string) (bool, error) { return f.Match.True(ctx, c) })
	}
	return f.listed(all, defaults), nil
}

// listed returns the columns of a list of names.
func (f Fields) listed(all, defaults []string) []string {
	if len(defaults) == 0 {
		defaults = all
	} else {
		defaults = expand(defaults, all, nil, true)
	}
	if f.Names == nil {
		return defaults
	}
	return expand(f.Names, all, defaults, false)
}

// expand reads a list of fields. In a rule for default columns, "-name*" removes by prefix.
func expand(names, all, defaults []string, rule bool) []string {
	columns := []string{}
	for _, name := range names {
		removed, removes := strings.CutPrefix(name, "-")
		prefix, prefixes := strings.CutSuffix(removed, "*")
		switch {
		case name == allFields:
			columns = append(columns, all...)
		case name == defaultFields:
			columns = append(columns, defaults...)
		case removes && prefixes && rule:
			columns = slices.DeleteFunc(columns, func(c string) bool { return strings.HasPrefix(c, prefix) })
		case removes:
			columns = slices.DeleteFunc(columns, func(c string) bool { return c == removed })
		default:
			columns = append(columns, name)
		}
	}
	return columns
}

func filter(all []string, keep func(string) (bool, error)) ([]string, error) {
	columns := []string{}
	for _, c := range all {
		ok, err := keep(c)
		if err != nil {
			return nil, fmt.Errorf("select columns by option fields: %w", err)
		}
		if ok {
			columns = append(columns, c)
		}
	}
	return columns, nil
}
