package testscripts

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

// received ADDRESS FILE copies the last mail that the sandbox got for an address
// to a file, as it was sent but with the line ends of text files.
func received(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: received ADDRESS FILE")
	}
	// The names of the files begin with the time.
	mails, err := filepath.Glob(filepath.Join(shared.sandbox.Mail, "*.eml"))
	ts.Check(err)
	for _, mail := range slices.Backward(mails) {
		content, err := os.ReadFile(mail)
		ts.Check(err)
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
		envelope := []byte("Delivered-To: " + args[0] + "\n")
		if _, message, found := bytes.Cut(content, envelope); found {
			ts.Check(os.WriteFile(ts.MkAbs(args[1]), message, 0o600))
			return
		}
	}
	ts.Fatalf("no mail for %s", args[0])
}
