package testscripts

import (
	"context"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ascli-go/ascli/testscripts/world"
)

// ownSandbox [FLAGS...] starts a sandbox for the script alone, in folder
// "sandbox", and makes its configuration file that of ascli. It ends with the
// script.
func ownSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: ownsandbox [FLAGS...]")
	}
	sandbox, err := world.Start(context.Background(), shared.bin, ts.MkAbs("sandbox"), args...)
	ts.Check(err)
	ts.Defer(func() { ts.Check(sandbox.Stop()) })
	ts.Setenv("ASCLI_CONFIG_FILE", sandbox.Config)
}
