package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/ascli-go/ascli/sdk/failure"
)

// defaultTimeout is how long a server may take for one step: half of what RFC
// 5321 section 4.5.3.2 grants to most, as somebody waits.
const defaultTimeout = time.Minute

// Client sends mail through one server. It keeps no connection.
type Client struct {
	Settings *Settings
	// TLS tells whom to trust; nil: the system's authorities. ServerName is
	// that of the settings unless set.
	TLS *tls.Config
	// Timeout bounds connecting, the TLS handshake, and each time that the
	// server keeps silent or takes no data. Zero: a minute.
	Timeout time.Duration
}

// Send hands over one message, header included, for the recipient to. Errors
// name the server and never show the password.
func (c *Client) Send(ctx context.Context, to, text string) error {
	e, err := c.seal(to, text)
	if err != nil {
		return err
	}
	if err := c.deliver(ctx, e); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return fmt.Errorf("mail through %s: %w", c.address(), cause)
		}
		return c.hidePassword(err)
	}
	return nil
}

// envelope is an encoded message with the addresses that the server goes by.
type envelope struct {
	from, to, data string
	// utf8 tells that an address is outside ASCII.
	utf8 bool
}

func (c *Client) seal(to, text string) (*envelope, error) {
	if err := checkAddress("to", to); err != nil {
		return nil, err
	}
	if err := checkAddress(fieldFromEmail, c.Settings.FromEmail); err != nil {
		return nil, err
	}
	m, err := parse(text)
	if err != nil {
		return nil, err
	}
	data, err := m.encode()
	if err != nil {
		return nil, err
	}
	header, _ := split(data)
	return &envelope{
		from: c.Settings.FromEmail, to: to, data: data, utf8: !isASCII(c.Settings.FromEmail + to + header),
	}, nil
}

// checkAddress refuses what would end an address in the dialogue with the server.
func checkAddress(name, address string) error {
	if address == "" {
		return failure.Toolf("Missing email parameter: %s in config", name)
	}
	if strings.ContainsFunc(address, isBlankOrControl) || strings.ContainsAny(address, "<>,;") {
		return failure.Argumentf("email parameter %s must be one address such as joe@example.com: %q", name, address)
	}
	return nil
}

func (c *Client) address() string {
	return net.JoinHostPort(c.Settings.Server, strconv.Itoa(c.Settings.Port))
}

// deliver holds the dialogue with the server.
func (c *Client) deliver(ctx context.Context, e *envelope) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	server, err := smtp.NewClient(conn, c.Settings.Server)
	if err != nil {
		return c.stepError("the connection", err)
	}
	server.SkipSMTPUTF8(!e.utf8)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"EHLO", func() error { return server.Hello(c.Settings.Domain) }},
		{"STARTTLS", func() error { return c.startTLS(server) }},
		{"the login of " + c.Settings.Username, func() error { return c.logIn(server) }},
		{"sender " + e.from, func() error { return c.sender(server, e) }},
		{"recipient " + e.to, func() error { return server.Rcpt("<" + e.to + ">") }},
		{"the message", func() error { return sendData(server, e.data) }},
	} {
		if err := step.do(); err != nil {
			return c.stepError(step.name, err)
		}
	}
	// The message is the server's now, whatever it says to this.
	_ = server.Quit()
	return nil
}

func (c *Client) startTLS(server *smtp.Client) error {
	if !c.Settings.TLS {
		return nil
	}
	if offered, _ := server.Extension("STARTTLS"); !offered {
		return failure.Otherf("Net::SMTPUnsupportedCommand", "mail server %s does not offer STARTTLS", c.address()).
			Hint(`check port of option smtp; "ssl":true is for a server that starts with TLS, "tls":false sends mail and password unencrypted`)
	}
	return server.StartTLS(c.tlsConfig())
}

func (c *Client) sender(server *smtp.Client, e *envelope) error {
	if offered, _ := server.Extension("SMTPUTF8"); e.utf8 && !offered {
		return failure.Otherf("Net::SMTPUnsupportedCommand",
			"mail server %s takes no addresses outside ASCII (%s to %s)", c.address(), e.from, e.to)
	}
	return server.Mail("<" + e.from + ">")
}

func sendData(server *smtp.Client, data string) error {
	w, err := server.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, data); err != nil {
		return err
	}
	return w.Close()
}
