package transferd

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
)

// config is the daemon's configuration file (spec transfer.md section 9.2).
type config struct {
	Address string `json:"address"`
	Port    int    `json:"port"`
	Runtime struct {
		UseEmbedded bool `json:"use_embedded"`
		UserDefined struct {
			Bin string `json:"bin"`
			Etc string `json:"etc"`
		} `json:"user_defined"`
	} `json:"fasp_runtime"`
}

// bin is the folder of ascp, etc that of its keys.
func (c config) bin() string { return c.Runtime.UserDefined.Bin }
func (c config) etc() string { return c.Runtime.UserDefined.Etc }

func readConfig(path string) (config, error) {
	if path == "" {
		return config{}, errors.New("name the configuration file: --config FILE")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return config{}, err
	}
	c, err := parseConfig(text)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func parseConfig(text []byte) (config, error) {
	var c config
	if err := json.Unmarshal(text, &c); err != nil {
		return c, err
	}
	// The protocol has no credentials: it is not for other machines.
	if ip := net.ParseIP(c.Address); ip == nil || !ip.IsLoopback() {
		return c, fmt.Errorf("address %q is not of loopback", c.Address)
	}
	switch {
	case c.Port < 0 || c.Port > 65535:
		return c, fmt.Errorf("port %d is none", c.Port)
	case c.Runtime.UseEmbedded:
		return c, errors.New("fasp_runtime.use_embedded: the stand-in has no embedded ascp")
	case c.bin() == "" || c.etc() == "":
		return c, errors.New("fasp_runtime.user_defined: bin and etc name the folders of ascp and its keys")
	}
	return c, nil
}
