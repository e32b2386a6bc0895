// Package once remembers how far commands with option once_only came, in the
// files of the original (spec/cli.md 5.4).
package once

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Mark is a place in a list: a token, or a number. Its file holds an array of
// one element, null before the first place.
type Mark[T any] struct {
	host sdk.Host
	id   []string
}

// For returns the mark of a kind of list for the user of options url and
// username, which must be set. more tells several lists of a kind apart.
func For[T any](ctx context.Context, inv *sdk.Invocation, kind string, more ...string) (Mark[T], error) {
	url, err := inv.Require(ctx, "url")
	if err != nil {
		return Mark[T]{}, err
	}
	username, err := inv.Require(ctx, "username")
	return Mark[T]{inv.Host, slices.Concat([]string{kind, url, username}, more)}, err
}

// Read returns the place, nil when there is none yet.
func (m Mark[T]) Read(ctx context.Context) (*T, error) {
	content, err := m.host.ReadState(ctx, m.id...)
	if err != nil || content == nil {
		return nil, err
	}
	var places []*T
	if err := json.Unmarshal(content, &places); err != nil {
		return nil, failure.Toolf("what an earlier command with once_only kept is damaged: %w", err).
			Hint("delete the file that begins with %s in the folder persist_store", m.id[0])
	}
	if len(places) == 0 {
		return nil, nil
	}
	return places[0], nil
}

// Write keeps a place; nil keeps that there is none.
func (m Mark[T]) Write(ctx context.Context, place *T) error {
	content := []any{nil}
	if place != nil {
		content[0] = *place
	}
	return m.host.WriteState(ctx, record.JSON(record.Of(content)), m.id...)
}

// Forget makes the list begin anew.
func (m Mark[T]) Forget(ctx context.Context) error { return m.host.WriteState(ctx, nil, m.id...) }
