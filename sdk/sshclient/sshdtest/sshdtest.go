// Package sshdtest runs OpenSSH's server on loopback, for tests and for
// development. It needs no rights: the only user is who runs it.
package sshdtest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Kinds of keys.
const (
	RSA     = "rsa"
	ECDSA   = "ecdsa"
	Ed25519 = "ed25519"
)

// Options of a server. The zero value is a server with a host key of each kind.
type Options struct {
	// HostKeys are the kinds of its keys.
	HostKeys []string
	// Certified signs the host keys by an authority.
	Certified bool
	// Config has further lines of sshd_config.
	Config []string
	// SFTP, when set, makes the command of the subsystem sftp of the path of
	// OpenSSH's: it may run it under other limits.
	SFTP func(server string) string
}

// Server is a running server.
type Server struct {
	Host string
	Port int
	User string
	// Key is a private key that lets User in, PEM text; KeyPath a file with it.
	Key, KeyPath string
	// KnownHosts is a file with the keys of the server.
	KnownHosts string
	// HostKeys are the public keys of the server by kind.
	HostKeys map[string]ssh.PublicKey `json:"-"`
	// Authority is a file of known hosts that has the authority alone.
	Authority string

	listener net.Listener
	cancel   context.CancelFunc
	running  sync.WaitGroup
	folder   string
	log      *logFile
}

// Start runs a server for the time of a test.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	server, err := Launch(t.TempDir(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Stop()
		if t.Failed() {
			t.Logf("sshd said:\n%s", server.log)
		}
	})
	return server
}

// Launch runs a server until Stop. What it needs is written to a folder.
func Launch(folder string, options Options) (*Server, error) {
	program, err := findProgram("sshd")
	if err != nil {
		return nil, err
	}
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	s := &Server{User: me.Username, folder: folder, HostKeys: map[string]ssh.PublicKey{}, log: new(logFile)}
	config, err := s.prepare(options)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll("/run/sshd", 0o755); os.Getuid() == 0 && err != nil {
		return nil, fmt.Errorf("sshd needs this folder: %w", err)
	}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	address := s.listener.Addr().(*net.TCPAddr)
	s.Host, s.Port = address.IP.String(), address.Port
	if err := s.writeKnownHosts(); err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.running.Go(func() { s.serve(ctx, program, "-i", "-e", "-f", config) })
	return s, nil
}

// Stop ends the server and its connections.
func (s *Server) Stop() {
	s.cancel()
	_ = s.listener.Close()
	s.running.Wait()
}

// Address is where the server listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Authorize lets one more key in.
func (s *Server) Authorize(key ssh.PublicKey) error {
	file, err := os.OpenFile(filepath.Join(s.folder, "authorized_keys"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(ssh.MarshalAuthorizedKey(key))
	return errors.Join(err, file.Close())
}

// serve runs one process a connection, as inetd does: nothing forks away, and no
// port has to be guessed.
func (s *Server) serve(ctx context.Context, command ...string) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.running.Go(func() {
			defer conn.Close()
			socket, err := conn.(*net.TCPConn).File()
			if err != nil {
				fmt.Fprintln(s.log, err)
				return
			}
			defer socket.Close()
			cmd := exec.CommandContext(ctx, command[0], command[1:]...)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = socket, socket, s.log
			if err := cmd.Run(); err != nil {
				fmt.Fprintln(s.log, err)
			}
		})
	}
}

// prepare writes keys and sshd_config, and returns the path of the latter.
func (s *Server) prepare(options Options) (string, error) {
	kinds := options.HostKeys
	if len(kinds) == 0 {
		kinds = []string{RSA, ECDSA, Ed25519}
	}
	sftp, err := findProgram("sftp-server")
	if err != nil {
		return "", err
	}
	if options.SFTP != nil {
		sftp = options.SFTP(sftp)
	}
	authority, _, err := NewKey(Ed25519, "")
	if err != nil {
		return "", err
	}
	s.Authority = filepath.Join(s.folder, "authority")
	lines := []string{
		"AuthorizedKeysFile " + filepath.Join(s.folder, "authorized_keys"),
		// The folders of tests may be anybody's.
		"StrictModes no", "UsePAM no", "PermitRootLogin yes", "PrintMotd no",
		"Subsystem sftp " + sftp,
	}
	for _, kind := range kinds {
		more, err := s.addHostKey(kind, options.Certified, authority)
		if err != nil {
			return "", err
		}
		lines = append(lines, more...)
	}
	signer, text, err := NewKey(Ed25519, "")
	if err != nil {
		return "", err
	}
	s.Key, s.KeyPath = text, filepath.Join(s.folder, "id")
	path := filepath.Join(s.folder, "sshd_config")
	return path, errors.Join(
		os.WriteFile(s.KeyPath, []byte(text), 0o600),
		os.WriteFile(s.Authority, append([]byte("@cert-authority * "), ssh.MarshalAuthorizedKey(authority.PublicKey())...), 0o600),
		s.Authorize(signer.PublicKey()),
		os.WriteFile(path, []byte(strings.Join(append(lines, options.Config...), "\n")+"\n"), 0o600),
	)
}

// addHostKey makes a host key and returns its lines of sshd_config.
func (s *Server) addHostKey(kind string, certified bool, authority ssh.Signer) ([]string, error) {
	signer, text, err := NewKey(kind, "")
	if err != nil {
		return nil, err
	}
	s.HostKeys[kind] = signer.PublicKey()
	path := filepath.Join(s.folder, "host_"+kind)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	lines := []string{"HostKey " + path}
	if certified {
		if err := certify(path+"-cert.pub", signer.PublicKey(), authority); err != nil {
			return nil, err
		}
		lines = append(lines, "HostCertificate "+path+"-cert.pub")
	}
	return lines, nil
}

// certify writes the certificate of a host key, which names loopback.
func certify(path string, key ssh.PublicKey, authority ssh.Signer) error {
	certificate := &ssh.Certificate{
		Key: key, CertType: ssh.HostCert, ValidPrincipals: []string{"127.0.0.1"}, ValidBefore: ssh.CertTimeInfinity,
	}
	if err := certificate.SignCert(rand.Reader, authority); err != nil {
		return err
	}
	return os.WriteFile(path, ssh.MarshalAuthorizedKey(certificate), 0o600)
}

func (s *Server) writeKnownHosts() error {
	var lines strings.Builder
	for _, key := range s.HostKeys {
		lines.WriteString(knownhosts.Line([]string{s.Address()}, key) + "\n")
	}
	s.KnownHosts = filepath.Join(s.folder, "known_hosts")
	return os.WriteFile(s.KnownHosts, []byte(lines.String()), 0o600)
}

// findProgram finds a program of OpenSSH, which is not always in PATH.
func findProgram(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, folder := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/lib/openssh", "/usr/libexec", "/usr/libexec/openssh", "/usr/lib/ssh"} {
		if path := filepath.Join(folder, name); isFile(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("OpenSSH's %s is not installed here (Debian: openssh-server)", name)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// NewKey makes a key pair; text is the private one, as OpenSSH writes it.
func NewKey(kind, passphrase string) (signer ssh.Signer, text string, err error) {
	var key crypto.PrivateKey
	switch kind {
	case RSA:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case ECDSA:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case Ed25519:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		err = fmt.Errorf("no such kind of key: %s", kind)
	}
	if err != nil {
		return nil, "", err
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		return nil, "", err
	}
	signer, err = ssh.NewSignerFromKey(key)
	return signer, string(pem.EncodeToMemory(block)), err
}

// logFile collects what the processes of a server say.
type logFile struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *logFile) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(b)
}

func (l *logFile) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}
