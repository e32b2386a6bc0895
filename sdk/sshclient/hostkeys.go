package sshclient

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// Policy says what to do with a server that no file of known hosts mentions. A
// server with another key than the file says is refused by all but AcceptAny.
type Policy string

const (
	// Strict refuses it. It is the default.
	Strict Policy = "strict"
	// AcceptNew writes its key to the first file.
	AcceptNew Policy = "accept-new"
	// AcceptAny trusts every key.
	AcceptAny Policy = "any"
)

// Policies lists them, the default one first.
func Policies() []string { return []string{string(Strict), string(AcceptNew), string(AcceptAny)} }

// notExpected is what ascp says with code 51 (spec/management.md 7).
const notExpected = "Remote host is not who we expected"

// HostKeys says how a server proves who it is.
type HostKeys struct {
	// Fingerprint, when set, decides alone: SHA-1 or SHA-256 of the key, see
	// parseFingerprint.
	Fingerprint string
	// Files of known hosts; empty: those of the user and of the system.
	Files  []string
	Policy Policy
}

// verifier judges the key of one server, in one or several attempts.
type verifier struct {
	config Config
	// algorithms are those to negotiate, nil for the library's choice.
	algorithms []string
	expected   *fingerprint
	known      *knownhosts.HostKeyDB
	files      []string
	// refusal is why the last key was refused.
	refusal *Error
	// seen are the fingerprints that did not match, with their kinds of keys.
	seen []string
	last ssh.PublicKey
}

func newVerifier(config Config) (*verifier, error) {
	v := &verifier{config: config, algorithms: config.HostKeyAlgorithms}
	switch {
	case config.HostKeys.Fingerprint != "":
		expected, err := parseFingerprint(config.HostKeys.Fingerprint)
		if err != nil {
			return nil, err
		}
		v.expected = &expected
		return v, nil
	case config.HostKeys.Policy == AcceptAny:
		return v, nil
	}
	return v, v.readFiles()
}

func (v *verifier) readFiles() error {
	v.files = v.config.HostKeys.Files
	if len(v.files) == 0 {
		v.files = defaultFiles()
	}
	existing := slices.DeleteFunc(slices.Clone(v.files), func(path string) bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	})
	db, err := knownhosts.NewDB(existing...)
	if err != nil {
		return errorf(Configuration, "cannot read the file of known hosts: %w", err)
	}
	v.known = db
	// The kinds of keys that are known come first: a server has several keys, and
	// one that is not in the file would look like a stranger's.
	if known := db.HostKeyAlgorithms(v.config.knownAs()); len(known) > 0 && v.algorithms == nil {
		v.algorithms = known
		for _, a := range ssh.SupportedAlgorithms().HostKeys {
			if !slices.Contains(known, a) {
				v.algorithms = append(v.algorithms, a)
			}
		}
	}
	return nil
}

// defaultFiles are those that OpenSSH reads.
func defaultFiles() []string {
	var files []string
	if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(home, ".ssh", "known_hosts"), filepath.Join(home, ".ssh", "known_hosts2"))
	}
	system := "/etc/ssh"
	if runtime.GOOS == "windows" {
		system = filepath.Join(os.Getenv("ProgramData"), "ssh")
	}
	return append(files, filepath.Join(system, "ssh_known_hosts"))
}

// check is called by the library with the key that the server has proved to have.
func (v *verifier) check(address string, remote net.Addr, key ssh.PublicKey) error {
	v.refusal, v.last = nil, key
	var refusal *Error
	switch {
	case v.expected != nil:
		if v.expected.matches(plainKey(key)) {
			return nil
		}
		v.seen = append(v.seen, ssh.FingerprintSHA256(plainKey(key))+" ("+key.Type()+")")
		refusal = errorf(HostKey, "%s: %s has none of the key that sshfp asks for, but %s", notExpected, v.config.address(), strings.Join(v.seen, ", "))
	case v.config.HostKeys.Policy == AcceptAny:
		return nil
	default:
		refusal = v.checkKnown(address, remote, key)
	}
	if refusal == nil {
		return nil
	}
	v.refusal = refusal
	return refusal
}

// plainKey is what fingerprints are made of: the key inside a certificate.
func plainKey(key ssh.PublicKey) ssh.PublicKey {
	if certificate, ok := key.(*ssh.Certificate); ok {
		return certificate.Key
	}
	return key
}

func (v *verifier) checkKnown(address string, remote net.Addr, key ssh.PublicKey) *Error {
	err := v.known.HostKeyCallback()(address, remote, key)
	var other *xknownhosts.KeyError
	var revoked *xknownhosts.RevokedError
	print := ssh.FingerprintSHA256(plainKey(key)) + " (" + key.Type() + ")"
	switch {
	case err == nil:
		return nil
	case errors.As(err, &revoked):
		return errorf(HostKey, "%s: the key %s of %s is revoked by %s:%d", notExpected, print, address, revoked.Revoked.Filename, revoked.Revoked.Line)
	case errors.As(err, &other) && len(other.Want) > 0:
		return v.changed(print, other.Want)
	case !knownhosts.IsHostUnknown(err):
		return errorf(HostKey, "%s: %w", notExpected, err)
	case v.config.HostKeys.Policy == AcceptNew:
		return v.remember(address, key)
	}
	unknown := errorf(HostKey, "%s is not a known host, its key is %s", address, print)
	unknown.Unknown = true
	return unknown.
		hint("If that is its fingerprint, accept it once: ssh-keyscan -p %d %s >> %s", v.config.Port, v.config.Host, v.files[0]).
		hint(`Or name the fingerprint: --ts=@json:'{"sshfp":"%s"}'`, ssh.FingerprintSHA256(plainKey(key)))
}

func (v *verifier) changed(print string, want []xknownhosts.KnownKey) *Error {
	var places []string
	for _, known := range want {
		places = append(places, fmt.Sprintf("%s:%d", known.Filename, known.Line))
	}
	slices.Sort(places)
	return errorf(HostKey, "%s: %s has the key %s, not the one of %s", notExpected, v.config.address(), print, strings.Join(places, ", ")).
		hint("Either the server was set up anew, or someone else answers in its place. If you know that it was, remove the line: ssh-keygen -R '%s' -f %s",
			knownhosts.Normalize(v.config.address()), want[0].Filename)
}

// tryOtherKind tells whether the server may have the expected key among its
// others: a fingerprint does not say of which kind its key is.
func (v *verifier) tryOtherKind() bool {
	if v.expected == nil || v.refusal == nil {
		return false
	}
	if v.algorithms == nil {
		v.algorithms = ssh.SupportedAlgorithms().HostKeys
	}
	kind := plainKey(v.last).Type()
	before := len(v.algorithms)
	v.algorithms = slices.DeleteFunc(slices.Clone(v.algorithms), func(a string) bool { return keyType(a) == kind })
	return len(v.algorithms) > 0 && len(v.algorithms) < before
}

// keyType is the type of the keys that an algorithm uses.
func keyType(algorithm string) string {
	algorithm = strings.TrimSuffix(algorithm, "-cert-v01@openssh.com")
	if algorithm == ssh.KeyAlgoRSASHA256 || algorithm == ssh.KeyAlgoRSASHA512 {
		return ssh.KeyAlgoRSA
	}
	return algorithm
}
