// Package mail sends the notifications that options smtp, notify_to and
// notify_template ask for (spec/cli.md 10.10, spec/plugins/config.md 15).
//
// Sending takes three steps: [Resolve] reads option smtp, [Compose] has the
// template rendered, [Client.Send] hands the message to the server.
package mail

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// The fields of option smtp.
const (
	fieldServer    = "server"
	fieldTLS       = "tls"
	fieldSSL       = "ssl"
	fieldPort      = "port"
	fieldDomain    = "domain"
	fieldUsername  = "username"
	fieldPassword  = "password"
	fieldFromName  = "from_name"
	fieldFromEmail = "from_email"
)

func fieldNames() []string {
	return []string{
		fieldServer, fieldTLS, fieldSSL, fieldPort, fieldDomain, fieldUsername, fieldPassword, fieldFromName, fieldFromEmail,
	}
}

// The ports of mail submission with STARTTLS and with TLS from the start, and
// of plain SMTP.
const (
	portStartTLS = 587
	portTLS      = 465
	portPlain    = 25
)

// Settings is option smtp, completed with its defaults.
type Settings struct {
	Server string
	Port   int
	// TLS asks for STARTTLS, SSL for TLS from the start; not both.
	TLS, SSL bool
	// Domain is what the client calls itself in EHLO.
	Domain string
	// Username and Password are used if both are there.
	Username, Password  string
	FromName, FromEmail string

	fields *record.Object
}

// Resolve reads option smtp; nil stands for an option that is not set. Null
// fields count as not given.
func Resolve(option *record.Object) (*Settings, error) {
	if option == nil {
		return nil, failure.Argumentf("Missing mandatory option: smtp")
	}
	fields := record.DropNulls(option.Clone())
	unknown := slices.DeleteFunc(fields.Keys(), func(key string) bool { return slices.Contains(fieldNames(), key) })
	if len(unknown) > 0 {
		return nil, failure.Toolf("Unsupported SMTP parameter: %s, use: %s",
			strings.Join(unknown, ", "), strings.Join(fieldNames(), ", "))
	}
	s, err := resolve(fields)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// resolve adds the defaults to fields, in the order of spec/plugins/config.md
// 15: each may depend on those before it.
func resolve(fields *record.Object) (*Settings, error) {
	s, r := &Settings{fields: fields}, &reader{fields: fields}
	s.Server, s.Username, s.Password = r.text(fieldServer), r.text(fieldUsername), r.text(fieldPassword)
	s.SSL = r.boolean(fieldSSL)
	r.setDefault(fieldTLS, !s.SSL)
	s.TLS = r.boolean(fieldTLS)
	r.setDefault(fieldPort, defaultPort(s.TLS, s.SSL))
	s.Port = r.port()
	if s.Username != "" {
		r.setDefault(fieldFromEmail, s.Username)
	}
	s.FromEmail = r.text(fieldFromEmail)
	if s.Username != "" {
		r.setDefault(fieldFromName, displayName(s.FromEmail))
	}
	s.FromName = r.text(fieldFromName)
	if s.FromEmail != "" {
		r.setDefault(fieldDomain, s.FromEmail[strings.LastIndexByte(s.FromEmail, '@')+1:])
	}
	s.Domain = r.text(fieldDomain)
	return s, r.err
}

func defaultPort(tls, ssl bool) int {
	switch {
	case tls:
		return portStartTLS
	case ssl:
		return portTLS
	}
	return portPlain
}

// displayName makes a name of an address: john.doe2@x gives "John doe ".
func displayName(address string) string {
	user, _, _ := strings.Cut(address, "@")
	letters := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return ' '
		}
		return unicode.ToLower(r)
	}, user))
	if len(letters) > 0 {
		letters[0] = unicode.ToUpper(letters[0])
	}
	return string(letters)
}

// check refuses settings with which no mail can be sent.
func (s *Settings) check() error {
	switch {
	case s.Server == "":
		return failure.Toolf("Missing mandatory smtp parameter: %s", fieldServer)
	case s.Domain == "":
		return failure.Toolf("Missing mandatory smtp parameter: %s", fieldDomain)
	case s.TLS && s.SSL:
		return failure.Toolf("smtp parameters tls and ssl exclude each other: tls is STARTTLS, ssl is TLS from the start")
	}
	for _, field := range []struct{ name, text string }{{fieldServer, s.Server}, {fieldDomain, s.Domain}, {fieldFromEmail, s.FromEmail}} {
		if strings.ContainsFunc(field.text, isBlankOrControl) {
			return failure.Toolf("smtp parameter %s must have no blank: %q", field.name, field.text)
		}
	}
	return nil
}

func isBlankOrControl(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// Record returns the fields as given, then those added, for command
// smtp_settings. It holds the password.
func (s *Settings) Record() *record.Object { return s.fields.Clone() }

// reader reads fields until the first error.
type reader struct {
	fields *record.Object
	err    error
}

// option names a field as the messages about its value do.
func option(name string) value.Option {
	return value.Option{Name: "smtp." + name, Origin: value.Preset}
}

func (r *reader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) setDefault(name string, value any) {
	if !r.fields.Has(name) {
		r.fields.Set(name, value)
	}
}

// text reads a string; a number, a password in a preset for example, is one.
func (r *reader) text(name string) string {
	v, ok := r.fields.Get(name)
	if !ok {
		return ""
	}
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	r.keep(option(name).Check(v, value.String))
	text, _ := v.(string)
	return text
}

func (r *reader) boolean(name string) bool {
	v, ok := r.fields.Get(name)
	if !ok {
		return false
	}
	b, err := option(name).Bool(v)
	r.keep(err)
	return b
}

func (r *reader) port() int {
	v, _ := r.fields.Get(fieldPort)
	digits, err := option(fieldPort).Integer(v)
	r.keep(err)
	port, parseErr := strconv.ParseUint(digits.String(), 10, 16)
	if err == nil && (parseErr != nil || port == 0) {
		r.keep(failure.Toolf("smtp.port must be from 1 to 65535, not %s", digits))
	}
	return int(port)
}
