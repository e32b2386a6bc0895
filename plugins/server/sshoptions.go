package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sshclient"
)

// Values of verify_host_key, with their former names (spec/plugins/server.md, "SSH
// options").
const (
	verifyNever      = "never"
	verifyNewOrLocal = "accept_new_or_local_tunnel"
	verifyNew        = "accept_new"
	verifyAlways     = "always"
)

// sshSettings are what option ssh_options says; those that options of their own say
// as well have less weight.
type sshSettings struct {
	client sshclient.Config
	// keyPaths and passphrase are for keys.
	keyPaths   []string
	passphrase string
	keyTexts   []string
	keysOnly   bool
	verify     string
	knownHosts []string
	useAgent   bool
	prompts    int64
	silent     bool
	// useConfig reads the configuration files of OpenSSH.
	useConfig bool
	configs   []string
	hostName  string
	bind      string
	setEnv    map[string]string
	sendEnv   []string
	// keepAlive, timeout: seconds.
	keepAlive         bool
	keepAliveInterval time.Duration
	keepAliveCount    int64
}

// sshParameter is a key of option ssh_options.
type sshParameter struct {
	name, kind, help string
	set              func(s *sshSettings, value any) error
}

// sshParameters are those that have an effect.
func sshParameters() []sshParameter {
	return []sshParameter{
		{"timeout", "number", "Seconds to connect and log in.\nDefault: 15.", seconds(func(s *sshSettings) *time.Duration { return &s.client.ConnectTimeout })},
		{"port", "int", "Port, if the URL has none.", integer(func(s *sshSettings, n int64) { s.client.Port = int(n) })},
		{"user", "string", "User, if option username has none.", textual(func(s *sshSettings, v string) { s.client.User = v })},
		{"password", "string", "Password, if option password has none.", textual(func(s *sshSettings, v string) { s.client.Password = v })},
		{"keys", "array", "Paths of private keys, if option ssh_keys has none.", textuals(func(s *sshSettings, v []string) { s.keyPaths = v })},
		{"key_data", "array", "Private keys in PEM.", textuals(func(s *sshSettings, v []string) { s.keyTexts = v })},
		{"keys_only", "bool", "Use no other keys than those given: neither default files nor ssh-agent.", flag(func(s *sshSettings, v bool) { s.keysOnly = v })},
		{"passphrase", "string", "Passphrase of the keys, if option passphrase has none.", textual(func(s *sshSettings, v string) { s.passphrase = v })},
		{"use_agent", "bool", "Use the keys of the ssh-agent.\nDefault: true.", flag(func(s *sshSettings, v bool) { s.useAgent = v })},
		{"auth_methods", "array", "Ways to log in, of: none, publickey, password, keyboard-interactive.", textuals(func(s *sshSettings, v []string) { s.client.Methods = v })},
		{"number_of_password_prompts", "int", "How often a password is asked for.\nDefault: 3.", integer(func(s *sshSettings, n int64) { s.prompts = n })},
		{"non_interactive", "bool", "Ask for nothing.", flag(func(s *sshSettings, v bool) { s.silent = v })},
		{"verify_host_key", "string", "What to do with the key of the server: never check it; accept_new: remember an unknown one; always: refuse an unknown one.\n" +
			"accept_new_or_local_tunnel is accept_new, but does not check 127.0.0.1 and ::1 on other ports than 22.\nDefault: accept_new_or_local_tunnel.", setVerify},
		{"paranoid", "string", "Former name of verify_host_key.", setVerify},
		{"user_known_hosts_file", "array", "Files of known hosts; the first one takes new ones.", textuals(func(s *sshSettings, v []string) { s.knownHosts = append(v, s.knownHosts...) })},
		{"global_known_hosts_file", "array", "More files of known hosts.", textuals(func(s *sshSettings, v []string) { s.knownHosts = append(s.knownHosts, v...) })},
		{"host_key_alias", "string", "Name of the server in the files of known hosts.", textual(func(s *sshSettings, v string) { s.client.Alias = v })},
		{"host_name", "string", "Address to connect to, if it is not that of the URL.", textual(func(s *sshSettings, v string) { s.hostName = v })},
		{"bind_address", "string", "Local address to connect from.", textual(func(s *sshSettings, v string) { s.bind = v })},
		{"keepalive", "bool", "Ask a silent server whether it is there.\nDefault: true.", flag(func(s *sshSettings, v bool) { s.keepAlive = v })},
		{"keepalive_interval", "number", "After how many seconds of silence.\nDefault: 15.", seconds(func(s *sshSettings) *time.Duration { return &s.keepAliveInterval })},
		{"keepalive_maxcount", "int", "After how many questions without answer to give up.\nDefault: 3.", integer(func(s *sshSettings, n int64) { s.keepAliveCount = n })},
		{"encryption", "array", "Ciphers, best first.", textuals(func(s *sshSettings, v []string) { s.client.Ciphers = v })},
		{"kex", "array", "Key exchanges, best first.", textuals(func(s *sshSettings, v []string) { s.client.KeyExchanges = v })},
		{"hmac", "array", "Message authentication codes, best first.", textuals(func(s *sshSettings, v []string) { s.client.MACs = v })},
		{"host_key", "array", "Kinds of keys of servers, best first.", textuals(func(s *sshSettings, v []string) { s.client.HostKeyAlgorithms = v })},
		{"set_env", "hash", "Environment variables for the program on the server.", setEnv},
		{"send_env", "array", "Names of variables of this environment for the program on the server.", textuals(func(s *sshSettings, v []string) { s.sendEnv = v })},
		{"config", "bool, string, array", "Read the configuration of OpenSSH: its own files, or those named.\nDefault: true.", setConfig},
	}
}

