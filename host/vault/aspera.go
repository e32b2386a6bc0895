package vault

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// asperaForm is the file of the original (spec/plugins/config.md 6.2).
type asperaForm struct{}

const (
	asperaType   = "encrypted_hash_vault"
	asperaCipher = "aes-256-cbc"
	// asperaFile is the layout of the file, around the base64 of the blob.
	asperaFile = "---\nversion: 1.0.0\ntype: " + asperaType + "\ncipher: " + asperaCipher + "\ndata: !binary |-\n  %s\n"
	// asperaHeader begins a blob: cipher version 0, no flags.
	asperaHeader = blobMagic + "\x00\x00"
)

func (asperaForm) format() Format { return FormatAspera }

func (asperaForm) open(content []byte, password string) ([]Entry, error) {
	cipherName, blob := asperaCipher, content
	if bytes.HasPrefix(content, []byte("---")) {
		var err error
		if cipherName, blob, err = readAsperaFile(content); err != nil {
			return nil, err
		}
	}
	text, err := openBlob(cipherName, blob, password)
	if err != nil {
		return nil, err
	}
	entries, err := parseEntries(text)
	if err != nil {
		// One wrong password in 256 gives a valid padding, and text that is noise.
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, err)
	}
	return entries, nil
}

func (asperaForm) seal(entries []Entry, password string) ([]byte, error) {
	text, err := renderEntries(entries, symbolKeys)
	if err != nil {
		return nil, err
	}
	block, err := newCipher(asperaCipher, password)
	if err != nil {
		return nil, err
	}
	padding := aes.BlockSize - len(text)%aes.BlockSize
	text = append(text, bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(text, text)
	blob := append([]byte(asperaHeader), text...)
	return fmt.Appendf(nil, asperaFile, base64.StdEncoding.EncodeToString(blob)), nil
}

func readAsperaFile(content []byte) (cipherName string, blob []byte, err error) {
	value, err := yaml11.Decode(content)
	file, _ := value.(*record.Object)
	if err != nil || file == nil || file.Len() != 4 || !file.Has("version") ||
		file.Text("type") != asperaType || file.Text("cipher") == "" || file.Text("data") == "" {
		return "", nil, failure.Otherf(runtimeError, "Invalid vault file")
	}
	return file.Text("cipher"), []byte(file.Text("data")), nil
}

// openBlob decrypts a blob, whose header overrides the name of the cipher.
func openBlob(cipherName string, blob []byte, password string) ([]byte, error) {
	head, text, err := parseHeader(blob)
	if err != nil {
		return nil, err
	}
	if head.cipher != "" {
		cipherName = head.cipher
	}
	block, err := newCipher(cipherName, password)
	if err != nil {
		return nil, err
	}
	vector := make([]byte, aes.BlockSize)
	if head.vector != nil {
		vector = head.vector
	}
	if len(vector) != aes.BlockSize || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, ErrDecrypt
	}
	plain := make([]byte, len(text))
	cipher.NewCBCDecrypter(block, vector).CryptBlocks(plain, text)
	if plain, err = unpad(plain); err != nil || !head.compressed {
		return plain, err
	}
	return inflate(plain)
}

// newCipher makes the cipher of a name such as aes-256-cbc. The key is the
// password, filled with zeros or cut: in characters, so that the original
// refuses one that has a wide character there.
func newCipher(name, password string) (cipher.Block, error) {
	var length int
	switch strings.ToLower(name) {
	case "aes-128-cbc":
		length = 16
	case "aes-192-cbc":
		length = 24
	case asperaCipher:
		length = 32
	default:
		return nil, fmt.Errorf("cipher %s is not supported", name)
	}
	key := make([]byte, length)
	i := 0
	for _, character := range password {
		if i == length {
			break
		}
		if character >= 0x80 {
			return nil, failure.Argumentf("vault_password: format %s takes only ASCII characters", FormatAspera).
				Hint("a file in format %s takes any password", FormatAge)
		}
		key[i] = byte(character)
		i++
	}
	return aes.NewCipher(key)
}

// unpad removes the padding of PKCS#7.
func unpad(text []byte) ([]byte, error) {
	padding := int(text[len(text)-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, ErrDecrypt
	}
	kept := len(text) - padding
	for _, b := range text[kept:] {
		if int(b) != padding {
			return nil, ErrDecrypt
		}
	}
	return text[:kept], nil
}

func inflate(compressed []byte) ([]byte, error) {
	reader, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, err)
	}
	defer reader.Close()
	text, err := io.ReadAll(io.LimitReader(reader, maxFileBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, err)
	case len(text) > maxFileBytes:
		return nil, fmt.Errorf("the content is larger than %d bytes", maxFileBytes)
	}
	return text, nil
}
