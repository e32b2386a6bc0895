package config

import "os/user"

func userHome(lookupEnv func(string) (string, bool)) (string, error) {
	if profile, ok := lookupEnv("USERPROFILE"); ok && isFolder(profile) {
		return profile, nil
	}
	if home, ok := lookupEnv("HOME"); ok && home != "" {
		return home, nil
	}
	drive, _ := lookupEnv("HOMEDRIVE")
	if path, ok := lookupEnv("HOMEPATH"); ok && path != "" {
		return drive + path, nil
	}
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.HomeDir, nil
}
