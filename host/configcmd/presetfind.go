package configcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/vault"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// presetLookup shows the preset of a user at a URL (spec/plugins/config.md 5).
func (c commands) presetLookup(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	url, err := inv.Require(ctx, "url")
	if err != nil {
		return nil, err
	}
	username, err := inv.Require(ctx, "username")
	if err != nil {
		return nil, err
	}
	preset := c.host.Config().Lookup(url, username)
	if preset == nil {
		return nil, failure.Otherf("RuntimeError", "no such config found")
	}
	return sdk.Object(preset), nil
}

// presetAsk asks for options and stores the answers.
func (c commands) presetAsk(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := c.name(ctx, inv)
	if err != nil {
		return nil, err
	}
	options := inv.Texts("options")
	if len(options) == 0 {
		if options, err = askNames(ctx, inv); err != nil {
			return nil, err
		}
	}
	values := record.New()
	for _, option := range options {
		key := strings.ReplaceAll(option, "-", "_")
		text, err := inv.Host.Prompt(ctx, "option: "+key, c.host.IsSecretOption(key))
		if err != nil {
			return nil, err
		}
		v, err := c.host.Evaluate(ctx, text)
		if err != nil {
			return nil, err
		}
		values.Set(key, v)
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error { return d.SetAll(name, values) })
	return sdk.Status("Updated: " + name), err
}

func askNames(ctx context.Context, inv *sdk.Invocation) ([]string, error) {
	if err := inv.Host.Message(ctx, sdk.Data, " (one per line, end with empty line)"); err != nil {
		return nil, err
	}
	var names []string
	for {
		name, err := inv.Host.Prompt(ctx, "argument: option names (String)", false)
		if err != nil || name == "" {
			return names, err
		}
		names = append(names, name)
	}
}

// presetSecure moves the passwords of presets to the vault. What refers to the
// vault already stays.
func (c commands) presetSecure(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	names := c.host.Config().Presets()
	if only := inv.Text("preset"); only != "" {
		if !c.host.Config().Has(only) {
			return nil, failure.Otherf("RuntimeError", "no such preset: %s", only)
		}
		names = []string{only}
	}
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		preset, err := c.host.Config().Preset(name)
		if err != nil {
			continue
		}
		for key, v := range preset.All() {
			if password, ok := v.(string); ok && isPlainSecret(key, password) {
				if err := c.secure(ctx, inv, store, name, key, password); err != nil {
					return nil, err
				}
			}
		}
	}
	return sdk.Status("Secrets secured in vault: Make sure to save the vault password securely."), nil
}

func isPlainSecret(key, v string) bool {
	return (strings.HasSuffix(key, "password") || strings.HasSuffix(key, "secret")) && !strings.HasPrefix(v, "@vault:")
}

// secure moves one password. The vault has it before the preset loses it.
func (c commands) secure(ctx context.Context, inv *sdk.Invocation, store vault.Store, preset, key, password string) error {
	label, err := vault.CreateNumbered(ctx, store, vault.Entry{Label: preset, Password: password})
	if err != nil {
		return err
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error {
		return d.Set(preset, key, "@vault:"+label+".password")
	})
	if err != nil {
		return err
	}
	return inv.Info(ctx, "%s", fmt.Sprintf("secured: %s.%s -> %s", preset, key, label))
}
