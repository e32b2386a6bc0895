package mail_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

// server is a mail server for one client. It says what it is told to and
// remembers what it hears.
type server struct {
	// extensions are those of EHLO besides STARTTLS.
	extensions []string
	// replies stand in for the usual ones, by the first word of the command or
	// "greeting" or "message".
	replies            map[string]string
	startTLS, implicit bool

	certificate tls.Certificate
	roots       *x509.CertPool
	port        int
	heard       []string
	data        string
	ended       chan struct{}
}

// Replies that are none: cut closes the connection, mute says nothing.
const (
	cut  = "cut"
	mute = "mute"
)

// start lets the server listen; it ends with its client.
func (s *server) start(t *testing.T) *server {
	t.Helper()
	// httptest has a certificate for 127.0.0.1 at hand.
	web := httptest.NewTLSServer(nil)
	web.Close()
	s.certificate = web.TLS.Certificates[0]
	s.roots = x509.NewCertPool()
	s.roots.AddCert(web.Certificate())

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	s.ended = make(chan struct{})
	go func() {
		defer close(s.ended)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if s.implicit {
			conn = tls.Server(conn, s.tlsConfig())
		}
		s.converse(conn)
	}()
	t.Cleanup(func() {
		listener.Close()
		<-s.ended
	})
	return s
}

func (s *server) tlsConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12}
}

// option is option smtp for this server; pairs are further fields.
func (s *server) option(pairs ...any) *record.Object {
	return record.New(append([]any{"server", "127.0.0.1", "port", s.port, "from_email", "joe@example.com"}, pairs...)...)
}

// log waits for the end of the client and returns what it said but for the message.
func (s *server) log() string {
	<-s.ended
	return strings.Join(s.heard, "\n")
}

func (s *server) converse(conn net.Conn) {
	in := bufio.NewReader(conn)
	say := func(reply string) bool {
		if reply == cut {
			return false
		}
		if reply != mute {
			fmt.Fprintf(conn, "%s\r\n", reply)
		}
		return true
	}
	if !say(s.reply("greeting", "220 ready")) {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		s.heard = append(s.heard, line)
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "EHLO":
			if !say(s.reply(word, s.greet())) {
				return
			}
		case "STARTTLS":
			if !say("220 go ahead") {
				return
			}
			encrypted := tls.Server(conn, s.tlsConfig())
			s.startTLS, conn, in = false, encrypted, bufio.NewReader(encrypted)
		case "AUTH":
			if !say(s.authenticate(rest, conn, in)) {
				return
			}
		case "DATA":
			if !say(s.reply(word, "354 go on")) || !s.read(in) || !say(s.reply("message", "250 taken")) {
				return
			}
		default:
			if !say(s.reply(word, "250 fine")) || word == "QUIT" {
				return
			}
		}
	}
}

func (s *server) reply(to, usual string) string {
	if reply, ok := s.replies[to]; ok {
		return reply
	}
	return usual
}

func (s *server) greet() string {
	lines := append([]string{"server"}, s.extensions...)
	if s.startTLS {
		lines = append(lines, "STARTTLS")
	}
	return "250-" + strings.Join(lines[:len(lines)-1], "\r\n250-") + "\r\n250 " + lines[len(lines)-1]
}

// authenticate hears the rest of a login and returns the last reply.
func (s *server) authenticate(parameters string, conn io.Writer, in *bufio.Reader) string {
	var challenges []string
	switch mechanism, _, _ := strings.Cut(parameters, " "); mechanism {
	case "LOGIN":
		challenges = []string{"User Name\x00", "Password\x00"}
	case "CRAM-MD5":
		challenges = []string{"<1896.697170952@postoffice.reston.mci.net>"}
	}
	for _, challenge := range challenges {
		fmt.Fprintf(conn, "334 %s\r\n", base64.StdEncoding.EncodeToString([]byte(challenge)))
		line, err := in.ReadString('\n')
		if err != nil {
			return cut
		}
		answer, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil {
			return "501 no base64"
		}
		s.heard = append(s.heard, string(answer))
	}
	return s.reply("AUTH", "235 welcome")
}

// read takes the message as it stands on the wire.
func (s *server) read(in *bufio.Reader) bool {
	if s.replies["message"] == cut {
		_, err := in.ReadByte()
		return err == nil
	}
	for !strings.HasSuffix(s.data, "\r\n.\r\n") {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		s.data += line
	}
	return true
}

func (s *server) address() string { return "127.0.0.1:" + strconv.Itoa(s.port) }
