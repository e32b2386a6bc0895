package failure_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
)

func TestErrorsKeepTheirCause(t *testing.T) {
	err := fmt.Errorf("while listing: %w", failure.Otherf("Errno::ENOENT", "cannot read it: %w", fs.ErrNotExist).Hint("make %s", "it"))
	found := failure.As(err)
	if found == nil || found.Label != failure.Other || found.Kind != "Errno::ENOENT" || found.Hints[0] != "make it" {
		t.Fatalf("got %+v", found)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if found.Error() != "cannot read it: file does not exist" {
		t.Errorf("message %q", found)
	}
	if failure.As(fs.ErrNotExist) != nil {
		t.Error("an error without label has one")
	}
}

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		name    string
		label   failure.Label
		message string
		want    []string // parts of each line
	}{
		{"host key", failure.Transfer, "Remote host is not who we expected", []string{`--ts=@json:'{"sshfp":null}'`}},
		{"clock", failure.Rest, "Signature has expired\nh 401 Unauthorized", []string{"time synchronization"}},
		{"certificate, two texts, one line", failure.SSL, "certificate verify failed (h does not match the server certificate)", []string{"--insecure=yes"}},
		{"key is a path", failure.Argument, "Neither PUB key nor PRIV key", []string{"@file:"}},
		{"other label", failure.Argument, "certificate verify failed", nil},
		{"unknown error", failure.Rest, "h 404 Not Found", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := failure.Advice(c.label, c.message)
			if len(lines) != len(c.want) {
				t.Fatalf("got %q", lines)
			}
			for i, line := range lines {
				if !strings.Contains(line, c.want[i]) {
					t.Errorf("line %q lacks %q", line, c.want[i])
				}
			}
		})
	}
}
