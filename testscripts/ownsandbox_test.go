package testscripts

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ascli-go/ascli/testscripts/world"
)

// ownSandboxKey is where a script keeps its own sandbox.
type ownSandboxKey struct{}

// ownSandbox FLAGS... starts a sandbox for the script alone, with those flags. The
// script's presets and FILES are of that one from then on.
func ownSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: sandbox FLAGS...")
	}
	sandbox, err := world.Start(context.Background(), shared.bin, filepath.Join(ts.Getenv("WORK"), "sandbox"), args...)
	ts.Check(err)
	ts.Defer(func() { ts.Check(sandbox.Stop()) })
	config, err := os.ReadFile(sandbox.Config)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.Getenv("CONFIG"), config, 0o600))
	files := filepath.Join(sandbox.Files, ts.Getenv("REMOTE"))
	ts.Check(os.Mkdir(files, 0o700))
	ts.Setenv("FILES", files)
	*ts.Value(ownSandboxKey{}).(**world.Sandbox) = sandbox
}

// gatewayFault RULE makes requests to the gateway of the script's own sandbox fail;
// without RULE none fails any more.
func gatewayFault(ts *testscript.TestScript, neg bool, args []string) {
	sandbox := *ts.Value(ownSandboxKey{}).(**world.Sandbox)
	if neg || len(args) > 1 || sandbox == nil {
		ts.Fatalf("usage: sandbox, then gatewayfault [RULE]")
	}
	gateway, err := sandbox.Preset("sandbox_gateway", "url")
	ts.Check(err)
	origin := strings.TrimSuffix(gateway, "/aspera/http-gwy")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	ts.Check(setFaults(ctx, sandbox, origin, strings.Join(args, "")))
}

// setFaults replaces the rules by which the server at a URL fails; "" leaves none.
func setFaults(ctx context.Context, sandbox *world.Sandbox, url, rule string) error {
	client, err := trustingClient(sandbox)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	name, err := sandbox.Preset("sandbox_node", "username")
	if err != nil {
		return err
	}
	password, err := sandbox.Preset("sandbox_node", "password")
	if err != nil {
		return err
	}
	send := func(method, body string) error {
		r, err := http.NewRequestWithContext(ctx, method, url+"/sandbox/faults", strings.NewReader(body))
		if err != nil {
			return err
		}
		r.SetBasicAuth(name, password)
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode >= 300 {
			return fmt.Errorf("%s of fault %s: %s", method, body, answer.Status)
		}
		return nil
	}
	if err := send(http.MethodDelete, ""); err != nil || rule == "" {
		return err
	}
	return send(http.MethodPost, rule)
}

// trustingClient returns a client that knows the sandbox's certificates.
func trustingClient(sandbox *world.Sandbox) (*http.Client, error) {
	file, err := sandbox.Preset("sandbox_common", "cert_stores")
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities}}}, nil
}
