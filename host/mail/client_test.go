package mail_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/host/mail"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	password = "demo password"
	text     = "Subject: test\n\nhello\n"
)

func resolve(t *testing.T, option *record.Object) *mail.Settings {
	t.Helper()
	settings, err := mail.Resolve(option)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// client trusts a server.
func client(t *testing.T, s *server, pairs ...any) *mail.Client {
	t.Helper()
	return &mail.Client{
		Settings: resolve(t, s.option(pairs...)),
		TLS:      &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12},
		// Long enough for a slow machine: no test waits for it.
		Timeout: time.Minute,
	}
}

func TestDialogue(t *testing.T) {
	login := []any{"username", "joe", "password", password}
	for _, c := range []struct {
		name   string
		server server
		fields []any
		want   string
	}{
		{"no encryption", server{}, []any{"tls", false}, "EHLO example.com"},
		{"TLS from the start", server{implicit: true}, []any{"ssl", true}, "EHLO example.com"},
		{"STARTTLS", server{startTLS: true}, []any{"domain", "client.example.com"},
			"EHLO client.example.com\nSTARTTLS\nEHLO client.example.com"},
		{"STARTTLS as the word yes", server{startTLS: true}, []any{"tls", "yes"}, "EHLO example.com\nSTARTTLS\nEHLO example.com"},
		{"LOGIN is preferred", server{startTLS: true, extensions: []string{"AUTH CRAM-MD5 PLAIN LOGIN"}}, login,
			"EHLO example.com\nSTARTTLS\nEHLO example.com\nAUTH LOGIN\njoe\ndemo password"},
		{"PLAIN", server{implicit: true, extensions: []string{"AUTH PLAIN CRAM-MD5"}}, append([]any{"ssl", true}, login...),
			"EHLO example.com\nAUTH PLAIN AGpvZQBkZW1vIHBhc3N3b3Jk"},
		{"CRAM-MD5, without encryption", server{extensions: []string{"AUTH CRAM-MD5"}},
			// The example of RFC 2195.
			[]any{"tls", false, "username", "tim", "password", "tanstaaftanstaaf"},
			"EHLO example.com\nAUTH CRAM-MD5\ntim b913a602c7eda7a495b4e6e7334d3890"},
		{"user without password", server{}, []any{"tls", false, "username", "joe"}, "EHLO example.com"},
		{"a server that knows no EHLO", server{replies: map[string]string{"EHLO": "502 what?"}}, []any{"tls", false},
			"EHLO example.com\nHELO example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.server.start(t)
			if err := client(t, s, c.fields...).Send(t.Context(), "dest@example.com", text); err != nil {
				t.Fatal(err)
			}
			want := c.want + "\nMAIL FROM:<joe@example.com>\nRCPT TO:<dest@example.com>\nDATA\nQUIT"
			if got := s.log(); got != want {
				t.Errorf("the client said\n%s\nnot\n%s", got, want)
			}
			if want := "Subject: test\r\n\r\nhello\r\n.\r\n"; s.data != want {
				t.Errorf("message is %q", s.data)
			}
		})
	}
}

func TestMessageOnTheWire(t *testing.T) {
	s := (&server{extensions: []string{"SMTPUTF8", "8BITMIME"}}).start(t)
	err := client(t, s, "tls", false).Send(t.Context(), "dest@example.com", "Subject: test\n\n.\n..two\nend")
	if err != nil {
		t.Fatal(err)
	}
	if want := "Subject: test\r\n\r\n..\r\n...two\r\nend\r\n.\r\n"; s.log() == "" || s.data != want {
		t.Errorf("got %q, want %q", s.data, want)
	}
	if log := s.log(); !strings.Contains(log, "MAIL FROM:<joe@example.com> BODY=8BITMIME\n") {
		t.Errorf("the client said\n%s", log)
	}
}

func TestAddressOutsideASCII(t *testing.T) {
	s := (&server{extensions: []string{"SMTPUTF8"}}).start(t)
	if err := client(t, s, "tls", false).Send(t.Context(), "zoë@example.com", text); err != nil {
		t.Fatal(err)
	}
	if log := s.log(); !strings.Contains(log, "MAIL FROM:<joe@example.com> SMTPUTF8\nRCPT TO:<zoë@example.com>\n") {
		t.Errorf("the client said\n%s", log)
	}
	s = (&server{}).start(t)
	err := client(t, s, "tls", false).Send(t.Context(), "dest@example.com", "To: zoë@example.com\n\n")
	if err == nil || !strings.Contains(err.Error(), "takes no addresses outside ASCII") {
		t.Errorf("error is %v", err)
	}
}

