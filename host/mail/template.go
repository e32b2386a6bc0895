package mail

import (
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// TestTemplate is the message of `config email_test`.
const TestTemplate = `From: <%=from_name%> <<%=from_email%>>
To: <<%=to%>>
Subject: aspera-cli email test

This email was sent to test ascli.
`

// TransferTemplate is the message sent after a transfer.
const TransferTemplate = `From: <%=from_name%> <<%=from_email%>>
To: <<%=to%>>
Subject: <%=subject%>

Transfer is: <%=status%>

<%=ts.to_yaml%>
`

// Variables returns what every template may use: to, from_name and from_email.
func (s *Settings) Variables(to string) (*record.Object, error) {
	for _, address := range []struct{ name, text string }{{"to", to}, {fieldFromEmail, s.FromEmail}} {
		if address.text == "" {
			return nil, failure.Toolf("Missing email parameter: %s in config", address.name)
		}
	}
	return record.New("to", to, fieldFromName, s.FromName, fieldFromEmail, s.FromEmail), nil
}

// TransferVariables returns what the template of a transfer may use: subject,
// status and ts as well. status is "success" or the text of the error. Secrets
// of the transfer spec are hidden.
func (s *Settings) TransferVariables(to, status string, spec *record.Object) (*record.Object, error) {
	variables, err := s.Variables(to)
	if err != nil {
		return nil, err
	}
	variables.Set("subject", "ascli transfer: "+oneLine(status))
	variables.Set("status", status)
	variables.Set("ts", secret.Redact(spec))
	return variables, nil
}

// Compose renders a template such that variables cannot add header fields: one
// that puts a line break into the header is an error. render fills the template
// with the variables given; it is called twice.
func Compose(variables *record.Object, render func(variables *record.Object) (string, error)) (string, error) {
	text, err := render(variables)
	if err != nil {
		return "", err
	}
	// Rendered without line breaks in any variable, the header must be the same.
	flat, err := render(flatten(variables).(*record.Object))
	if err != nil {
		return "", err
	}
	header, _ := split(text)
	if flatHeader, _ := split(flat); header != flatHeader {
		return "", failure.Toolf("the mail template puts a value of several lines into the header").
			Hint("check what the lines of notify_template before the first empty line insert")
	}
	return text, nil
}

// flatten returns a copy of a value whose texts have one line each.
func flatten(v any) any {
	switch v := v.(type) {
	case string:
		return oneLine(v)
	case []any:
		flat := make([]any, len(v))
		for i, item := range v {
			flat[i] = flatten(item)
		}
		return flat
	case *record.Object:
		flat := record.New()
		for key, item := range v.All() {
			flat.Set(oneLine(key), flatten(item))
		}
		return flat
	}
	return v
}

func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, text)
}
