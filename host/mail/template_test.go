package mail_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/mail"
	"github.com/ascli-go/ascli/sdk/record"
)

// fill stands in for the template language: <%=name%> only.
func fill(template string) func(*record.Object) (string, error) {
	return func(variables *record.Object) (string, error) {
		var pairs []string
		for name := range variables.All() {
			pairs = append(pairs, "<%="+name+"%>", variables.Text(name))
		}
		if spec := variables.Object("ts"); spec != nil {
			pairs = append(pairs, "<%=ts.to_yaml%>", string(record.JSON(spec)), "<%=ts['title']%>", spec.Text("title"))
		}
		return strings.NewReplacer(pairs...).Replace(template), nil
	}
}

func sender(t *testing.T) *mail.Settings {
	t.Helper()
	return resolve(t, record.New("server", "s", "username", "joe.doe@ex.com"))
}

func TestTestTemplate(t *testing.T) {
	variables, err := sender(t).Variables("dest@ex.com")
	if err != nil {
		t.Fatal(err)
	}
	got, err := mail.Compose(variables, fill(mail.TestTemplate))
	want := "From: Joe doe <joe.doe@ex.com>\nTo: <dest@ex.com>\nSubject: aspera-cli email test\n\nThis email was sent to test ascli.\n"
	if err != nil || got != want {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestTransferTemplate(t *testing.T) {
	spec := record.New("remote_host", "h", "token", "very secret")
	variables, err := sender(t).TransferVariables("dest@ex.com", "failed\nfor two reasons", spec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mail.Compose(variables, fill(mail.TransferTemplate))
	want := "From: Joe doe <joe.doe@ex.com>\nTo: <dest@ex.com>\nSubject: ascli transfer: failed for two reasons\n\n" +
		"Transfer is: failed\nfor two reasons\n\n{\"remote_host\":\"h\",\"token\":\"🔑\"}\n"
	if err != nil || got != want {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestVariablesCannotAddHeaders(t *testing.T) {
	for _, c := range []struct {
		name, template, title string
		refused               bool
	}{
		{"line break in the header", "Subject: <%=ts['title']%>\n\nbody", "a\nBcc: b@x", true},
		{"CR in the header", "Subject: <%=ts['title']%>\n\nbody", "a\rBcc: b@x", true},
		{"end of the header", "Subject: <%=ts['title']%>\nTo: <%=to%>\n\nbody", "a\n\nb", true},
		{"line break at its end", "Subject: a<%=ts['title']%>\n\nbody", "\n", true},
		{"line break in the body", "Subject: a\n\n<%=ts['title']%>", "a\n\nBcc: b@x", false},
		{"one line", "Subject: <%=ts['title']%>\n\nbody", "a: b", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			variables, err := sender(t).TransferVariables("dest@ex.com", "success", record.New("title", c.title))
			if err != nil {
				t.Fatal(err)
			}
			text, err := mail.Compose(variables, fill(c.template))
			if (err != nil) != c.refused {
				t.Errorf("got %q, error %v", text, err)
			}
		})
	}
}

func TestComposeErrors(t *testing.T) {
	broken := errors.New("unknown method")
	if _, err := mail.Compose(record.New(), func(*record.Object) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
	if _, err := sender(t).Variables(""); err == nil || err.Error() != "Missing email parameter: to in config" {
		t.Errorf("error is %v", err)
	}
	nobody := resolve(t, record.New("server", "s", "domain", "d"))
	if _, err := nobody.TransferVariables("a@x", "success", nil); err == nil || err.Error() != "Missing email parameter: from_email in config" {
		t.Errorf("error is %v", err)
	}
}
