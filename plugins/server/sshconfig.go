package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/kevinburke/ssh_config"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/sshclient"
)

// readConfigs takes from the configuration files of OpenSSH what neither the URL nor
// an option says: for each word, the first file that has it counts.
func (s *sshSettings) readConfigs(config *sshclient.Config, c *channel) error {
	if !s.useConfig {
		return nil
	}
	paths, named := s.configs, true
	if len(paths) == 0 {
		paths, named = systemConfigs(), false
	}
	var files []*ssh_config.Config
	for _, path := range paths {
		path, err := expand(path)
		if err != nil {
			return err
		}
		file, err := parseConfig(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !named:
		case err != nil && !named:
			// It is fine for ssh, most likely: only this program does not understand it.
			s.client.Log.Warn("configuration of SSH " + path + " is not used: " + err.Error())
		case err != nil:
			return failure.Argumentf("configuration of SSH %s: %v", path, err).Hint(`Leave it out with --ssh-options=@json:'{"config":false}'`)
		default:
			files = append(files, file)
		}
	}
	lookup := func(word string) string {
		for _, file := range files {
			if value, err := file.Get(c.host, word); err == nil && value != "" {
				return value
			}
		}
		return ""
	}
	return s.takeConfig(config, c, lookup)
}

func (s *sshSettings) takeConfig(config *sshclient.Config, c *channel, lookup func(word string) string) error {
	for _, word := range []string{"ProxyJump", "ProxyCommand"} {
		if value := lookup(word); value != "" && !strings.EqualFold(value, "none") {
			s.client.Log.Warn("configuration of SSH: " + word + " of " + c.host + " is not followed, the connection is direct. Open a tunnel with ssh -L, and give its address")
		}
	}
	if !c.portGiven && s.client.Port == 0 {
		if err := wholeNumber(lookup, "Port", func(n int) { config.Port = n }); err != nil {
			return err
		}
	}
	if user := lookup("User"); user != "" && !c.userGiven && s.client.User == "" {
		config.User = user
	}
	if host := lookup("HostName"); host != "" && s.hostName == "" {
		s.hostName = strings.ReplaceAll(host, "%h", c.host)
	}
	if alias := lookup("HostKeyAlias"); alias != "" && config.Alias == "" {
		config.Alias = alias
	}
	if key := lookup("IdentityFile"); key != "" && len(s.keyPaths) == 0 && len(s.keyTexts) == 0 && !s.keysOnly {
		if path, err := expand(key); err == nil {
			if _, err := os.Stat(path); err == nil {
				s.keyPaths = []string{path}
			}
		}
	}
	if files := lookup("UserKnownHostsFile"); files != "" && len(s.knownHosts) == 0 {
		for _, file := range strings.Fields(files) {
			path, err := expand(strings.Trim(file, `"`))
			if err != nil {
				return err
			}
			s.knownHosts = append(s.knownHosts, path)
		}
	}
	if config.ConnectTimeout == 0 {
		if err := wholeNumber(lookup, "ConnectTimeout", func(n int) { config.ConnectTimeout = time.Duration(n) * time.Second }); err != nil {
			return err
		}
	}
	return nil
}

func wholeNumber(lookup func(string) string, word string, set func(int)) error {
	value := lookup(word)
	if value == "" {
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return failure.Argumentf("configuration of SSH: %s is %q, not a number", word, value)
	}
	set(n)
	return nil
}

// parseConfig reads a file. The library panics on some of what it does not know.
func parseConfig(path string) (config *ssh_config.Config, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if reason := recover(); reason != nil {
			config, err = nil, fmt.Errorf("%v", reason)
		}
	}()
	return ssh_config.DecodeBytes(text)
}

func systemConfigs() []string {
	system := "/etc/ssh"
	if runtime.GOOS == "windows" {
		system = filepath.Join(os.Getenv("ProgramData"), "ssh")
	}
	return []string{"~/.ssh/config", filepath.Join(system, "ssh_config")}
}
