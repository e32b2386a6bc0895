//go:build !windows

package config

import "os/user"

func userHome(lookupEnv func(string) (string, bool)) (string, error) {
	if home, ok := lookupEnv("HOME"); ok && home != "" {
		return home, nil
	}
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.HomeDir, nil
}
