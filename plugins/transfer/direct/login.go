package direct

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"net"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// probeTimeout bounds the connection that fetches a certificate.
const probeTimeout = 10 * time.Second

// login decides how ascp opens its control connection, by WebSocket or by SSH,
// adapts the spec to it and returns the arguments (spec/transfer.md 8.5).
func (p *plan) login(ctx context.Context, spec *record.Object, env agent.Env, params parameters, ascp product.Executable) ([]string, error) {
	if spec.Bool(transfer.FieldWSSEnabled) && (params.wss || !spec.Has(transfer.FieldFaspPort)) {
		return p.loginByWebSocket(ctx, spec, env, params)
	}
	spec.Delete(transfer.FieldWSSPort)
	return loginBySSH(spec, params, ascp)
}

func (p *plan) loginByWebSocket(ctx context.Context, spec *record.Object, env agent.Env, params parameters) ([]string, error) {
	spec.Delete(transfer.FieldFaspPort)
	spec.Delete(transfer.FieldSSHFingerprint)
	spec.Delete(transfer.FieldSSHPort)
	if port, ok := spec.Get(transfer.FieldWSSPort); ok {
		spec.Set(transfer.FieldSSHPort, port)
	}
	certificates := params.trustedCerts
	host := spec.Text(transfer.FieldRemoteHost)
	port, _ := spec.Int(transfer.FieldWSSPort)
	if env.IgnoreCertificate != nil && env.IgnoreCertificate(host, int(port)) {
		path, err := p.fetchCertificates(ctx, host, int(port), env.TempFolder)
		if err != nil {
			return nil, err
		}
		certificates = append([]string{path}, certificates...)
	}
	var args []string
	if len(certificates) > 0 {
		args = append(args, "-i", certificates[0])
	}
	return append(args, "--ws-connect"), nil
}

func loginBySSH(spec *record.Object, params parameters, ascp product.Executable) ([]string, error) {
	ownCredentials := []string{transfer.FieldRemotePassword, transfer.FieldSSHPrivateKey, transfer.FieldSSHPrivateKeyPath}
	if !spec.Has(transfer.FieldToken) || slices.ContainsFunc(ownCredentials, spec.Has) {
		return nil, nil
	}
	kinds := []product.Key{product.KeyRSA}
	if params.clientSSHKey == keysDSARSA {
		kinds = []product.Key{product.KeyDSA, product.KeyRSA}
	}
	var args []string
	for _, kind := range kinds {
		path, err := ascp.Key(kind)
		if err != nil {
			return nil, err
		}
		args = append(args, "-i", path)
	}
	return args, nil
}

// fetchCertificates writes the certificates of a server that the user trusts
// blindly to a temporary file: ascp cannot be told to trust blindly.
func (p *plan) fetchCertificates(ctx context.Context, host string, port int, folder string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, ServerName: host}}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return "", transfer.Errorf("cannot read the certificate of %s:%d, which option insecure or ignore_certificate lets pass: %w", host, port, err)
	}
	defer func() { _ = conn.Close() }()

	file, err := os.CreateTemp(folder, "wss_cert_*.pem")
	if err != nil {
		return "", transfer.Errorf("cannot write the certificate of %s: %w", host, err)
	}
	p.temporary = append(p.temporary, file.Name())
	for _, c := range conn.(*tls.Conn).ConnectionState().PeerCertificates {
		if err = pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			break
		}
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", transfer.Errorf("cannot write the certificate of %s: %w", host, err)
	}
	return file.Name(), nil
}
