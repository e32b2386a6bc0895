package configcmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/host/keys"
	"github.com/ascli-go/ascli/sdk"
)

// keyCommands make and read keys (spec/plugins/config.md 12).
func (c commands) keyCommands() []sdk.Command {
	return []sdk.Command{
		{
			Name: "genkey", Summary: "Make an RSA key pair: <path> and <path>.pub", Result: sdk.ResultStatus, Run: genkey,
			Args: []sdk.Arg{
				{Name: "path", Description: "private key file path"},
				{Name: "bits", Description: "size in bits", Types: []sdk.Type{sdk.Integer}, Optional: true},
			},
		},
		{
			Name: "pubkey", Summary: "Public key of a private key", Result: sdk.ResultText, Run: pubkey,
			Args: []sdk.Arg{{Name: "pem", Description: "private key PEM value"}},
		},
	}
}

func genkey(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	bits := keys.DefaultBits
	if inv.Arg("bits") != nil {
		var err error
		if bits, err = strconv.Atoi(inv.Text("bits")); err != nil {
			return nil, err
		}
	}
	path := inv.Text("path")
	if _, err := keys.Generate(path, bits); err != nil {
		return nil, err
	}
	return sdk.Status(fmt.Sprintf("Generated %d bit RSA key: %s", bits, path)), nil
}

func pubkey(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	public, err := keys.Public(inv.Text("pem"), func() (string, error) {
		return inv.Host.Prompt(ctx, "passphrase", true)
	})
	if err != nil {
		return nil, err
	}
	return sdk.Text(strings.TrimSuffix(public, "\n")), nil
}
