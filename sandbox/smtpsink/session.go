package smtpsink

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one client's; go-smtp calls it with one command at a time.
type session struct {
	sink *Sink
	conn *smtp.Conn
	// user is who logged in.
	user string
	from string
	to   []string
}

// AuthMechanisms lists the ways to log in.
func (s *session) AuthMechanisms() []string {
	if len(s.sink.config.Accounts) == 0 {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth begins a login.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch {
	case len(s.sink.config.Accounts) == 0:
		return nil, smtp.ErrAuthUnsupported
	case mechanism == sasl.Plain:
		return sasl.NewPlainServer(func(identity, user, password string) error {
			if identity != "" && identity != user {
				return smtp.ErrAuthFailed
			}
			return s.logIn(user, password)
		}), nil
	case mechanism == sasl.Login:
		return &loginServer{logIn: s.logIn}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *session) logIn(user, password string) error {
	if !matches(s.sink.config.Accounts, user, password) {
		s.sink.config.Log.Info("mail login refused", "user", user)
		return smtp.ErrAuthFailed
	}
	s.user = user
	return nil
}

// Mail begins a message.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if len(s.sink.config.Accounts) > 0 && s.user == "" {
		// RFC 4954 section 6.
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.from = from
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch code := s.sink.currentFaults().RefuseRecipient; {
	case code >= 500:
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"}
	case code > 0:
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Mailbox busy, try again later"}
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes the message.
func (s *session) Data(r io.Reader) error {
	if s.sink.currentFaults().CutData {
		// Some of the message has come when the connection breaks.
		_, err := r.Read(make([]byte, 1))
		cut(s.conn.Conn())
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, encrypted := s.conn.TLSConnectionState()
	return s.sink.take(Message{
		Domain: s.conn.Hostname(), User: s.user, TLS: encrypted, From: s.from, To: s.to, Data: data,
	})
}

// Reset forgets the message under way; the login stays.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *session) Logout() error { return nil }

// take keeps a message and tells those who wait.
func (s *Sink) take(m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The time orders the files of several runs, the number those of one moment.
	name := fmt.Sprintf("%s-%d.eml", time.Now().UTC().Format("20060102T150405.000000000Z"), len(s.messages)+1)
	m.File = filepath.Join(s.config.Folder, name)
	if err := write(m); err != nil {
		s.config.Log.Error("mail lost", "error", err)
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Cannot keep the message"}
	}
	s.messages = append(s.messages, m)
	close(s.arrived)
	s.arrived = make(chan struct{})
	s.config.Log.Info("mail taken", "from", m.From, "to", m.To, "file", m.File)
	return nil
}

// write keeps a message with the envelope before it, as final delivery does
// (RFC 5321 section 4.4).
func write(m Message) error {
	var content strings.Builder
	fmt.Fprintf(&content, "Return-Path: <%s>\r\n", m.From)
	for _, to := range m.To {
		fmt.Fprintf(&content, "Delivered-To: %s\r\n", to)
	}
	content.Write(m.Data)
	file, err := os.OpenFile(m.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, content.String())
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(m.File)
	}
	return err
}