func TestErrors(t *testing.T) {
	plain := []any{"tls", false}
	login := []any{"tls", false, "username", "joe", "password", password}
	withLogin := []string{"AUTH LOGIN"}
	for _, c := range []struct {
		name   string
		server server
		fields []any
		label  failure.Label
		want   string // after "mail server 127.0.0.1:port"
	}{
		{"no STARTTLS", server{}, nil, failure.Other, " does not offer STARTTLS"},
		{"STARTTLS taken off the list, and the login with it", server{extensions: withLogin}, login[2:],
			failure.Other, " does not offer STARTTLS"},
		{"TLS where there is none", server{}, []any{"ssl", true},
			failure.SSL, ": the server does not speak TLS on this port: check port, tls and ssl of option smtp"},
		{"wrong password", server{extensions: withLogin, replies: map[string]string{"AUTH": "535 5.7.8 no"}}, login,
			failure.Other, " refused the login of joe: 535 5.7.8 no"},
		{"a server that repeats the password", server{extensions: withLogin, replies: map[string]string{"AUTH": "535 not " + password}}, login,
			failure.Other, " refused the login of joe: 535 not 🔑"},
		{"a server that repeats it encoded", server{extensions: withLogin, replies: map[string]string{"AUTH": "501 ZGVtbyBwYXNzd29yZA== is wrong"}}, login,
			failure.Other, " refused the login of joe: 501 🔑 is wrong"},
		{"no login", server{}, login,
			failure.Other, " offers no login with LOGIN, PLAIN or CRAM-MD5 (offered: none)"},
		{"unknown logins", server{extensions: []string{"AUTH XOAUTH2 NTLM"}}, login,
			failure.Other, " offers no login with LOGIN, PLAIN or CRAM-MD5 (offered: XOAUTH2 NTLM)"},
		{"no service", server{replies: map[string]string{"greeting": "554 no service"}}, plain,
			failure.Other, " refused the connection: 554 no service"},
		{"sender refused", server{replies: map[string]string{"MAIL": "550 who?"}}, plain,
			failure.Other, " refused sender joe@example.com: 550 who?"},
		{"recipient refused", server{replies: map[string]string{"RCPT": "550-no such\r\n550 user\x1b[2J"}}, plain,
			failure.Other, " refused recipient dest@example.com: 550 no such user [2J"},
		{"recipient busy", server{replies: map[string]string{"RCPT": "450 busy"}}, plain,
			failure.Other, " refused recipient dest@example.com: 450 busy"},
		{"message refused", server{replies: map[string]string{"message": "552 too big"}}, plain,
			failure.Other, " refused the message: 552 too big"},
		{"cut at the start", server{replies: map[string]string{"greeting": cut}}, plain,
			failure.Other, " hung up during the connection: "},
		{"cut in the message", server{replies: map[string]string{"message": cut}}, plain,
			failure.Other, " hung up during the message: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.server.start(t)
			err := client(t, s, c.fields...).Send(t.Context(), "dest@example.com", text)
			e := failure.As(err)
			if e == nil || e.Label != c.label || !strings.HasPrefix(e.Message, "mail server "+s.address()+c.want) {
				t.Errorf("error is %+v, want %s", e, c.want)
			}
			if log := s.log(); err != nil && strings.Contains(err.Error(), password) || c.fields == nil && strings.Contains(log, "MAIL") {
				t.Errorf("error %v; the client said\n%s", err, log)
			}
		})
	}
}

func TestUnknownAuthority(t *testing.T) {
	for name, s := range map[string]*server{"STARTTLS": {startTLS: true}, "TLS": {implicit: true}} {
		t.Run(name, func(t *testing.T) {
			s.start(t)
			c := &mail.Client{Settings: resolve(t, s.option("ssl", s.implicit))}
			e := failure.As(c.Send(t.Context(), "dest@example.com", text))
			if e == nil || e.Label != failure.SSL || !strings.Contains(e.Message, "certificate verify failed (x509: ") {
				t.Errorf("error is %+v", e)
			}
		})
	}
}

func TestSilentServer(t *testing.T) {
	for _, at := range []string{"greeting", "EHLO", "RCPT", "message"} {
		t.Run(at, func(t *testing.T) {
			s := (&server{replies: map[string]string{at: mute}}).start(t)
			c := client(t, s, "tls", false)
			c.Timeout = 50 * time.Millisecond
			e := failure.As(c.Send(t.Context(), "dest@example.com", text))
			if e == nil || e.Kind != "Net::ReadTimeout" || !strings.Contains(e.Message, " is silent for 50ms at ") {
				t.Errorf("error is %+v", e)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	s := (&server{replies: map[string]string{"RCPT": mute}}).start(t)
	stopped := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	sent := make(chan error, 1)
	c := client(t, s, "tls", false)
	go func() { sent <- c.Send(ctx, "dest@example.com", text) }()
	cancel(stopped)
	if err := <-sent; !errors.Is(err, stopped) || !strings.Contains(err.Error(), s.address()) {
		t.Errorf("error is %v", err)
	}
}

func TestNoServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{port: listener.Addr().(*net.TCPAddr).Port}
	listener.Close()
	e := failure.As((&mail.Client{Settings: resolve(t, s.option())}).Send(t.Context(), "dest@example.com", text))
	if e == nil || !strings.HasPrefix(e.Message, "no connection to mail server "+s.address()) || len(e.Hints) != 1 {
		t.Errorf("error is %+v", e)
	}
	settings := resolve(t, record.New("server", "mail.invalid", "from_email", "joe@example.com"))
	e = failure.As((&mail.Client{Settings: settings}).Send(t.Context(), "dest@example.com", text))
	if want := "Failed to open TCP connection to mail.invalid:587 (getaddrinfo: Name or service not known)"; e == nil || e.Label != failure.Network || e.Message != want {
		t.Errorf("error is %+v", e)
	}
}

func TestAddressesRefused(t *testing.T) {
	c := &mail.Client{Settings: resolve(t, record.New("server", "127.0.0.1", "domain", "example.com"))}
	if err := c.Send(t.Context(), "dest@example.com", text); err == nil || err.Error() != "Missing email parameter: from_email in config" {
		t.Errorf("error is %v", err)
	}
	c.Settings.FromEmail = "joe@example.com"
	for _, to := range []string{"", "a@x\r\nDATA", "a@x>", "Joe <a@x>", "a@x,b@x", "a b"} {
		if e := failure.As(c.Send(t.Context(), to, text)); e == nil || !strings.Contains(e.Message, "email parameter") {
			t.Errorf("%q: %v", to, e)
		}
	}
}
