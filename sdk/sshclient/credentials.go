package sshclient

import (
	"context"
	"encoding/pem"
	"errors"
	"os"
	"strings"

	"github.com/youmark/pkcs8"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Key is a private key: PEM text, or the path of a file with it.
type Key struct {
	PEM, Path string
	// Passphrase is not looked at when the key is not protected.
	Passphrase string
}

// methods are the ways to prove who the user is. What they need is released
// once connected.
func (c Config) methods(ctx context.Context) (methods []ssh.AuthMethod, release func(), err error) {
	release = func() {}
	var signers []ssh.Signer
	for _, k := range c.Keys {
		signer, err := k.signer()
		if err != nil {
			return nil, nil, err
		}
		signers = append(signers, signer)
	}
	if c.Agent {
		conn, err := dialAgent(ctx)
		if err != nil {
			c.Log.Debug("no ssh-agent", "error", err)
		} else {
			release = func() { _ = conn.Close() }
			held, err := agent.NewClient(conn).Signers()
			if err != nil {
				c.Log.Warn("the ssh-agent does not tell its keys: " + err.Error())
			}
			signers = append(signers, held...)
		}
	}
	// A method of a kind is tried once: all keys are one method.
	if len(signers) > 0 {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	if c.Password != "" {
		methods = append(methods, ssh.Password(c.Password), ssh.KeyboardInteractive(c.answer))
	}
	return methods, release, nil
}

// answer gives the password where the server asks for something hidden, once: a
// password that was refused is not sent again.
func (c Config) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range questions {
		if echos[i] {
			return nil, errors.New("the server asks for more than a password: " + questions[i])
		}
		answers[i] = c.Password
	}
	return answers, nil
}

// ParseKey reads a private key: PEM text of any kind that OpenSSH and OpenSSL
// write.
func ParseKey(text, passphrase string) (ssh.Signer, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block != nil && block.Type == "ENCRYPTED PRIVATE KEY" {
		if passphrase == "" {
			return nil, errorf(Configuration, "the private key is protected: it needs its passphrase")
		}
		key, _, err := pkcs8.ParsePrivateKey(block.Bytes, []byte(passphrase))
		if err != nil {
			return nil, errorf(Configuration, "the passphrase does not open the private key")
		}
		signer, err := ssh.NewSignerFromKey(key)
		if err != nil {
			return nil, errorf(Configuration, "the private key cannot be used for SSH: %w", err)
		}
		return signer, nil
	}
	signer, err := ssh.ParsePrivateKey([]byte(text))
	var protected *ssh.PassphraseMissingError
	switch {
	case err == nil:
		return signer, nil
	case !errors.As(err, &protected):
		return nil, errorf(Configuration, "this is no private key that SSH knows: %w", err)
	case passphrase == "":
		return nil, errorf(Configuration, "the private key is protected: it needs its passphrase")
	}
	signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(text), []byte(passphrase))
	if err != nil {
		return nil, errorf(Configuration, "the passphrase does not open the private key")
	}
	return signer, nil
}

func (k Key) signer() (ssh.Signer, error) {
	text := k.PEM
	if k.Path != "" {
		content, err := os.ReadFile(k.Path)
		if err != nil {
			return nil, errorf(Configuration, "cannot read the private key: %w", err)
		}
		text = string(content)
	}
	signer, err := ParseKey(text, k.Passphrase)
	var known *Error
	if errors.As(err, &known) && k.Path != "" {
		known.Message = k.Path + ": " + known.Message
	}
	return signer, err
}
