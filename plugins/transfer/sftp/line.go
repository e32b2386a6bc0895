package sftp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
	"github.com/ascli-go/ascli/sdk/sshclient"
)

// line is one connection with its session.
type line struct {
	client  *sshclient.Client
	session *protocol.Session
	// ordered servers serve requests one after the other: what is missing of a file
	// is at its end.
	ordered bool
}

func (l *line) close() {
	_ = l.session.Close()
	_ = l.client.Close()
}

// dial opens a line. When ctx is done, the line is closed.
func (j *job) dial(ctx context.Context) (*line, error) {
	client, err := sshclient.Dial(ctx, j.login())
	if err != nil {
		return nil, connectionFailure(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	channel, err := client.Subsystem("sftp")
	if err == nil {
		var session *protocol.Session
		if session, err = protocol.Open(channel); err == nil {
			l := &line{client: client, session: session, ordered: strings.Contains(string(client.ServerVersion()), "OpenSSH")}
			if ctx.Err() == nil {
				return l, nil
			}
			l.close()
			return nil, context.Cause(ctx)
		}
	}
	_ = client.Close()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, connectionFailure(asFailure(err))
}

// asFailure gives a session that did not begin its kind.
func asFailure(err error) error {
	var known *sshclient.Error
	if errors.As(err, &known) {
		return err
	}
	kind := sshclient.Connection
	if errors.Is(err, protocol.ErrNotSFTP) {
		kind = sshclient.Configuration
	}
	return &sshclient.Error{Kind: kind, Message: err.Error(), Cause: err}
}

// login is how the client connects.
func (j *job) login() sshclient.Config {
	l := j.spec.login
	config := sshclient.Config{
		Host: l.host, Port: l.port, User: l.user, Password: l.password,
		HostKeys:       sshclient.HostKeys{Fingerprint: l.fingerprint, Files: j.params.knownHosts, Policy: sshclient.Policy(j.params.hostCheck)},
		Ciphers:        ciphers(l.cipher),
		ConnectTimeout: j.params.connectTimeout, KeepAlive: j.params.keepAlive, Log: j.log,
	}
	if l.keyText != "" {
		config.Keys = append(config.Keys, sshclient.Key{PEM: l.keyText, Passphrase: l.passphrase})
	}
	if l.keyPath != "" {
		config.Keys = append(config.Keys, sshclient.Key{Path: l.keyPath, Passphrase: l.passphrase})
	}
	config.Agent = len(config.Keys) == 0 && l.password == ""
	if j.params.sshAgent != nil {
		config.Agent = *j.params.sshAgent
	}
	return config
}

// ciphers are those of the size that the user chose, nil for the client's choice;
// SSH has no connection without one.
func ciphers(choice string) []string {
	_, size, chosen := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(choice, "-cfb"), "-gcm"), "-")
	if !chosen {
		return nil
	}
	all := ssh.SupportedAlgorithms().Ciphers
	return slices.DeleteFunc(all, func(name string) bool { return !strings.HasPrefix(name, "aes"+size) })
}
