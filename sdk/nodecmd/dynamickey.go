package nodecmd

import (
	"bytes"
	"errors"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// optionDynamicKey is a private key for the SSH login of one transfer by path:
// the server is told its public part (spec/plugins/node.md 9).
const optionDynamicKey = "dynamic_key"

// transferKey is the value of that option; nil when it is not given.
type transferKey struct{ private, public string }

func dynamicKey(inv *sdk.Invocation) (*transferKey, error) {
	text := inv.OptionText(optionDynamicKey)
	if text == "" {
		return nil, nil
	}
	signer, err := ssh.ParsePrivateKey([]byte(text))
	var encrypted *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &encrypted):
		return nil, failure.Argumentf("option %s: the key is protected by a passphrase", optionDynamicKey).
			Hint("give a key without passphrase: it is used for one transfer")
	case err != nil:
		return nil, failure.Argumentf("option %s is not a private key in PEM format", optionDynamicKey).
			Hint("read it from a file: --dynamic-key=@file:key.pem")
	}
	public := bytes.TrimSpace(ssh.MarshalAuthorizedKey(signer.PublicKey()))
	return &transferKey{text, string(public)}, nil
}

// request is what a transfer request says of the key.
func (k *transferKey) request() *record.Object {
	if k == nil {
		return nil
	}
	return record.New("public_keys", k.public)
}

// amend gives the key to the transfer.
func (k *transferKey) amend(spec *record.Object) {
	if k != nil {
		spec.Set(transfer.FieldSSHPrivateKey, k.private)
	}
}
