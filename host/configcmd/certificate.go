package configcmd

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
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
		certificates, err := peerCertificates(ctx, inv, inv.Text("url"))
		if err != nil {
			return nil, err
		}
		return sdk.Text(show(certificates)), nil
	}
}

// peerCertificates asks a server for anything: what it answers does not matter.
func peerCertificates(ctx context.Context, inv *sdk.Invocation, address string) ([]*x509.Certificate, error) {
	target, err := url.Parse(address)
	if err != nil || target.Scheme != "https" && target.Scheme != "http" {
		return nil, failure.Otherf("RuntimeError", "REST endpoint shall be http/s not %s", scheme(target))
	}
	session, err := rest.For(inv)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, target.String(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := session.Transport().RoundTrip(request)
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	if answer.TLS == nil {
		return nil, failure.Otherf("RuntimeError", "No certificate found for %s", address)
	}
	return answer.TLS.PeerCertificates, nil
}

func scheme(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Scheme
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
