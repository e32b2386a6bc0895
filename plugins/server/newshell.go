package server

import (
	"context"
	"net"
	"os"
	"slices"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/sshclient"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// newShell makes what does the operations on files of a channel.
func newShell(c *channel, inv *sdk.Invocation) (shell, error) {
	if c.scheme == schemeLocal {
		return localShell{}, nil
	}
	settings, warnings, err := readSSHOptions(inv.OptionObject(optionSSH))
	if err != nil {
		return nil, err
	}
	for _, w := range warnings {
		inv.Log.Warn(w)
	}
	settings.client.Log = inv.Log
	config, err := settings.merge(c)
	if err != nil {
		return nil, err
	}
	// A fingerprint that transfers must find holds for files as well.
	if ts := inv.OptionObject("ts"); ts != nil {
		config.HostKeys.Fingerprint = ts.Text(transfer.FieldSSHFingerprint)
	}
	if inv.Flag("interactive") && !settings.silent {
		config.Ask = func(ctx context.Context, question string, hidden bool) (string, error) {
			return inv.Host.Prompt(ctx, question, hidden)
		}
	}
	return &sshShell{config: config, env: settings.environment(), log: inv.Log, systemLog: inv.OptionText("logger") == "syslog"}, nil
}

// never is longer than any connection lasts.
const never = 10 * 365 * 24 * time.Hour

// merge completes the parameters of SSH with what the channel says, which has more
// weight.
func (s sshSettings) merge(c *channel) (sshclient.Config, error) {
	config := s.client
	config.Host = c.host
	if c.portGiven || config.Port == 0 {
		config.Port = c.port
	}
	if c.userGiven || config.User == "" {
		config.User = c.user
	}
	if c.password != "" {
		config.Password = c.password
	}
	if c.passphrase != "" {
		s.passphrase = c.passphrase
	}
	if len(c.keys) > 0 {
		s.keyPaths = c.keys
	}
	if err := s.readConfigs(&config, c); err != nil {
		return config, err
	}
	if s.hostName != "" {
		if config.Alias == "" {
			config.Alias = c.host
		}
		config.Host = s.hostName
	}
	if err := s.addKeys(&config); err != nil {
		return config, err
	}
	config.Prompts = int(s.prompts)
	config.Agent = s.useAgent && !s.keysOnly
	config.HostKeys = s.hostKeys(config)
	config.KeepAlive, config.Misses = s.keepAliveInterval, int(s.keepAliveCount)
	if !s.keepAlive {
		config.KeepAlive = never
	}
	if s.bind != "" {
		config.Dial = (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(s.bind)}}).DialContext
	}
	return config, nil
}

// addKeys adds the keys that are named, else the usual ones of the user.
func (s sshSettings) addKeys(config *sshclient.Config) error {
	for _, text := range s.keyTexts {
		config.Keys = append(config.Keys, sshclient.Key{PEM: text, Passphrase: s.passphrase})
	}
	for _, path := range s.keyPaths {
		path, err := expand(path)
		if err != nil {
			return err
		}
		config.Keys = append(config.Keys, sshclient.Key{Path: path, Passphrase: s.passphrase})
	}
	if len(config.Keys) == 0 && !s.keysOnly {
		config.Keys = defaultKeys(s.passphrase)
	}
	return nil
}

// enableEd25519 is the environment variable by which users of earlier versions leave
// a kind of keys out that these could not read.
const enableEd25519 = "ASCLI_ENABLE_ED25519"

// defaultKeys are the files that users keep their keys in. Those that cannot be
// used, without their passphrase for one, are nobody's mistake.
func defaultKeys(passphrase string) []sshclient.Key {
	var keys []sshclient.Key
	for _, folder := range []string{"~/.ssh/", "~/.ssh2/"} {
		for _, name := range []string{"id_ed25519", "id_rsa", "id_dsa", "id_ecdsa"} {
			path, err := expand(folder + name)
			if err != nil || name == "id_ed25519" && os.Getenv(enableEd25519) == "false" {
				continue
			}
			content, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			if _, err := sshclient.ParseKey(string(content), passphrase); err == nil {
				keys = append(keys, sshclient.Key{PEM: string(content), Passphrase: passphrase})
			}
		}
	}
	return keys
}

// hostKeys says how the server is to prove who it is.
func (s sshSettings) hostKeys(config sshclient.Config) sshclient.HostKeys {
	trust := sshclient.HostKeys{Files: s.knownHosts}
	switch s.verify {
	case verifyNever:
		trust.Policy = sshclient.AcceptAny
	case verifyAlways:
		trust.Policy = sshclient.Strict
	case verifyNew:
		trust.Policy = sshclient.AcceptNew
	default:
		trust.Policy = sshclient.AcceptNew
		// Behind another port of this machine is the end of a tunnel, now to one
		// server and then to another.
		if slices.Contains([]string{"127.0.0.1", "::1"}, config.Host) && config.Port != sshclient.DefaultPort {
			trust.Policy = sshclient.AcceptAny
		}
	}
	return trust
}

// environment is what the program on the server gets to know.
func (s sshSettings) environment() map[string]string {
	env := map[string]string{}
	for _, name := range s.sendEnv {
		if value, ok := os.LookupEnv(name); ok {
			env[name] = value
		}
	}
	for name, value := range s.setEnv {
		env[name] = value
	}
	return env
}
