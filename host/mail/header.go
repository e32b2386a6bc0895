package mail

import (
	"mime"
	"net/mail"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// field is one of the header; the value may be folded (CRLF before a blank).
type field struct{ name, value string }

// isFieldName knows the names of RFC 5322 section 3.6.8.
func isFieldName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// unfolded returns the value on one line.
func (f field) unfolded() string { return strings.TrimSpace(strings.ReplaceAll(f.value, "\r\n", "")) }

// encode returns the lines of the field in ASCII (RFC 2047), except that
// addresses outside ASCII stay: only a server with SMTPUTF8 knows them.
func (f field) encode() (string, error) {
	asGiven, value := f.name+":"+f.value, f.unfolded()
	plain := isPlain(asGiven)
	if !f.hasAddresses() {
		if plain {
			return asGiven, nil
		}
		return fold(f.name + ": " + mime.QEncoding.Encode("UTF-8", value))
	}
	addresses, err := mail.ParseAddressList(value)
	if err != nil {
		if single := readUnquoted(value); single != nil {
			return fold(f.name + ": " + single.String())
		}
	}
	switch {
	case plain:
		return asGiven, nil
	case err != nil:
		return "", failure.Toolf("cannot read the addresses in mail header %s: %w", f.name, err)
	}
	texts := make([]string, len(addresses))
	for i, address := range addresses {
		texts[i] = address.String()
	}
	return fold(f.name + ": " + strings.Join(texts, ", "))
}

// hasAddresses knows the fields of RFC 5322 that hold addresses.
func (f field) hasAddresses() bool {
	switch strings.TrimPrefix(strings.ToLower(f.name), "resent-") {
	case "from", "sender", "reply-to", "to", "cc", "bcc":
		return true
	}
	return false
}

// readUnquoted reads `Doe, John <joe@example.com>`, nil if it is none: names
// are often inserted by a template which does not quote them.
func readUnquoted(value string) *mail.Address {
	open := strings.LastIndexByte(value, '<')
	if open < 0 {
		return nil
	}
	address, err := mail.ParseAddress(value[open:])
	if err != nil {
		return nil
	}
	address.Name = strings.TrimSpace(value[:open])
	return address
}

// fold breaks a line at blanks, to the advised length where there are any.
func fold(line string) (string, error) {
	var folded strings.Builder
	for len(line) > advisedLine {
		at := foldingPoint(line)
		if at < 0 {
			break
		}
		folded.WriteString(line[:at] + "\r\n")
		line = line[at:]
	}
	folded.WriteString(line)
	if text := folded.String(); isWithin(text, maxLine) {
		return text, nil
	}
	name, _, _ := strings.Cut(folded.String(), ":")
	return "", failure.Toolf("mail header %s has more than %d characters without a blank", name, maxLine)
}

// foldingPoint returns the last blank between two words that keeps to the
// advised length, else the first one after it, -1 if there is none.
func foldingPoint(line string) int {
	found := -1
	for i := 1; i < len(line)-1 && (i <= advisedLine || found < 0); i++ {
		if line[i] == ' ' && line[i-1] != ' ' && line[i+1] != ' ' {
			found = i
		}
	}
	return found
}
