package vault

import (
	"bytes"
	"context"

	"filippo.io/age/armor"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Format is the way in which a file is encrypted.
type Format string

const (
	// FormatAge is that of the tool age, with a passphrase: scrypt and
	// ChaCha20-Poly1305. A change of one byte is noticed.
	FormatAge Format = "age"
	// FormatAspera is that of the original, which both programs can use:
	// AES-256-CBC with a key that is the password itself, neither salted nor
	// authenticated (spec/plugins/config.md 6.2).
	FormatAspera Format = "aspera"
)

// form reads and writes the content of a file.
type form interface {
	format() Format
	// open decrypts. The error wraps ErrDecrypt when the password is wrong or
	// the content damaged: no form can tell one from the other.
	open(content []byte, password string) ([]Entry, error)
	seal(entries []Entry, password string) ([]byte, error)
}

// newForm returns the form for a new file. work is the scrypt work factor.
func newForm(format Format, work int) (form, error) {
	switch format {
	case FormatAge, "":
		return ageForm{armored: true, work: work, maxWork: maxWorkFactor}, nil
	case FormatAspera:
		return asperaForm{}, nil
	}
	return nil, failure.Argumentf("Unknown vault format: %s", format).
		Hint("formats are: %s, %s", FormatAge, FormatAspera)
}

// formOf returns the form of an existing file, by its first bytes. What has no
// mark is a raw blob as the original once wrote them.
func formOf(content []byte, work int) form {
	switch {
	case bytes.HasPrefix(content, []byte(armor.Header)):
		return ageForm{armored: true, work: work, maxWork: maxWorkFactor}
	case bytes.HasPrefix(content, []byte(ageMagic)):
		return ageForm{work: work, maxWork: maxWorkFactor}
	}
	return asperaForm{}
}

// Migrate changes the format of a store that is a file, at once and whole. The
// password stays.
func Migrate(ctx context.Context, store Store, format Format) error {
	file, ok := store.(*fileStore)
	if !ok {
		return failure.Otherf(runtimeError, "Vault does not support formats").
			Hint("only type %s has a format", typeFile)
	}
	return file.migrate(ctx, format)
}