// inertParameters are names that the original knows and that change nothing here:
// they tune its library, or name what the SSH library here does not have.
var inertParameters = []string{
	"agent_socket_factory", "append_all_supported_algorithms", "check_host_ip", "compression", "compression_level", "fingerprint_hash", "forward_agent",
	"keycerts", "known_hosts", "languages", "logger", "max_pkt_size", "max_win_size", "minimum_dh_bits", "password_prompt", "properties", "proxy",
	"rekey_blocks_limit", "rekey_limit", "rekey_packet_limit", "remote_user", "verbose",
}

func sshSchema() []sdk.Field {
	var fields []sdk.Field
	for _, p := range sshParameters() {
		fields = append(fields, sdk.Field{Name: p.name, Type: p.kind, Description: p.help})
	}
	return fields
}

// readSSHOptions takes option ssh_options. The warnings name keys that change
// nothing.
func readSSHOptions(options *record.Object) (s sshSettings, warnings []string, err error) {
	s = sshSettings{useAgent: true, useConfig: true, prompts: 3, verify: verifyNewOrLocal, keepAlive: true}
	if options == nil {
		return s, nil, nil
	}
	known := sshParameters()
	for name, value := range options.All() {
		at := slices.IndexFunc(known, func(p sshParameter) bool { return p.name == name })
		switch {
		case at >= 0 && value != nil:
			if err := known[at].set(&s, value); err != nil {
				return s, nil, failure.Argumentf("%s.%s: %w", optionSSH, name, err)
			}
		case at >= 0:
		case slices.Contains(inertParameters, name):
			warnings = append(warnings, optionSSH+": "+name+" has no effect")
		default:
			warnings = append(warnings, fmt.Sprintf("%s: invalid option(s): %s. See --ssh-options=help", optionSSH, name))
		}
	}
	return s, warnings, nil
}

func textual(set func(*sshSettings, string)) func(*sshSettings, any) error {
	return func(s *sshSettings, value any) error {
		v, ok := value.(string)
		if !ok {
			return unexpected("a string", value)
		}
		set(s, v)
		return nil
	}
}

// textuals takes an array of strings, or one string with commas.
func textuals(set func(*sshSettings, []string)) func(*sshSettings, any) error {
	return func(s *sshSettings, value any) error {
		if one, ok := value.(string); ok {
			if strings.Contains(one, "-----BEGIN") {
				set(s, []string{one})
			} else {
				set(s, strings.FieldsFunc(one, func(r rune) bool { return r == ',' }))
			}
			return nil
		}
		list, ok := value.([]any)
		if !ok {
			return unexpected("an array of strings", value)
		}
		var texts []string
		for _, item := range list {
			v, ok := item.(string)
			if !ok {
				return unexpected("an array of strings", value)
			}
			texts = append(texts, v)
		}
		set(s, texts)
		return nil
	}
}

// flag takes a boolean, or the words yes and no.
func flag(set func(*sshSettings, bool)) func(*sshSettings, any) error {
	return func(s *sshSettings, value any) error {
		switch value {
		case true, "true", "yes":
			set(s, true)
		case false, "false", "no":
			set(s, false)
		default:
			return unexpected("a boolean", value)
		}
		return nil
	}
}

func integer(set func(*sshSettings, int64)) func(*sshSettings, any) error {
	return func(s *sshSettings, value any) error {
		n, err := number(value).Int64()
		if err != nil || n < 0 || n > 65535 {
			return unexpected("a whole number from 0 to 65535", value)
		}
		set(s, n)
		return nil
	}
}

func seconds(target func(*sshSettings) *time.Duration) func(*sshSettings, any) error {
	const longest = 24 * 3600
	return func(s *sshSettings, value any) error {
		n, err := number(value).Float64()
		if err != nil || n <= 0 || n > longest {
			return unexpected("a number of seconds", value)
		}
		*target(s) = time.Duration(n * float64(time.Second))
		return nil
	}
}

// number reads a number; on the command line, --ssh-options.timeout=5 is a text.
func number(value any) json.Number {
	switch v := value.(type) {
	case json.Number:
		return v
	case string:
		return json.Number(v)
	}
	return ""
}

func setVerify(s *sshSettings, value any) error {
	words := map[any]string{
		false: verifyNever, true: verifyNewOrLocal, "false": verifyNever, "true": verifyNewOrLocal, "secure": verifyAlways, "very": verifyAlways,
		verifyNever: verifyNever, verifyNewOrLocal: verifyNewOrLocal, verifyNew: verifyNew, verifyAlways: verifyAlways,
	}
	switch value.(type) {
	case string, bool:
		if word, ok := words[value]; ok {
			s.verify = word
			return nil
		}
	}
	return unexpected(strings.Join([]string{verifyNever, verifyNewOrLocal, verifyNew, "or " + verifyAlways}, ", "), value)
}

func setEnv(s *sshSettings, value any) error {
	object, ok := value.(*record.Object)
	if !ok {
		return unexpected("an object", value)
	}
	s.setEnv = map[string]string{}
	for name, v := range object.All() {
		text, isText := v.(string)
		if !isText {
			text = string(record.JSON(v))
		}
		s.setEnv[name] = text
	}
	return nil
}

func setConfig(s *sshSettings, value any) error {
	if flag(func(s *sshSettings, v bool) { s.useConfig = v })(s, value) == nil {
		return nil
	}
	return textuals(func(s *sshSettings, v []string) { s.configs = v })(s, value)
}

func unexpected(wanted string, value any) error {
	if _, isText := value.(string); isText {
		// It may be a secret under a wrong name.
		return fmt.Errorf("expecting %s", wanted)
	}
	return fmt.Errorf("expecting %s, got %s", wanted, record.TypeName(value))
}
