package synccmd

import (
	"context"
	"os/exec"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/plugins/transfer/program"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// status asks asyncadmin for the state of a session (spec/sync.md 5.1).
func status(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	s, err := sessionOf(inv)
	if err != nil {
		return nil, err
	}
	name, err := s.named()
	if err != nil {
		return nil, err
	}
	path, err := asyncadmin(inv)
	if err != nil {
		return nil, err
	}
	place := "--local-dir=" + s.path
	if s.dbFolder != "" {
		place = "--local-db-dir=" + s.dbFolder
	}
	out, err := program.Run(ctx, path, "--quiet", "--name="+name, place)
	if err != nil {
		return nil, err
	}
	if out.Status != 0 {
		return nil, failure.Otherf("RuntimeError", "process failed: %d : %s", out.Status, strings.TrimSpace(string(out.Stderr)))
	}
	return sdk.Object(parseStatus(string(out.Stdout))), nil
}

// asyncadmin finds the program in the PATH, else beside ascp.
func asyncadmin(inv *sdk.Invocation) (string, error) {
	if path, err := exec.LookPath(product.Asyncadmin); err == nil {
		return path, nil
	}
	if ascp, err := product.SearchWith(inv.Options).Locate(); err == nil {
		if path, err := ascp.Sibling(product.Asyncadmin); err == nil {
			return path, nil
		}
	}
	return "", failure.Otherf("Errno::ENOENT", "No such program in the PATH: %s", product.Asyncadmin).
		Hint("It comes with IBM Aspera High-Speed Transfer Server, in the folder of ascp: add that to the PATH")
}

// parseStatus reads lines `key: value`. A key without value collects the lines
// after it that have no colon.
func parseStatus(text string) *record.Object {
	status := record.New()
	list := ""
	for line := range strings.Lines(text) {
		line = strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "\uFFFD")
		key, value, isPair := strings.Cut(line, ":")
		key, value = strings.TrimLeft(key, " \t"), strings.TrimLeft(value, " \t")
		switch {
		case isPair && value == "":
			list = key
			status.Set(key, []any{})
		case isPair:
			list = ""
			status.Set(key, value)
		case status.Has(list):
			status.Set(list, append(status.List(list), key))
		}
	}
	return status
}
