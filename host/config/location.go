package config

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// FileName is the name of the configuration file in the main folder.
const FileName = "config.yaml"

// LookupIn returns a function that finds the variables of an environment, as
// os.LookupEnv does those of the process.
func LookupIn(environ []string) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		for _, variable := range environ {
			if key, v, ok := strings.Cut(variable, "="); ok && key == name {
				return v, true
			}
		}
		return "", false
	}
}

// UserHome returns the home folder of the user: variable HOME, on Windows
// USERPROFILE first when that folder exists (spec/cli.md 1.5).
func UserHome(lookupEnv func(name string) (string, bool)) (string, error) {
	home, err := userHome(lookupEnv)
	if err != nil {
		return "", failure.Toolf("Home folder is unknown: %w. Set environment variable HOME.", err)
	}
	if !isFolder(home) {
		return "", failure.Toolf("Home folder does not exist: %s. Check your user environment.", home)
	}
	return home, nil
}

// DefaultFolder returns the default of option `home`, the main folder, for the
// home folder of a user (spec/cli.md 5.1).
func DefaultFolder(userHome string) string {
	return filepath.Join(userHome, ".aspera", "ascli")
}

// SDKFolder returns the default of option `sdk_folder` for the home folder of a
// user: ~/.aspera/sdk, or the place of older versions when only that exists
// (spec/transfer.md 15).
func SDKFolder(userHome string) string {
	folder := filepath.Join(userHome, ".aspera", "sdk")
	former := filepath.Join(DefaultFolder(userHome), "sdk")
	if !isFolder(folder) && isFolder(former) {
		return former
	}
	return folder
}

// DefaultFile returns the default of option `config_file` for a main folder.
func DefaultFile(folder string) string { return filepath.Join(folder, FileName) }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
