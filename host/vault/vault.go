// Package vault keeps secrets under labels: in an encrypted file, in the
// keyring of the operating system, or in a HashiCorp Vault server
// (spec/plugins/config.md section 6). [Open] chooses the store that option
// `vault` describes; nothing here knows the command line.
package vault

import (
	"context"
	"errors"
	"strconv"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Store is a place of secrets. Its methods may be called from any goroutine,
// and several processes may use the same place. Secrets appear in results
// only, never in errors.
type Store interface {
	// Info describes the store: type, name, and what finds it (file, keychain
	// or url). Field password is the password that the store was opened with,
	// absent when there was none.
	Info() *record.Object
	// List returns all entries. The macOS keychain leaves out their passwords:
	// the system asks its user for each.
	List(ctx context.Context) ([]Entry, error)
	// Show returns one entry. The error wraps ErrNotFound when there is none.
	Show(ctx context.Context, label string) (Entry, error)
	// Create adds an entry. The error wraps ErrExists when the label is taken;
	// HashiCorp Vault adds a version to the secret instead.
	Create(ctx context.Context, entry Entry) error
	// Delete removes an entry. That there is none is no error.
	Delete(ctx context.Context, label string) error
}

// PasswordChanger is a store whose password can be changed.
type PasswordChanger interface {
	// ChangePassword encrypts all entries anew, at once and whole. The store
	// uses the new password from then on.
	ChangePassword(ctx context.Context, password string) error
}

var (
	// ErrNotFound is wrapped by the error about an unknown label.
	ErrNotFound = errors.New("no such label")
	// ErrExists is wrapped by the error about a label that is taken.
	ErrExists = errors.New("label exists")
	// ErrDecrypt is wrapped by the error about a wrong password, or a file that
	// is damaged. Its text is that of the original.
	ErrDecrypt = errors.New("bad decrypt")
)

// runtimeError is the kind that the original shows for plain errors (spec/cli.md 7.1).
const runtimeError = "RuntimeError"

func notFound(message string) error {
	return &failure.Error{Label: failure.Other, Kind: runtimeError, Message: message, Cause: ErrNotFound}
}

func labelNotFound(label string) error { return notFound("Label not found: " + label) }

func exists(label string) error {
	return &failure.Error{
		Label: failure.Other, Kind: runtimeError, Cause: ErrExists,
		Message: "secret " + label + " already exist, delete first",
	}
}

// ChangePassword changes the password of a store that is a [PasswordChanger];
// any other is an error.
func ChangePassword(ctx context.Context, store Store, password string) error {
	changer, ok := store.(PasswordChanger)
	if !ok {
		return failure.Otherf(runtimeError, "Vault does not support password change")
	}
	return changer.ChangePassword(ctx, password)
}

// CreateNumbered adds an entry under its label or, when that is taken, under
// the label followed by 0, 1 and so on (spec/plugins/config.md 5, `secure`).
// It returns the label used.
func CreateNumbered(ctx context.Context, store Store, entry Entry) (label string, err error) {
	base := entry.Label
	for i := 0; ; i++ {
		_, err := store.Show(ctx, entry.Label)
		if errors.Is(err, ErrNotFound) {
			// Another process may take the label meanwhile.
			err = store.Create(ctx, entry)
			if err == nil {
				return entry.Label, nil
			}
		}
		if err != nil && !errors.Is(err, ErrExists) {
			return "", err
		}
		entry.Label = base + strconv.Itoa(i)
	}
}
