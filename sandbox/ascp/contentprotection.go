package ascp

import (
	"errors"
	"io"
	"strings"

	"filippo.io/age"
)

// Content protection (spec transfer.md section 3) leaves encrypted files on the
// server. Their format is that of age with a passphrase (scrypt), version 1: not
// that of ascp, which is not public. `age -d FILE.aspera-env` opens them.
const (
	// sealedSuffix ends the name of an encrypted file.
	sealedSuffix = ".aspera-env"

	// sealingWork is the cost of the passphrase, as a power of two: it is paid
	// for each file, and the files of a sandbox need no more.
	sealingWork    = 10
	maxSealingWork = 18

	// Sizes of the format (age-encryption.org/v1): the header with a cost of two
	// digits, the nonce, and what each chunk of plaintext grows by.
	sealedHeader   = len("age-encryption.org/v1\n-> scrypt  10\n\n--- \n") + 22 + 43 + 43
	sealedNonce    = 16
	sealedChunk    = 64 << 10
	sealedOverhead = 16
)

// protection is what to do with the content of files.
type protection struct {
	mode       string // "encrypt", "decrypt" or ""
	passphrase string
}

// seals says whether a source is encrypted on its way.
func (p protection) seals() bool { return p.mode == "encrypt" }

// opens says whether a source is decrypted on its way.
func (p protection) opens(name string) bool {
	return p.mode == "decrypt" && strings.HasSuffix(name, sealedSuffix)
}

// sealedSize is the size of a file once encrypted.
func sealedSize(plain int64) int64 {
	chunks := max(1, (plain+sealedChunk-1)/sealedChunk)
	return int64(sealedHeader) + sealedNonce + plain + chunks*sealedOverhead
}

// openedSize is the reverse of sealedSize. What is too small for an encrypted
// file has no size: to decrypt it fails.
func openedSize(sealed int64) int64 {
	body := sealed - int64(sealedHeader) - sealedNonce
	chunks := (body + sealedChunk + sealedOverhead - 1) / (sealedChunk + sealedOverhead)
	return max(0, body-chunks*sealedOverhead)
}

// apply makes an item of the scan one that is encrypted or decrypted.
func (p protection) apply(i *item) {
	switch {
	case i.kind != file:
		return
	case p.seals():
		i.below += sealedSuffix
		i.size = sealedSize(i.size)
	case p.opens(i.source):
		i.below = strings.TrimSuffix(i.below, sealedSuffix)
		i.size = openedSize(i.size)
	default:
		return
	}
	i.isStream = true
}

// wrap gives the content of a source as it is sent or stored.
func (p protection) wrap(name string, source io.ReadCloser) (io.ReadCloser, error) {
	switch {
	case p.seals():
		recipient, err := age.NewScryptRecipient(p.passphrase)
		if err != nil {
			return nil, failf(codeCrypt, "File encryption error: %v", err)
		}
		recipient.SetWorkFactor(sealingWork)
		sealed, err := age.EncryptReader(source, recipient)
		if err != nil {
			return nil, failf(codeCrypt, "File encryption error: %v", err)
		}
		return joined{sealed, source}, nil
	case p.opens(name):
		return p.open(source)
	}
	return source, nil
}

func (p protection) open(source io.ReadCloser) (io.ReadCloser, error) {
	identity, err := age.NewScryptIdentity(p.passphrase)
	if err != nil {
		return nil, failf(codeCrypt, "File decryption error: %v", err)
	}
	identity.SetMaxWorkFactor(maxSealingWork)
	watched := &watchedReader{from: source}
	opened, err := age.Decrypt(watched, identity)
	if err != nil {
		return nil, watched.explain(err)
	}
	return joined{&openedReader{opened, watched}, source}, nil
}

// joined reads from one thing and closes another.
type joined struct {
	io.Reader
	io.Closer
}

// watchedReader remembers an error of what it reads: all others are about the
// content.
type watchedReader struct {
	from io.Reader
	err  error
}

func (r *watchedReader) Read(into []byte) (int, error) {
	n, err := r.from.Read(into)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

func (r *watchedReader) explain(err error) error {
	switch {
	case r.err != nil:
		return r.err
	case errors.Is(err, age.ErrIncorrectIdentity):
		return failf(codePassphrase, "File decryption error, bad passphrase")
	}
	return failf(codeCrypt, "File encryption/decryption error, e.g. corrupt file: %v", err)
}

// openedReader explains the errors of a decrypted file.
type openedReader struct {
	from  io.Reader
	cause *watchedReader
}

func (r *openedReader) Read(into []byte) (int, error) {
	n, err := r.from.Read(into)
	if err != nil && err != io.EOF {
		err = r.cause.explain(err)
	}
	return n, err
}
