package sshclient

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

func FuzzFingerprint(f *testing.F) {
	f.Add("da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09")
	f.Add("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")
	f.Add("zoo")
	f.Fuzz(func(t *testing.T, text string) {
		print, err := parseFingerprint(text)
		if err != nil {
			return
		}
		// What was read can be written again.
		again, err := parseFingerprint(hex.EncodeToString(print.sum))
		if err != nil || string(again.sum) != string(print.sum) {
			t.Errorf("%q gives %x, then %x, %v", text, print.sum, again.sum, err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, passphrase := range []string{"", "p"} {
		_, text, err := sshdtest.NewKey(sshdtest.Ed25519, passphrase)
		if err != nil {
			f.Fatal(err)
		}
		// The slow derivation of keys is no part of this.
		if passphrase == "" {
			f.Add(text, passphrase)
		}
	}
	f.Add("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "p")
	f.Fuzz(func(t *testing.T, text, passphrase string) {
		if len(passphrase) > 0 && strings.Contains(text, "OPENSSH") {
			passphrase = ""
		}
		signer, err := ParseKey(text, passphrase)
		if (signer == nil) == (err == nil) {
			t.Errorf("got %v, %v", signer, err)
		}
	})
}
