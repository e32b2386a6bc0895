package configcmd

import (
	"context"

	"github.com/ascli-go/ascli/host/mail"
	"github.com/ascli-go/ascli/sdk"
)

// mailCommands check the settings of the mail server (spec/plugins/config.md 15).
func (c commands) mailCommands() []sdk.Command {
	return []sdk.Command{
		{Name: "smtp_settings", Summary: "Settings of the mail server, defaults included", Result: sdk.ResultObject, Run: smtpSettings},
		{Name: "email_test", Summary: "Send a mail to the recipient of notifications", Result: sdk.ResultNothing, Run: c.emailTest},
	}
}

func smtpSettings(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	option, err := object(ctx, inv, "smtp")
	if err != nil {
		return nil, err
	}
	settings, err := mail.Resolve(option)
	if err != nil {
		return nil, err
	}
	return sdk.Object(settings.Record()), nil
}

func (c commands) emailTest(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	if _, err := inv.Require(ctx, "notify_to"); err != nil {
		return nil, err
	}
	return sdk.Nothing(), c.host.Notify(ctx, mail.TestTemplate, nil)
}
