package configcmd

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/oauth"
)

// throw fails as a command that meets the named error would: users see its
// label and hints (spec/plugins/config.md 18).
func throw(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	kind, text := inv.Text("type"), inv.Text("text")
	labels := map[string]failure.Label{
		"Aspera::RestCallError":    failure.Rest,
		"Aspera::Transfer::Error":  failure.Transfer,
		"OpenSSL::SSL::SSLError":   failure.SSL,
		"Aspera::Cli::Error":       failure.Tool,
		"Aspera::Cli::BadArgument": failure.Argument,
		"SocketError":              failure.Network,
	}
	if label, ok := labels[kind]; ok {
		return nil, failure.New(label, "%s", text)
	}
	known := []string{"OpenSSL::PKey::RSAError", "OpenSSL::PKey::PKeyError", "ArgumentError", "RuntimeError", "StandardError", "TypeError"}
	for _, name := range known {
		if name == kind {
			return nil, failure.Otherf(kind, "%s", text)
		}
	}
	if strings.HasPrefix(kind, "Errno::") {
		return nil, failure.Otherf(kind, "%s", text)
	}
	return nil, failure.Otherf("NameError", "uninitialized constant %s", kind)
}

// testWeb shows the page that ends a web login, and waits for the browser.
func (c commands) testWeb(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	if err := oauth.CheckBrowser(ctx, inv.Host.Open, c.host.ProgramVersion()); err != nil {
		return nil, err
	}
	return sdk.Status("The browser reached this program."), nil
}
