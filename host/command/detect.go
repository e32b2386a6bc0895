package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ascli-go/ascli/host/configcmd"
	"github.com/ascli-go/ascli/host/keys"
	"github.com/ascli-go/ascli/host/plugins"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

// detectTimeout bounds what one plugin may take to find its product.
const detectTimeout = time.Minute

// Detect asks all plugins that can, or the named one, at once whether their
// product answers at a URL. The products come in the order of the plugins'
// names (spec/plugins/config.md 8).
func (s *session) Detect(ctx context.Context, url, only string) ([]configcmd.Product, error) {
	catalog, err := s.discover(ctx)
	if err != nil {
		return nil, err
	}
	inv, err := s.plainInvocation(ctx)
	if err != nil {
		return nil, err
	}
	programs := catalog.Sorted()
	found := make([]*sdk.Detection, len(programs))
	defer s.busy("looking for an application at " + url)()
	var asked sync.WaitGroup
	for i, program := range programs {
		if only != "" && program.Name != only {
			continue
		}
		asked.Go(func() { found[i] = s.detectOne(ctx, program, url, inv) })
	}
	asked.Wait()
	var products []configcmd.Product
	for i, d := range found {
		if d != nil {
			products = append(products, configcmd.Product{Plugin: programs[i].Name, Detection: *d})
		}
	}
	return products, ctx.Err()
}

// detectOne returns nil when the product does not answer. Only an untrusted
// certificate is worth telling.
func (s *session) detectOne(ctx context.Context, program plugins.Program, url string, inv *sdk.Invocation) *sdk.Detection {
	ctx, cancel := context.WithTimeout(ctx, detectTimeout)
	defer cancel()
	manifest, err := s.manifests().Of(ctx, program)
	if err != nil || !manifest.Detects {
		return nil
	}
	process, err := s.launch().Launch(program)
	if err != nil {
		s.log.Warn(err.Error())
		return nil
	}
	found, err := process.Detect(ctx, url, inv, sdk.LevelName(s.logLevel.Level()))
	if e := failure.As(err); e != nil && e.Label == failure.SSL {
		s.log.Warn(e.Message)
		if strings.Contains(e.Message, "cert") {
			s.log.Warn("Use option --insecure=yes to allow unchecked certificate")
		}
	} else if err != nil {
		s.log.Debug("not found", "product", program.Name, "url", url, "reason", err)
	}
	return found
}

// plainInvocation holds the options of the host, those of no plugin.
func (s *session) plainInvocation(ctx context.Context) (*sdk.Invocation, error) {
	inv := &sdk.Invocation{
		Options: map[string]any{}, Host: s, Log: s.log, Home: s.home, TempFolder: s.tempFolder, HostVersion: s.Version,
	}
	for _, d := range s.options.Definitions() {
		if !d.Shared || d.Own {
			continue
		}
		v, err := s.options.Value(ctx, d.Name)
		if err != nil {
			return nil, err
		}
		if v != nil {
			inv.Options[d.Name] = v
		}
	}
	return inv, nil
}

// Wizard lets the plugin of a product make a preset, asking the user for what
// it needs (spec/plugins/config.md 9).
func (s *session) Wizard(ctx context.Context, product configcmd.Product) (*sdk.Preset, error) {
	catalog, err := s.discover(ctx)
	if err != nil {
		return nil, err
	}
	program, err := catalog.Find(product.Plugin)
	if err != nil {
		return nil, err
	}
	manifest, err := s.manifests().Of(ctx, program)
	if err != nil {
		return nil, err
	}
	if !manifest.HasWizard {
		return nil, failure.Argumentf("Detected: %s, but this application has no wizard", product.Plugin)
	}
	// Not the default preset of the plugin: it is that of another server.
	if err := s.declareOptions(manifest); err != nil {
		return nil, err
	}
	s.options.Put("interactive", true)
	s.options.Put("url", product.URL)
	if declares(manifest, privateKeyOption) {
		if err := s.wizardKey(ctx); err != nil {
			return nil, err
		}
	}
	inv := &sdk.Invocation{
		Options: map[string]any{}, Host: s, Log: s.log, Home: s.home, TempFolder: s.tempFolder, HostVersion: s.Version,
	}
	if err := s.sharedOptions(ctx, inv); err != nil {
		return nil, err
	}
	process, err := s.launch().Launch(program)
	if err != nil {
		return nil, err
	}
	return process.Wizard(ctx, product.URL, inv, sdk.LevelName(s.logLevel.Level()))
}

// privateKeyOption is the option of plugins that sign with the user's key.
const privateKeyOption = "private_key"

func declares(manifest *ascliv1.Manifest, option string) bool {
	for _, o := range manifest.Options {
		if o.Name == option {
			return true
		}
	}
	return false
}

// wizardKey chooses the user's private key, or makes one: option key_path is its
// file, option private_key its text (spec/plugins/config.md 9.1).
func (s *session) wizardKey(ctx context.Context) error {
	path, err := s.options.Text(ctx, "key_path")
	if err != nil {
		return err
	}
	if !s.options.Given("key_path") {
		if err := s.Message(ctx, sdk.Data, "Please provide the path to your private RSA key, or nothing to generate one:"); err != nil {
			return err
		}
		if path, err = s.Prompt(ctx, "option: key_path", false); err != nil {
			return err
		}
	}
	if path == "" {
		path = filepath.Join(s.home, "my_private_key.pem")
	}
	said := "Using existing key:"
	text, err := os.ReadFile(s.expandHome(path))
	if errors.Is(err, os.ErrNotExist) {
		said = "Created key:"
		text, err = s.makeKey(ctx, s.expandHome(path))
	}
	if err != nil {
		return failure.Argumentf("private key %s: %w", path, err)
	}
	s.options.Put("key_path", path)
	s.options.Put(privateKeyOption, string(text))
	s.learnSecret(string(text))
	return s.Message(ctx, sdk.Data, said+"\n"+path)
}

func (s *session) makeKey(ctx context.Context, path string) ([]byte, error) {
	if err := s.Message(ctx, sdk.Data, fmt.Sprintf("Generating %d bit RSA key...", keys.DefaultBits)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if _, err := keys.Generate(path, keys.DefaultBits); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// expandHome replaces a leading ~ by the user's home folder.
func (s *session) expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(s.userHome, rest)
	}
	return path
}
