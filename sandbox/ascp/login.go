package ascp

import (
	"context"
	"crypto/sha1" // the form of transfer spec field "sshfp"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

const connectTimeout = 15 * time.Second

// login is how to reach the server and who to be there.
type login struct {
	host, user  string
	port        int
	password    string
	signers     []ssh.Signer
	token       string
	tags64      string
	direction   string
	fingerprint string // SHA-1 of the server's key, hexadecimal; "" = not checked
	keyProblems []error
	// overWebSocket: SSH goes through a WebSocket over TLS, of which roots are the
	// trusted certificates; nil are those of the system.
	overWebSocket bool
	roots         *x509.CertPool
}

func newLogin(args *arguments, getenv func(string) string) (login, error) {
	l := login{
		host: args.Host, port: args.Port, user: args.User, password: getenv(envPassword), token: getenv(envToken),
		tags64: args.Tags64, fingerprint: strings.ToLower(strings.ReplaceAll(args.CheckSSHFP, ":", "")),
	}
	if l.host == "" || l.user == "" {
		return login{}, failf(codeUsage, "--host and --user are mandatory")
	}
	// The stand-in is for the sandbox only: it checks no certificate and would
	// not speak FASP to a real server.
	if ip := net.ParseIP(l.host); l.host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return login{}, failf(codeUsage, "host %s: this is the sandbox's stand-in for ascp, it connects to this computer only", l.host)
	}
	if direction, err := directionOf(args.Mode); err == nil {
		l.direction = string(direction)
	}
	if args.WSConnect {
		l.overWebSocket = true
		return l, l.loadRoots(args.Identity)
	}
	return l, l.loadKeys(args.Identity, getenv(envKey))
}

// loadRoots reads the file of trusted certificates, the first one that is given
// (spec transfer.md section 8.5).
func (l *login) loadRoots(files []string) error {
	if len(files) == 0 {
		return nil
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return failf(codeUsage, "trusted certificates: %v", err)
	}
	l.roots = x509.NewCertPool()
	if !l.roots.AppendCertsFromPEM(text) {
		return failf(codeUsage, "trusted certificates: %s holds no certificate in PEM form", files[0])
	}
	return nil
}

// loadKeys reads private keys: files, and the PEM text of an environment
// variable. The password is also the passphrase of protected keys (spec
// transfer.md section 6.3).
func (l *login) loadKeys(files []string, pem string) error {
	var texts []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return failf(codeUsage, "SSH key: %v", err)
		}
		texts = append(texts, string(text))
	}
	if pem != "" {
		texts = append(texts, pem)
	}
	for _, text := range texts {
		signer, err := ssh.ParsePrivateKey([]byte(text))
		if _, protected := errors.AsType[*ssh.PassphraseMissingError](err); protected {
			signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(text), []byte(l.password))
		}
		if err != nil {
			// Another key or the password may do: it matters only if the login fails.
			l.keyProblems = append(l.keyProblems, err)
			continue
		}
		l.signers = append(l.signers, signer)
	}
	return nil
}

// dial logs in.
func (l *login) dial(ctx context.Context) (*ssh.Client, error) {
	address := net.JoinHostPort(l.host, strconv.Itoa(l.port))
	connect := l.dialTCP
	if l.overWebSocket {
		connect = l.dialWebSocket
	}
	conn, err := connect(ctx, address)
	if err != nil {
		return nil, l.dialFailure(ctx, address, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(connectTimeout)); err != nil {
		conn.Close()
		return nil, failf(codeConnect, "connect to %s: %v", address, err)
	}
	sshConn, channels, requests, err := ssh.NewClientConn(conn, address, l.clientConfig())
	if err != nil {
		conn.Close()
		return nil, l.dialFailure(ctx, address, err)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		conn.Close()
		return nil, failf(codeConnect, "connect to %s: %v", address, err)
	}
	return ssh.NewClient(sshConn, channels, requests), nil
}

func (l *login) dialTCP(ctx context.Context, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connectTimeout}
	return dialer.DialContext(ctx, "tcp", address)
}

// dialWebSocket opens a tunnel for SSH.
func (l *login) dialWebSocket(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	transport := &http.Transport{
		DialContext:     (&net.Dialer{}).DialContext,
		TLSClientConfig: &tls.Config{RootCAs: l.roots, ServerName: l.host, MinVersion: tls.VersionTLS12},
	}
	socket, _, err := websocket.Dial(ctx, "wss://"+address, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, Subprotocols: []string{wire.WebSocketProtocol},
	})
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return nil, failf(codeWrongHost, "Remote host is not who we expected: %v", untrusted.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("WebSocket: %w", err)
	}
	return wire.NetConn(socket), nil
}

func (l *login) clientConfig() *ssh.ClientConfig {
	config := &ssh.ClientConfig{
		User:            l.user,
		HostKeyCallback: l.checkHostKey,
		ClientVersion:   "SSH-2.0-ascli_sandbox_ascp",
	}
	if len(l.signers) > 0 {
		config.Auth = append(config.Auth, ssh.PublicKeys(l.signers...))
	}
	if l.password != "" {
		config.Auth = append(config.Auth, ssh.Password(l.password))
	}
	return config
}

// checkHostKey takes any key unless a fingerprint is asked for: the host is
// this computer, where nobody can step in between without owning it.
func (l *login) checkHostKey(_ string, _ net.Addr, key ssh.PublicKey) error {
	sum := sha1.Sum(key.Marshal())
	if l.fingerprint != "" && l.fingerprint != hex.EncodeToString(sum[:]) {
		// Text of the real ascp, from which `ascli` makes a hint (spec
		// transfer.md section 2.4).
		return failf(codeWrongHost, "Remote host is not who we expected")
	}
	return nil
}

func (l *login) dialFailure(ctx context.Context, address string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if netError, ok := errors.AsType[net.Error](err); ok && netError.Timeout() {
		return failf(codeTimeout, "Timeout establishing SSH connection (check SSH port and firewall): %s", address)
	}
	if strings.Contains(err.Error(), "unable to authenticate") {
		if len(l.keyProblems) > 0 {
			return failf(codeAuth, "Authentication failure (an SSH key cannot be used: %v)", errors.Join(l.keyProblems...))
		}
		return failf(codeAuth, "Authentication failure")
	}
	return failf(codeConnect, "Error establishing SSH connection (check SSH port and firewall): %v", err)
}

// session opens a session channel that presents the transfer token.
func (l *login) session(client *ssh.Client) (*ssh.Session, error) {
	session, err := client.NewSession()
	if err != nil {
		return nil, fmt.Errorf("open an SSH session: %w", err)
	}
	if l.token == "" {
		return session, nil
	}
	for _, variable := range []struct{ name, value string }{
		{wire.EnvToken, l.token}, {wire.EnvTags, l.tags64}, {wire.EnvDirection, l.direction},
	} {
		if err := session.Setenv(variable.name, variable.value); err != nil {
			session.Close()
			return nil, fmt.Errorf("present the transfer token: %w", err)
		}
	}
	return session, nil
}
