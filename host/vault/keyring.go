//go:build !darwin

package vault

import (
	"context"
	"errors"
	"slices"

	keyrings "github.com/zalando/go-keyring"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// keyring is the keyring of the user's session: a Secret Service on D-Bus, or
// the Credential Manager of Windows. An entry is an item whose service is the
// name of the keyring, whose user is the label, and whose secret is the JSON
// of the other fields.
type keyring struct{ name, password string }

// Info serves [Store].
func (k *keyring) Info() *record.Object { return systemInfo(k.name, k.password) }

// List serves [Store].
func (k *keyring) List(ctx context.Context) ([]Entry, error) {
	labels, err := within(ctx, func() ([]string, error) { return keyringLabels(k.name) })
	if err != nil {
		return nil, k.failed("list", err)
	}
	slices.Sort(labels)
	var entries []Entry
	for _, label := range labels {
		entry, err := k.Show(ctx, label)
		if errors.Is(err, ErrNotFound) {
			continue // Deleted meanwhile.
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// Show serves [Store].
func (k *keyring) Show(ctx context.Context, label string) (Entry, error) {
	text, err := within(ctx, func() (string, error) { return keyrings.Get(k.name, label) })
	if errors.Is(err, keyrings.ErrNotFound) {
		return Entry{}, labelNotFound(label)
	}
	if err != nil {
		return Entry{}, k.failed("read", err)
	}
	fields, err := record.ParseObject([]byte(text))
	if err != nil {
		// An item of another program is the bare password.
		return Entry{Label: label, Password: text}, nil
	}
	return entryOf(label, fields), nil
}

// Create serves [Store].
func (k *keyring) Create(ctx context.Context, entry Entry) error {
	_, err := k.Show(ctx, entry.Label)
	if err == nil {
		return exists(entry.Label)
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	text := string(record.JSON(entry.secrets()))
	_, err = within(ctx, func() (any, error) { return nil, keyrings.Set(k.name, entry.Label, text) })
	if errors.Is(err, keyrings.ErrSetDataTooBig) {
		return failure.Argumentf("entry %s is too large for the keyring of this system", entry.Label).
			Hint("Windows takes 2560 bytes in all")
	}
	return k.failed("write", err)
}

// Delete serves [Store].
func (k *keyring) Delete(ctx context.Context, label string) error {
	_, err := within(ctx, func() (any, error) { return nil, keyrings.Delete(k.name, label) })
	if errors.Is(err, keyrings.ErrNotFound) {
		return nil
	}
	return k.failed("delete in", err)
}

func (k *keyring) failed(verb string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return failure.Otherf(runtimeError, "cannot %s the keyring of this system: %w", verb, err).
		Hint("on Linux a Secret Service must run in the D-Bus session (gnome-keyring, KWallet, KeePassXC) and be unlocked").
		Hint(`without one, keep secrets in a file: --vault=@json:'{"type":"file"}'`)
}

// within waits for a call that knows no context: the keyring may ask its user
// to unlock it. After the end of ctx the call goes on and its result is dropped.
func within[T any](ctx context.Context, call func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := call()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
