package output

import "context"

// Predicate is a function of the user's: a Proc as value of option fields, where
// the items are names of columns, or of option select, where they are rows
// (spec/cli.md 6.6, 6.7).
type Predicate interface {
	// True tells whether the function accepts an item: a string or a
	// [*record.Object], which it leaves as it is.
	True(ctx context.Context, item any) (bool, error)
}

// lambdaMark stands for a function where values are shown (spec/cli.md 6.3).
const lambdaMark = "<lambda>"
