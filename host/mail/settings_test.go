package mail_test

import (
	"testing"

	"github.com/ascli-go/ascli/host/mail"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func parseOption(t *testing.T, text string) *record.Object {
	t.Helper()
	option, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return option
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ name, option, want string }{
		{"user only", `{"server":"mail.x","username":"john.doe2@ex.com","password":"p"}`,
			`{"server":"mail.x","username":"john.doe2@ex.com","password":"p","tls":true,"port":587,"from_email":"john.doe2@ex.com","from_name":"John doe ","domain":"ex.com"}`},
		{"TLS from the start", `{"server":"mail.x","ssl":true,"domain":"ex.com"}`,
			`{"server":"mail.x","ssl":true,"domain":"ex.com","tls":false,"port":465}`},
		{"no encryption", `{"tls":false,"server":"mail.x","from_email":"a@b@ex.com"}`,
			`{"tls":false,"server":"mail.x","from_email":"a@b@ex.com","port":25,"domain":"ex.com"}`},
		{"words and digits of a preset", `{"server":"mail.x","tls":"no","ssl":"true","port":"2465","domain":"d"}`,
			`{"server":"mail.x","tls":"no","ssl":"true","port":"2465","domain":"d"}`},
		{"all given", `{"server":"s","tls":true,"ssl":false,"port":25,"domain":"d","username":"u","password":12345,"from_name":"N","from_email":"n@e"}`,
			`{"server":"s","tls":true,"ssl":false,"port":25,"domain":"d","username":"u","password":12345,"from_name":"N","from_email":"n@e"}`},
		{"name of another sender", `{"server":"s","username":"u@h","from_email":"JANE-ANN@ex.com"}`,
			`{"server":"s","username":"u@h","from_email":"JANE-ANN@ex.com","tls":true,"port":587,"from_name":"Jane ann","domain":"ex.com"}`},
		{"user without domain", `{"server":"s","username":"root"}`,
			`{"server":"s","username":"root","tls":true,"port":587,"from_email":"root","from_name":"Root","domain":"root"}`},
		{"nulls and an empty user", `{"server":"s","port":null,"username":"","domain":"d"}`,
			`{"server":"s","username":"","domain":"d","tls":true,"port":587}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings, err := mail.Resolve(parseOption(t, c.option))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(settings.Record())); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestResolvedValues(t *testing.T) {
	settings := resolve(t, parseOption(t, `{"server":"s","tls":"no","ssl":"true","port":"2465","username":"u@d","password":12345}`))
	if settings.TLS || !settings.SSL || settings.Port != 2465 || settings.Password != "12345" || settings.Domain != "d" || settings.FromEmail != "u@d" {
		t.Errorf("got %+v", settings)
	}
}

func TestResolveErrors(t *testing.T) {
	for _, c := range []struct {
		name, option string
		label        failure.Label
		want         string
	}{
		{"unknown fields", `{"foo":1,"server":"s","bar":2}`, failure.Tool,
			"Unsupported SMTP parameter: foo, bar, use: server, tls, ssl, port, domain, username, password, from_name, from_email"},
		{"no server", `{"domain":"d"}`, failure.Tool, "Missing mandatory smtp parameter: server"},
		{"no domain", `{"server":"s"}`, failure.Tool, "Missing mandatory smtp parameter: domain"},
		{"both kinds of TLS", `{"server":"s","domain":"d","tls":true,"ssl":true}`, failure.Tool,
			"smtp parameters tls and ssl exclude each other: tls is STARTTLS, ssl is TLS from the start"},
		{"port out of range", `{"server":"s","domain":"d","port":65536}`, failure.Tool, "smtp.port must be from 1 to 65535, not 65536"},
		{"port zero", `{"server":"s","domain":"d","port":0}`, failure.Tool, "smtp.port must be from 1 to 65535, not 0"},
		{"port no number", `{"server":"s","domain":"d","port":{}}`, failure.Argument, "Option smtp.port is a Hash but must be Integer"},
		{"no text", `{"server":["s"],"domain":"d"}`, failure.Argument, "Option smtp.server is a Array but must be String"},
		{"the first of two errors", `{"server":"s","ssl":1,"port":true}`, failure.Argument, "Option smtp.ssl is a Integer but must be String"},
		{"password of a wrong type", `{"server":"s","domain":"d","password":["very secret"]}`, failure.Argument,
			"Option smtp.password is a Array but must be String"},
		{"line break in the domain", `{"server":"s","domain":"d\r\nDATA"}`, failure.Tool,
			`smtp parameter domain must have no blank: "d\r\nDATA"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings, err := mail.Resolve(parseOption(t, c.option))
			e := failure.As(err)
			if e == nil || settings != nil || e.Label != c.label || e.Message != c.want {
				t.Errorf("got %v, error %+v", settings, e)
			}
		})
	}
	if e := failure.As(func() error { _, err := mail.Resolve(nil); return err }()); e == nil || e.Label != failure.Argument || e.Message != "Missing mandatory option: smtp" {
		t.Errorf("without option: %+v", e)
	}
}
