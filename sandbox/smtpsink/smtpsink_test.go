package smtpsink_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/smtpsink"
	"github.com/ascli-go/ascli/sandbox/tlsca"
)

const (
	from = "sender@example.com"
	to   = "dest@example.com"
	text = "Subject: test\r\n\r\n.a dot, é\r\n..\r\n.\r\nlast\r\n"
)

func accounts() map[string]string { return map[string]string{"joe": "demo password"} }

// post is a sink that serves mail, with STARTTLS and with TLS from the start.
type post struct {
	*smtpsink.Sink
	plain, encrypted string
	trust            *tls.Config
}

// open starts a sink that ends with the test; set changes its configuration.
func open(t *testing.T, set func(*smtpsink.Config)) post {
	t.Helper()
	ca, err := tlsca.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := os.ReadFile(ca.File())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	config := smtpsink.Config{
		Folder: filepath.Join(t.TempDir(), "mail"), TLS: ca.ServerConfig(), Log: slog.New(slog.DiscardHandler),
	}
	set(&config)
	sink, err := smtpsink.New(config)
	if err != nil {
		t.Fatal(err)
	}
	p := post{
		Sink: sink, plain: serve(t, sink.Serve),
		trust: &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12},
	}
	if config.TLS != nil {
		p.encrypted = serve(t, sink.ServeTLS)
	}
	return p
}

func serve(t *testing.T, server func(context.Context, net.Listener) error) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// dial connects without encryption.
func (p post) dial(t *testing.T) *smtp.Client {
	t.Helper()
	client, err := smtp.Dial(p.plain)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if err := client.Hello("client.example.com"); err != nil {
		t.Fatal(err)
	}
	return client
}

// dialStartTLS connects and starts TLS.
func (p post) dialStartTLS(t *testing.T) *smtp.Client {
	t.Helper()
	client := p.dial(t)
	if err := client.StartTLS(p.trust); err != nil {
		t.Fatal(err)
	}
	return client
}

// dialTLS connects with TLS from the start.
func (p post) dialTLS(t *testing.T) *smtp.Client {
	t.Helper()
	conn, err := tls.Dial("tcp", p.encrypted, p.trust)
	if err != nil {
		t.Fatal(err)
	}
	client, err := smtp.NewClient(conn, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func send(client *smtp.Client, message string) error {
	if err := client.Mail(from); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, message); err != nil {
		return err
	}
	return w.Close()
}

// refusal returns the code of a server's reply.
func refusal(t *testing.T, err error) int {
	t.Helper()
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		t.Fatalf("no reply of the server but %v", err)
	}
	return reply.Code
}

