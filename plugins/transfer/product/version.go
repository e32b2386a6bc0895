package product

import (
	"context"
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/program"
	"github.com/ascli-go/ascli/sdk/failure"
)

// Arguments with which programs tell their version.
const (
	// AscpVersion is for ascp and its siblings.
	AscpVersion = "-A"
	// DaemonVersion is for the transfer daemon.
	DaemonVersion = "version"
)

var versionText = regexp.MustCompile(` version ([0-9.]+)`)

// Version asks a program for its version (spec/plugins/config.md 10.3).
func Version(ctx context.Context, path, argument string) (string, error) {
	out, err := program.Run(ctx, path, argument)
	if err != nil {
		return "", err
	}
	found := versionText.FindSubmatch(out.Stdout)
	if out.Status != 0 || found == nil {
		return "", failure.Otherf("RuntimeError", "An error occurred when testing %s: %s", path, out.Text()).
			Hint("Check that it is the program of an Aspera product, for this system")
	}
	return strings.TrimSuffix(string(found[1]), "."), nil
}
