package sdk

import (
	"context"
	"errors"
	"iter"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// TransferCommand runs a command that the transfer plugin mounts under `config`,
// and returns its result to be given on, or to be read with [Result.Object]. The
// records stream. See [Host.TransferCommand].
func (inv *Invocation) TransferCommand(ctx context.Context, args map[string]any, command ...string) (*Result, error) {
	next, stop := iter.Pull2(func(yield func(any, error) bool) {
		err := inv.Host.TransferCommand(ctx, command, args, relay(yield))
		if err != nil && !errors.Is(err, errNoTaker) {
			yield(nil, err)
		}
	})
	first, err, some := next()
	header, announced := first.(Header)
	if !announced {
		stop()
		if some {
			return nil, err
		}
		return nil, failure.Toolf("the command %q of the transfer plugin gave no result", command)
	}
	return &Result{
		Kind: header.Kind, Columns: header.Columns, ValueColumn: header.ValueColumn, Total: header.Total, Secrets: header.Secrets,
		Records: func(yield func(any, error) bool) {
			defer stop()
			for v, err, more := next(); more; v, err, more = next() {
				if !yield(v, err) || err != nil {
					return
				}
			}
		},
	}, nil
}

var errNoTaker = errors.New("nobody takes the result any more")

// relay is the sink of a sequence: a [Header], then the records.
type relay func(any, error) bool

func (r relay) Begin(h Header) error { return r.Record(h) }

func (r relay) Record(v any) error {
	if !r(v, nil) {
		return errNoTaker
	}
	return nil
}

// Object reads the record of a result of kind object; of a list, the first one.
func (r *Result) Object() (*record.Object, error) {
	for v, err := range r.Records {
		if err != nil {
			return nil, err
		}
		if o, ok := v.(*record.Object); ok {
			return o, nil
		}
		return nil, failure.Toolf("expecting a Hash, got %s", record.TypeName(v))
	}
	return nil, failure.Toolf("expecting a Hash, got an empty result")
}
