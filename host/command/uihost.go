package command

import (
	"context"
	"net/url"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/ui"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Open shows a URL or a file, as option `ui` says.
func (s *session) Open(ctx context.Context, target string) error {
	opener, err := s.opener(ctx)
	if err != nil {
		return err
	}
	return opener.Open(ctx, target)
}

// Edit opens a text file in the user's editor.
func (s *session) Edit(ctx context.Context, file string) error {
	opener, err := s.opener(ctx)
	if err != nil {
		return err
	}
	return opener.Edit(ctx, file)
}

func (s *session) opener(ctx context.Context) (ui.Opener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mode, err := s.options.Text(ctx, "ui")
	return ui.Opener{
		Mode: ui.Mode(mode), In: s.In, Out: s.Out, Err: s.Err, Terminal: s.OutTerminal, Editor: s.variable("EDITOR"),
	}, err
}

// SetPreset stores options in a preset of the configuration file, and says so.
func (s *session) SetPreset(ctx context.Context, preset string, options *record.Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.document.Default(config.Section)
	makesGlobal := preset == config.Global && !known
	err := s.UpdateConfig(ctx, func(d *config.Document) (err error) {
		if preset, err = d.Resolve(preset); err != nil {
			return err
		}
		return d.SetAll(preset, options)
	})
	if err != nil {
		return err
	}
	if makesGlobal {
		if err := s.display.message("Updated: "+config.DefaultSection+": "+config.Section+" <- "+preset, false); err != nil {
			return err
		}
	}
	for key, v := range options.All() {
		if s.IsSecretOption(key) {
			v = secret.Hidden
		}
		if err := s.display.message("Updated: "+preset+": "+key+" <- "+inspect.Plain(v), false); err != nil {
			return err
		}
	}
	return nil
}

// Proxy tells through which HTTP proxy a URL is reached; "" for none.
func (s *session) Proxy(ctx context.Context, target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	proxy, err := s.proxyOf(ctx, u)
	if err != nil || proxy == nil {
		return "", err
	}
	return proxy.String(), nil
}