func TestMessageIsKeptAsItCame(t *testing.T) {
	p := open(t, func(c *smtpsink.Config) { c.TLS = nil })
	if err := send(p.dial(t), text); err != nil {
		t.Fatal(err)
	}
	m := p.Messages()[0]
	if string(m.Data) != text || m.From != from || !slices.Equal(m.To, []string{to}) || m.Domain != "client.example.com" || m.User != "" || m.TLS {
		t.Errorf("got %+v with data %q", m, m.Data)
	}
	content, err := os.ReadFile(m.File)
	if want := "Return-Path: <" + from + ">\r\nDelivered-To: " + to + "\r\n" + text; err != nil || string(content) != want {
		t.Errorf("file has %q, error %v, want %q", content, err, want)
	}
	info, err := os.Stat(m.File)
	if err != nil || filepath.Ext(m.File) != ".eml" {
		t.Fatalf("file %s: %v", m.File, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
}

func TestLogin(t *testing.T) {
	p := open(t, func(c *smtpsink.Config) { c.Accounts = accounts() })
	for _, c := range []struct {
		name string
		dial func(*testing.T) *smtp.Client
		auth smtp.Auth
	}{
		{"PLAIN after STARTTLS", p.dialStartTLS, smtp.PlainAuth("", "joe", "demo password", "127.0.0.1")},
		{"PLAIN with TLS", p.dialTLS, smtp.PlainAuth("joe", "joe", "demo password", "127.0.0.1")},
		{"LOGIN after STARTTLS", p.dialStartTLS, &loginAuth{user: "joe", password: "demo password"}},
		{"LOGIN with the user name at once", p.dialTLS, &loginAuth{user: "joe", password: "demo password", atOnce: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, before := c.dial(t), len(p.Messages())
			if err := client.Auth(c.auth); err != nil {
				t.Fatal(err)
			}
			if err := send(client, text); err != nil {
				t.Fatal(err)
			}
			if got := p.Messages(); len(got) != before+1 || got[before].User != "joe" || !got[before].TLS {
				t.Errorf("messages are %+v", got)
			}
		})
	}
}

func TestLoginRefused(t *testing.T) {
	p := open(t, func(c *smtpsink.Config) { c.Accounts = accounts() })
	for _, c := range []struct {
		name string
		auth smtp.Auth
		code int
	}{
		{"wrong password, PLAIN", smtp.PlainAuth("", "joe", "demo passworD", "127.0.0.1"), 535},
		{"wrong password, LOGIN", &loginAuth{user: "joe", password: "demo"}, 535},
		{"unknown user, no password", &loginAuth{user: "jack", password: ""}, 535},
		{"in another's name", smtp.PlainAuth("jack", "joe", "demo password", "127.0.0.1"), 535},
		{"unknown mechanism", smtp.CRAMMD5Auth("joe", "demo password"), 504},
	} {
		t.Run(c.name, func(t *testing.T) {
			if code := refusal(t, p.dialTLS(t).Auth(c.auth)); code != c.code {
				t.Errorf("reply %d", code)
			}
		})
	}
	if code := refusal(t, send(p.dialTLS(t), text)); code != 530 {
		t.Errorf("mail without login: reply %d", code)
	}
	if got := p.Messages(); len(got) > 0 {
		t.Errorf("messages are %+v", got)
	}
}

func TestLoginWaitsForStartTLS(t *testing.T) {
	p := open(t, func(c *smtpsink.Config) { c.Accounts = accounts() })
	client := p.dial(t)
	if offered, _ := client.Extension("AUTH"); offered {
		t.Error("login is offered before STARTTLS")
	}
	if code := refusal(t, client.Auth(&loginAuth{user: "joe", password: "demo password"})); code != 523 {
		t.Errorf("reply %d", code)
	}
}

func TestWithoutStartTLS(t *testing.T) {
	p := open(t, func(c *smtpsink.Config) { c.WithoutStartTLS, c.Accounts = true, accounts() })
	client := p.dial(t)
	if offered, _ := client.Extension("STARTTLS"); offered {
		t.Error("STARTTLS is offered")
	}
	if err := client.Auth(&loginAuth{user: "joe", password: "demo password"}); err != nil {
		t.Errorf("login without encryption: %v", err)
	}
	if code := refusal(t, p.dial(t).StartTLS(p.trust)); code != 502 {
		t.Errorf("STARTTLS: reply %d", code)
	}
}

func TestFaults(t *testing.T) {
	p := open(t, func(*smtpsink.Config) {})
	client := p.dialStartTLS(t)
	for _, code := range []int{450, 550} {
		p.Rehearse(smtpsink.Faults{RefuseRecipient: code})
		if got := refusal(t, send(client, text)); got != code {
			t.Errorf("reply %d, want %d", got, code)
		}
		if err := client.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	p.Rehearse(smtpsink.Faults{CutData: true})
	for name, client := range map[string]*smtp.Client{"not encrypted": p.dial(t), "STARTTLS": client, "TLS": p.dialTLS(t)} {
		var reply *textproto.Error
		if err := send(client, text); err == nil || errors.As(err, &reply) {
			t.Errorf("%s: the connection was not cut: %v", name, err)
		}
	}
	p.Rehearse(smtpsink.Faults{})
	if err := send(p.dial(t), text); err != nil {
		t.Errorf("after the faults: %v", err)
	}
	if got := p.Messages(); len(got) != 1 {
		t.Errorf("messages are %+v", got)
	}
}

func TestLongLineIsRefused(t *testing.T) {
	p := open(t, func(*smtpsink.Config) {})
	if err := send(p.dial(t), strings.Repeat("x", 998)+"\r\n"); err != nil {
		t.Errorf("the longest line allowed: %v", err)
	}
	if err := send(p.dial(t), strings.Repeat("x", 1200)+"\r\n"); err == nil {
		t.Error("a longer line was taken")
	}
}

func TestWait(t *testing.T) {
	p := open(t, func(*smtpsink.Config) {})
	client := p.dial(t)
	sent := make(chan error, 1)
	go func() {
		err := send(client, text)
		if err == nil {
			err = send(client, "Subject: second\r\n\r\n")
		}
		sent <- err
	}()
	messages, err := p.Wait(t.Context(), 2)
	if err != nil || len(messages) != 2 || string(messages[1].Data) != "Subject: second\r\n\r\n" {
		t.Errorf("got %+v, error %v", messages, err)
	}
	if messages[0].File >= messages[1].File {
		t.Errorf("files are not in order: %s, %s", messages[0].File, messages[1].File)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Wait(ctx, 3); !errors.Is(err, context.Canceled) || err.Error() != "wait for mail 3 of 3: context canceled" {
		t.Errorf("error is %v", err)
	}
}

func TestServeEndsWithOpenConnections(t *testing.T) {
	sink, err := smtpsink.New(smtpsink.Config{Folder: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sink.Serve(ctx, listener) }()
	client, err := smtp.Dial(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := client.Noop(); err == nil {
		t.Error("the connection is still open")
	}
	if err := sink.ServeTLS(t.Context(), listener); err == nil {
		t.Error("TLS is served without certificate")
	}
}

func TestFolderCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var path *fs.PathError
	if _, err := smtpsink.New(smtpsink.Config{Folder: filepath.Join(file, "mail")}); !errors.As(err, &path) {
		t.Errorf("error is %v", err)
	}
}

// loginAuth is the client's side of AUTH LOGIN.
type loginAuth struct {
	user, password string
	// atOnce sends the user name before it is asked for.
	atOnce bool
	named  bool
}

func (a *loginAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	if a.atOnce {
		a.named = true
		return "LOGIN", []byte(a.user), nil
	}
	return "LOGIN", nil, nil
}

func (a *loginAuth) Next(_ []byte, more bool) ([]byte, error) {
	switch {
	case !more:
		return nil, nil
	case a.named:
		return []byte(a.password), nil
	}
	a.named = true
	return []byte(a.user), nil
}
