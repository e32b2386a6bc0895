package sshclient

import (
	"context"
	"encoding/pem"
	"errors"
	"os"
	"slices"
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
	if len(signers) > 0 && c.uses("publickey") {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	p := &passwords{config: c, ctx: ctx}
	if tries := p.tries(); tries > 0 {
		if c.uses("password") {
			methods = append(methods, ssh.RetryableAuthMethod(ssh.PasswordCallback(p.next), tries))
		}
		if c.uses("keyboard-interactive") {
			methods = append(methods, ssh.RetryableAuthMethod(ssh.KeyboardInteractive(p.answer), tries))
		}
	}
	return methods, release, nil
}

func (c Config) uses(method string) bool {
	return len(c.Methods) == 0 || slices.Contains(c.Methods, method)
}

// passwords are what one connection may try: the known one, then what the user
// types. A password that was refused is not sent again.
type passwords struct {
	config Config
	ctx    context.Context
	asked  int
	// used is the known password in each of the two methods that take one.
	usedPlain, usedInteractive bool
}

// tries is how often a method may be used, at most.
func (p *passwords) tries() int {
	n := 0
	if p.config.Password != "" {
		n++
	}
	if p.config.Ask != nil {
		n += p.config.Prompts
	}
	return n
}

// errNoMore ends a method for want of something to say.
var errNoMore = errors.New("no more passwords to try")

func (p *passwords) next() (string, error) {
	if p.config.Password != "" && !p.usedPlain {
		p.usedPlain = true
		return p.config.Password, nil
	}
	return p.ask("Password for "+p.config.User+"@"+p.config.Host, true)
}

// answer gives the password where the server asks for something hidden; the user
// answers everything else.
func (p *passwords) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i, question := range questions {
		if !echos[i] && p.config.Password != "" && !p.usedInteractive {
			p.usedInteractive = true
			answers[i] = p.config.Password
			continue
		}
		var err error
		if answers[i], err = p.ask(strings.TrimRight(question, ": "), !echos[i]); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

func (p *passwords) ask(question string, hidden bool) (string, error) {
	if p.config.Ask == nil || p.asked >= p.config.Prompts {
		return "", errNoMore
	}
	p.asked++
	answer, err := p.config.Ask(p.ctx, question, hidden)
	if err != nil {
		return "", &askError{err}
	}
	return answer, nil
}

// askError tells that the user did not answer.
type askError struct{ err error }

func (e *askError) Error() string { return e.err.Error() }

func (e *askError) Unwrap() error { return e.err }

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
