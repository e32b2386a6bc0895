package command

import (
	"context"
	"fmt"

	"github.com/ascli-go/ascli/host/mail"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Notify mails a message to option notify_to. template is used when option
// notify_template has none; variables are those beside the usual ones.
func (s *session) Notify(ctx context.Context, template string, variables *record.Object) error {
	settings, to, err := s.mailSettings(ctx)
	if err != nil {
		return err
	}
	all, err := settings.Variables(to)
	if err != nil {
		return err
	}
	for name, v := range variables.All() {
		all.Set(name, v)
	}
	return s.sendMail(ctx, settings, to, template, all)
}

func (s *session) mailSettings(ctx context.Context) (settings *mail.Settings, to string, err error) {
	if to, err = s.options.Text(ctx, "notify_to"); err != nil {
		return nil, "", err
	}
	option, err := s.options.Object(ctx, "smtp")
	if err != nil {
		return nil, "", err
	}
	s.learnSecret(option.Text("password"))
	settings, err = mail.Resolve(option)
	return settings, to, err
}

func (s *session) sendMail(ctx context.Context, settings *mail.Settings, to, template string, variables *record.Object) error {
	chosen, err := s.options.Text(ctx, "notify_template")
	if err != nil {
		return err
	}
	if chosen != "" {
		template = chosen
	}
	text, err := mail.Compose(variables, func(variables *record.Object) (string, error) {
		named := map[string]any{}
		for name, v := range variables.All() {
			named[name] = v
		}
		return s.interpreter().Render(ctx, template, named)
	})
	if err != nil {
		return err
	}
	inv, err := s.plainInvocation(ctx)
	if err != nil {
		return err
	}
	session, err := rest.For(inv)
	if err != nil {
		return err
	}
	defer session.Close()
	address := fmt.Sprintf("https://%s:%d", settings.Server, settings.Port)
	client := mail.Client{Settings: settings, TLS: session.TransportTo(address).TLSClientConfig}
	return client.Send(ctx, to, text)
}

// notifyTransfer mails how a transfer ended, when somebody is to be told. A mail
// that cannot be sent does not make the transfer fail.
func (s *session) notifyTransfer(ctx context.Context, specText []byte, outcome error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to, err := s.options.Text(ctx, "notify_to"); err == nil && to == "" {
		return
	}
	settings, to, err := s.mailSettings(ctx)
	if err == nil {
		err = s.mailOutcome(ctx, settings, to, specText, outcome)
	}
	if err != nil {
		s.log.Error("cannot send the notification: " + err.Error())
	}
}

func (s *session) mailOutcome(ctx context.Context, settings *mail.Settings, to string, specText []byte, outcome error) error {
	spec, err := record.ParseObject(specText)
	if err != nil {
		return err
	}
	status := "success"
	if outcome != nil {
		status = s.maskText(outcome.Error())
	}
	variables, err := settings.TransferVariables(to, status, spec)
	if err != nil {
		return err
	}
	return s.sendMail(ctx, settings, to, mail.TransferTemplate, variables)
}
