package server

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Schemes of option url.
const (
	schemeSSH   = "ssh"
	schemeLocal = "local"
	schemeHTTPS = "https"
)

// Options of the plugin.
const (
	optionURL        = "url"
	optionUsername   = "username"
	optionPassword   = "password"
	optionKeys       = "ssh_keys"
	optionPassphrase = "passphrase"
	optionSSH        = "ssh_options"
)

const (
	defaultSSHPort = 22
	defaultWSSPort = 443
)

// channel is how a server is reached, as option url and the credentials say
// (spec/plugins/server.md, "Choice of the channel from url").
type channel struct {
	scheme string
	// host and port are those of file operations.
	host string
	port int
	// portGiven and userGiven tell that they are no defaults.
	portGiven, userGiven bool
	// user and what proves who it is.
	user, password, passphrase string
	keys                       []string
	// spec is what transfers are based on.
	spec *record.Object
}

// hasFiles tells whether file operations are possible: a WebSocket is for
// transfers only.
func (c *channel) hasFiles() bool { return c.scheme != schemeHTTPS }

// openChannel decides from the options. Nothing is connected yet.
func openChannel(ctx context.Context, inv *sdk.Invocation) (*channel, error) {
	address, err := inv.Require(ctx, optionURL)
	if err != nil {
		return nil, err
	}
	target, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	c := &channel{scheme: target.Scheme, host: target.Hostname()}
	if target.Port() != "" {
		if c.port, err = strconv.Atoi(target.Port()); err != nil || c.port < 1 || c.port > 65535 {
			return nil, failure.Argumentf("port of url %s: expecting a number from 1 to 65535", address)
		}
		c.portGiven = true
	}
	switch {
	case c.scheme == schemeLocal:
		c.spec = record.New(transfer.FieldRemoteHost, "localhost")
		return c, nil
	case c.host == "":
		return nil, failure.Argumentf("no host in url %s: expecting ssh://<host>[:<port>]", address)
	case c.scheme == schemeHTTPS && hasToken(inv):
		c.port = orElse(c.port, defaultWSSPort)
		// ascp wants a user: that of tokens, whatever option username says.
		c.spec = record.New(transfer.FieldRemoteHost, c.host, transfer.FieldRemoteUser, transfer.DefaultUser,
			transfer.FieldWSSEnabled, true, transfer.FieldWSSPort, c.port)
		return c, nil
	case c.scheme == schemeHTTPS:
		c.scheme, c.port, c.portGiven = schemeSSH, transfer.DefaultSSHPort, true
		inv.Log.Warn("URL scheme is https but no token was provided in transfer spec.")
		inv.Log.Warn(`If you want to access the server, not using WSS for session, then use a URL with scheme "ssh" and proper SSH port`)
		inv.Log.Warn("Assuming proper URL is: ssh://" + net.JoinHostPort(c.host, strconv.Itoa(c.port)))
	case c.scheme != schemeSSH:
		inv.Log.Warn("Scheme [" + c.scheme + "] not supported in " + address + ", use one of: ssh, local, https. Defaulting to ssh.")
		c.scheme = schemeSSH
	}
	return c, c.authenticate(inv)
}

// parseAddress accepts "local:" and "host:port" besides URLs.
func parseAddress(address string) (*url.URL, error) {
	if !strings.Contains(address, ":") || (!strings.Contains(address, "://") && !strings.HasPrefix(address, schemeLocal+":")) {
		address = "//" + address
	}
	target, err := url.Parse(address)
	if err != nil {
		return nil, failure.Argumentf("malformed url %s: expecting ssh://<host>[:<port>], local: or https://<host>[:<port>]", address)
	}
	return target, nil
}

// authenticate takes the credentials of SSH, for files and for transfers.
func (c *channel) authenticate(inv *sdk.Invocation) error {
	c.user = inv.OptionText(optionUsername)
	c.userGiven = c.user != ""
	if !c.userGiven {
		inv.Log.Info("No username provided: Assuming default transfer user: " + transfer.DefaultUser)
		c.user = transfer.DefaultUser
	}
	c.spec = record.New(transfer.FieldRemoteHost, c.host, transfer.FieldRemoteUser, c.user)
	if c.port > 0 {
		c.spec.Set(transfer.FieldSSHPort, c.port)
	}
	c.port = orElse(c.port, defaultSSHPort)
	if c.password = inv.OptionText(optionPassword); c.password != "" {
		c.spec.Set(transfer.FieldRemotePassword, c.password)
	}
	if err := c.takeKeys(inv); err != nil {
		return err
	}
	if c.passphrase = inv.OptionText(optionPassphrase); c.passphrase != "" {
		c.spec.Set(transfer.FieldSSHPrivateKeyPassphrase, c.passphrase)
	}
	if c.password == "" && len(c.keys) == 0 && !hasToken(inv) {
		return failure.Otherf("RuntimeError", "Either password, key , or transfer spec token must be provided").
			Hint("Give --password or --ssh-keys, or a token with --ts.token")
	}
	return nil
}

// takeKeys reads the paths of the keys, and the content of the first one: a
// transfer has one key.
func (c *channel) takeKeys(inv *sdk.Invocation) error {
	paths, err := keyPaths(inv.Option(optionKeys))
	if err != nil || len(paths) == 0 {
		return err
	}
	c.keys = paths
	content, err := os.ReadFile(paths[0])
	if err != nil {
		return failure.Argumentf("%s: %w", optionKeys, err)
	}
	c.spec.Set(transfer.FieldSSHPrivateKey, strings.TrimSpace(string(content)))
	if len(paths) > 1 {
		inv.Log.Warn("Using only first SSH key for transfers")
	}
	return nil
}

// keyPaths reads the value of option ssh_keys: a path, or an array of paths.
func keyPaths(value any) ([]string, error) {
	var list []any
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		list = []any{v}
	case []any:
		list = v
	}
	var paths []string
	for _, item := range list {
		path, ok := item.(string)
		if !ok {
			return nil, failure.Argumentf("%s must be a path or an Array of paths, not of %s", optionKeys, record.TypeName(item))
		}
		path, err := expand(path)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// expand makes a path absolute; "~" is the home folder.
func expand(path string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", failure.Argumentf("%s: no home folder for %s: %w", optionKeys, path, err)
		}
		path = home + rest
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", failure.Argumentf("%s: %w", optionKeys, err)
	}
	return absolute, nil
}

// hasToken tells whether option ts has a token; an empty one counts.
func hasToken(inv *sdk.Invocation) bool {
	ts := inv.OptionObject("ts")
	if ts == nil {
		return false
	}
	value, _ := ts.Get(transfer.FieldToken)
	_, isText := value.(string)
	return isText
}

func orElse(port, fallback int) int {
	if port == 0 {
		return fallback
	}
	return port
}
