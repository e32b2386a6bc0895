// Package sshclient opens connections to SSH servers: who the server is, who the
// user is, and that both are still there.
package sshclient

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"
)

// DefaultPort is that of SSH.
const DefaultPort = 22

const (
	defaultConnectTimeout = 15 * time.Second
	defaultKeepAlive      = 15 * time.Second
	defaultMisses         = 3
)

// Config says where to connect, as whom, and whom to trust. Zero values stand
// for the defaults.
type Config struct {
	Host string
	Port int
	User string

	// Password also answers the questions of keyboard-interactive.
	Password string
	// Keys are offered in order, before those of the ssh-agent.
	Keys []Key
	// Agent offers the keys of the user's ssh-agent; having none is no error.
	Agent bool
	// Ask asks the user for what the server wants to know, Prompts times at most; nil:
	// nobody is asked.
	Ask     func(ctx context.Context, question string, hidden bool) (string, error)
	Prompts int
	// Methods are the ways to log in that may be used, named as in RFC 4252; empty:
	// all.
	Methods []string

	HostKeys HostKeys
	// Alias is what the files of known hosts call the server; empty: by its address.
	Alias string
	// Ciphers, best first; empty: AES-128-GCM, for which processors have
	// instructions, before the others.
	Ciphers []string
	// KeyExchanges, MACs and HostKeyAlgorithms, best first; empty: those of the
	// library, and kinds of keys that are known of the server before the others.
	KeyExchanges, MACs, HostKeyAlgorithms []string

	// ConnectTimeout bounds the way to an authenticated connection.
	ConnectTimeout time.Duration
	// KeepAlive is for how long a silent server is left alone; after Misses of
	// such spans without a byte of it the connection is closed.
	KeepAlive time.Duration
	Misses    int

	// Dial opens the TCP connection, by a proxy maybe; nil: directly.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Log  *slog.Logger
}

// Client is an authenticated connection. Its errors after Dial are those of the
// ssh library; [Client.Lost] tells why the connection ended.
type Client struct {
	*ssh.Client
	life *life
	log  *slog.Logger
}

// Dial connects. Its errors are of type [*Error]; when ctx is done, the cause of
// that. The connection outlives ctx.
func Dial(ctx context.Context, config Config) (*Client, error) {
	config = config.withDefaults()
	methods, release, err := config.methods(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	verifier, err := newVerifier(config)
	if err != nil {
		return nil, err
	}
	for {
		client, err := config.connect(ctx, methods, verifier)
		if err == nil || ctx.Err() != nil || !verifier.tryOtherKind() {
			return client, err
		}
	}
}

func (c Config) withDefaults() Config {
	if c.Port == 0 {
		c.Port = DefaultPort
	}
	if c.ConnectTimeout <= 0 {
		c.ConnectTimeout = defaultConnectTimeout
	}
	if c.KeepAlive <= 0 {
		c.KeepAlive = defaultKeepAlive
	}
	if c.Misses <= 0 {
		c.Misses = defaultMisses
	}
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// knownAs is the address that stands for the server in files of known hosts, where
// an alias has no port.
func (c Config) knownAs() string {
	if c.Alias != "" {
		return net.JoinHostPort(c.Alias, strconv.Itoa(DefaultPort))
	}
	return c.address()
}

func (c Config) connect(ctx context.Context, methods []ssh.AuthMethod, verifier *verifier) (*Client, error) {
	dialing, cancel := context.WithTimeout(ctx, c.ConnectTimeout)
	defer cancel()
	raw, err := c.Dial(dialing, "tcp", c.address())
	if err != nil {
		return nil, c.classify(ctx, err, verifier)
	}
	conn := newLifeConn(raw)
	abort := context.AfterFunc(dialing, func() { _ = raw.Close() })
	packets := newStream(conn)
	sshConn, channels, requests, err := ssh.NewClientConn(packets, c.knownAs(), &ssh.ClientConfig{
		Config:            ssh.Config{Ciphers: c.Ciphers, KeyExchanges: c.KeyExchanges, MACs: c.MACs},
		User:              c.User,
		Auth:              methods,
		HostKeyCallback:   verifier.check,
		HostKeyAlgorithms: verifier.algorithms,
		ClientVersion:     "SSH-2.0-ascli",
	})
	if !abort() && err == nil {
		// The time was over in the very moment of success.
		err = errors.Join(context.Cause(dialing), sshConn.Close())
	}
	if err != nil {
		_ = packets.Close()
		if dialing.Err() != nil {
			err = context.Cause(dialing)
		}
		return nil, c.classify(ctx, err, verifier)
	}
	client := &Client{Client: ssh.NewClient(sshConn, channels, requests), log: c.Log}
	client.life = watch(client.Client, conn, c.KeepAlive, c.Misses)
	return client, nil
}

// Close ends the connection and all that uses it.
func (c *Client) Close() error {
	c.life.stop()
	err := c.Client.Close()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Lost returns why a connection that broke was given up: the server was silent.
// nil when it was not this side's decision.
func (c *Client) Lost() error { return c.life.reason() }

// Subsystem starts a subsystem of the server, such as "sftp", and returns the way
// to it. What it writes to standard error goes to the log.
func (c *Client) Subsystem(name string) (ssh.Channel, error) {
	channel, requests, err := c.OpenChannel("session", nil)
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(requests)
	go c.logLines(name, channel.Stderr())
	accepted, err := channel.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{name}))
	if err == nil && !accepted {
		err = errorf(Configuration, "the server has no subsystem %s", name)
	}
	if err != nil {
		return nil, errors.Join(err, channel.Close())
	}
	return channel, nil
}

// logLines reads to the end in any case: unread text would block the server.
func (c *Client) logLines(name string, text io.Reader) {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		c.log.Warn(name + ": " + strconv.QuoteToGraphic(lines.Text()))
	}
	_, _ = io.Copy(io.Discard, text)
}
