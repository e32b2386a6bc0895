package config

import (
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/sdk/failure"
)

// FileName is the name of the configuration file in the main folder.
const FileName = "config.yaml"

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

// DefaultFile returns the default of option `config_file` for a main folder.
func DefaultFile(folder string) string { return filepath.Join(folder, FileName) }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
