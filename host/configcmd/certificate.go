package configcmd

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/rest"
)

// certificateCommands show the certificates of an HTTPS server
// (spec/plugins/config.md 12).
func certificateCommands() []sdk.Command {
	address := []sdk.Arg{{Name: "url"}}
	return []sdk.Command{
		{Name: "chain", Summary: "All certificates that it sends", Args: address, Result: sdk.ResultText, Run: showCertificates(chainText)},
		{Name: "only", Summary: "Its own certificate", Args: address, Result: sdk.ResultText, Run: showCertificates(leafText)},
		{Name: "name", Summary: "Common name in its certificate", Args: address, Result: sdk.ResultText, Run: showCertificates(commonName)},
	}
}

func showCertificates(show func([]*x509.Certificate) string) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
		session, err := rest.For(inv)
		if err != nil {
			return nil, err
		}
		defer session.Close()
		certificates, err := session.Certificates(ctx, inv.Text("url"))
		if err != nil {
			return nil, err
		}
		return sdk.Text(show(certificates)), nil
	}
}

func chainText(certificates []*x509.Certificate) string {
	var texts []string
	for _, c := range certificates {
		texts = append(texts, certificateText(c))
	}
	return strings.Join(texts, "\n\n")
}

func leafText(certificates []*x509.Certificate) string { return certificateText(certificates[0]) }

func certificateText(c *x509.Certificate) string {
	return strings.TrimSuffix(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})), "\n")
}

func commonName(certificates []*x509.Certificate) string { return certificates[0].Subject.CommonName }
