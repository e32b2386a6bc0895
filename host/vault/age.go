package vault

import (
	"bytes"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// ageMagic is how an age file without armor begins.
const ageMagic = "age-encryption.org/v1\n"

const (
	// workFactor is the scrypt work factor of files written: 2^15 rounds, which
	// take 32 MB of memory.
	workFactor = 15
	// maxWorkFactor bounds the work for a file that another program wrote: 1 GB.
	maxWorkFactor = 20
)

// ageForm is a file that the tool age reads, too: `age -d vault.bin`. Its text
// is a YAML mapping of labels.
type ageForm struct {
	armored       bool
	work, maxWork int
}

func (f ageForm) format() Format { return FormatAge }

func (f ageForm) open(content []byte, password string) ([]Entry, error) {
	identity, err := age.NewScryptIdentity(password)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(f.maxWork)
	var source io.Reader = bytes.NewReader(content)
	if f.armored {
		source = armor.NewReader(source)
	}
	plain, err := age.Decrypt(source, identity)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, err)
	}
	return parseEntries(text)
}

func (f ageForm) seal(entries []Entry, password string) ([]byte, error) {
	text, err := renderEntries(entries, plainKeys)
	if err != nil {
		return nil, err
	}
	recipient, err := age.NewScryptRecipient(password)
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(f.work)
	var content bytes.Buffer
	if !f.armored {
		err := encrypt(&content, text, recipient)
		return content.Bytes(), err
	}
	armored := armor.NewWriter(&content)
	if err := encrypt(armored, text, recipient); err != nil {
		return nil, err
	}
	err = armored.Close()
	return content.Bytes(), err
}

func encrypt(to io.Writer, text []byte, recipient age.Recipient) error {
	plain, err := age.Encrypt(to, recipient)
	if err != nil {
		return err
	}
	if _, err := plain.Write(text); err != nil {
		return err
	}
	return plain.Close()
}
