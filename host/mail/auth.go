package mail

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/secret"
)

// logIn authenticates if the settings have a user and a password. Without
// encryption the password is sent all the same: tls and ssl say what is wanted.
func (c *Client) logIn(server *smtp.Client) error {
	s := c.Settings
	if s.Username == "" || s.Password == "" {
		return nil
	}
	_, parameters := server.Extension("AUTH")
	offered := strings.Fields(strings.ToUpper(parameters))
	switch {
	case slices.Contains(offered, "LOGIN"):
		return server.Auth(smtp.LoginAuth(s.Username, s.Password, s.Server, true))
	case slices.Contains(offered, "PLAIN"):
		return server.Auth(smtp.PlainAuth("", s.Username, s.Password, s.Server, true))
	case slices.Contains(offered, "CRAM-MD5"):
		return server.Auth(smtp.CRAMMD5Auth(s.Username, s.Password))
	}
	e := failure.Otherf("Net::SMTPUnsupportedCommand",
		"mail server %s offers no login with LOGIN, PLAIN or CRAM-MD5 (offered: %s)", c.address(), orNone(offered))
	return e.Hint("check tls, ssl and port of option smtp, or remove username and password if the server needs none")
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

// hidePassword takes the password out of an error, in the forms in which a
// server may repeat what it was sent.
func (c *Client) hidePassword(err error) error {
	s := c.Settings
	masker := secret.NewMasker(s.Password,
		base64.StdEncoding.EncodeToString([]byte(s.Password)),
		base64.StdEncoding.EncodeToString([]byte("\x00"+s.Username+"\x00"+s.Password)))
	e := failure.As(err)
	if s.Password == "" || e == nil || masker.Mask(e.Message) == e.Message {
		return err
	}
	// The cause holds the text of the server, too.
	return &failure.Error{Label: e.Label, Kind: e.Kind, Message: masker.Mask(e.Message), Hints: e.Hints}
}
