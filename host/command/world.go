package command

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/pac"
	"github.com/ascli-go/ascli/host/plugins"
	"github.com/ascli-go/ascli/host/ui"
	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/host/vault"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/ruby"
)

// FileVersion is written to configuration files: the version of the original
// whose format this is, so that it goes on reading them.
const FileVersion = "4.21.0"

// uriTimeout bounds the reading of a value by @uri:.
const uriTimeout = time.Minute

// lockTimeout bounds the wait for another process that edits the configuration.
const lockTimeout = 30 * time.Second

// world is what a session knows beyond its words.
type world struct {
	// userHome is the user's home folder, home the main folder of ascli.
	userHome, home string
	tempFolder     string
	values         *value.Evaluator
	store          *config.Store
	document       *config.Document
	catalog        *plugins.Catalog
	launcher       *plugins.Launcher
	agents         transferProcess
	commandFile    commandFile
	display        *display
	web            *web
	ruby           *ruby.Interpreter
	vault          vault.Store
	pac            *pac.Evaluator
	// openingVault guards against a vault that needs itself.
	openingVault bool
	secrets      []string
	// saved tells that the configuration file was written.
	saved bool
	// mu guards options, prompts and processes while plugins may ask back.
	mu sync.Mutex
}

// configure reads the configuration file and lays the layers of options that do
// not depend on the plugin.
func (s *session) configure(ctx context.Context) error {
	var homeErr error
	s.userHome, homeErr = config.UserHome(s.lookup)
	s.values = value.New(value.Env{
		LookupEnv: s.lookup, Stdin: s.lines, Home: s.userHome, Log: s.log,
		Preset: s.stored, Secret: s.askSecret, Vault: s.vaultField, Ruby: s.evaluateRuby, HTTP: &http.Client{Timeout: uriTimeout, Transport: s.web},
	})
	s.options = options.NewSet(options.Globals(), s.values)
	s.options.AddEnvironment(s.Environ)
	given := s.given
	s.given = nil
	s.take(given)
	if err := s.locate(ctx, homeErr); err != nil {
		return err
	}
	var err error
	if s.document, err = s.store.Load(ctx); err != nil {
		return err
	}
	if err := s.defaultPreset(ctx, s.optionsOf(options.GlobalPreset), config.Section); err != nil {
		return err
	}
	if err := s.namedPresets(ctx); err != nil {
		return err
	}
	return s.behave(ctx)
}

// forgetOldTokens deletes the tokens that were kept for too long (spec/cli.md 5.5).
func (s *session) forgetOldTokens(ctx context.Context) error {
	keeps, err := s.options.Flag(ctx, "cache_tokens")
	if err != nil || !keeps {
		return err
	}
	httpOptions, err := s.options.Object(ctx, "http_options")
	if err != nil {
		return err
	}
	settings, err := oauth.ReadSettings(httpOptions)
	if err != nil {
		return err
	}
	if err := oauth.Clean(ctx, filepath.Join(s.home, oauth.StoreFolder), settings.CacheMaxAge); err != nil {
		s.log.Warn("cannot delete old tokens: " + err.Error())
	}
	return nil
}

// locate finds the main folder and the configuration file, and gives options
// the defaults that depend on this machine. homeErr tells why the user's home
// folder is not known.
func (s *session) locate(ctx context.Context, homeErr error) (err error) {
	if homeErr == nil {
		s.options.SetDefault("home", config.DefaultFolder(s.userHome))
		s.options.SetDefault("sdk_folder", config.SDKFolder(s.userHome))
	}
	s.options.SetDefault("log_level", sdk.LevelName(initialLevel(s.Environ)))
	s.options.SetDefault("progress_bar", s.OutTerminal)
	s.options.SetDefault("interactive", s.InTerminal && s.OutTerminal)
	s.options.SetDefault("ui", string(ui.DefaultMode(s.lookup)))
	if s.home, err = s.options.Text(ctx, "home"); err != nil {
		return err
	}
	if s.home == "" {
		return homeErr
	}
	s.options.SetDefault("config_file", config.DefaultFile(s.home))
	file, err := s.options.Text(ctx, "config_file")
	if err != nil {
		return err
	}
	s.store = config.NewStore(config.Options{Folder: s.home, File: file, Version: FileVersion, Log: s.log})
	return nil
}

// stored returns what stands at a path of the configuration file.
func (s *session) stored(path string) (any, error) {
	if s.document == nil {
		return nil, failure.Toolf("@preset:%s: the options that say where the configuration file is cannot be taken from it", path)
	}
	return s.document.Get(path)
}

// askSecret asks for the text of decoder @secret: (spec/cli.md 4.2).
func (s *session) askSecret(ctx context.Context, prompt string) (any, error) {
	if prompt == "" {
		prompt = "secret"
	}
	text, err := s.Prompt(ctx, prompt, true)
	if err != nil {
		return nil, err
	}
	s.learnSecret(text)
	return text, nil
}

// behave applies the options that concern the session itself.
func (s *session) behave(ctx context.Context) error {
	if err := s.journalOptions(ctx); err != nil {
		return err
	}
	if err := s.chooseParser(ctx); err != nil {
		return err
	}
	folder, err := s.options.Text(ctx, "temp_folder")
	if err != nil {
		return err
	}
	switch folder {
	case "", "@sys":
		folder = systemTemp()
	case "@env":
		folder = os.TempDir()
	}
	s.tempFolder = folder
	if secret, err := s.options.Text(ctx, "secret"); err == nil {
		s.learnSecret(secret)
	}
	return nil
}

// chooseParser sets the decoder of values without one (spec/cli.md 4.4).
func (s *session) chooseParser(ctx context.Context) error {
	for _, name := range []string{"struct_parser", "parser"} {
		if !s.options.Given(name) {
			continue
		}
		parser, err := s.options.Text(ctx, name)
		if err != nil {
			return err
		}
		s.values.UseParser(parser)
	}
	return nil
}

// saveConfig makes the configuration file at the first run, and brings one that
// another version wrote up to date (spec/cli.md 5.2).
func (s *session) saveConfig(ctx context.Context) error {
	if !s.document.Stale() {
		return nil
	}
	return s.UpdateConfig(ctx, nil)
}

// UpdateConfig edits the configuration file and tells that it was saved.
func (s *session) UpdateConfig(ctx context.Context, edit func(*config.Document) error) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	saved, err := s.store.Update(ctx, edit)
	if err != nil || !saved {
		return err
	}
	s.saved = true
	s.document, err = s.store.Load(ctx)
	return err
}

func (s *session) lookup(name string) (string, bool) { return config.LookupIn(s.Environ)(name) }

func (s *session) variable(name string) string {
	v, _ := s.lookup(name)
	return v
}

// close ends the plugins.
func (s *session) close() {
	if s.launcher != nil {
		s.launcher.Close()
	}
	s.web.close()
	s.journal.close()
}

// columns tells how wide the terminal is, 0 when it is not known.
func (s *session) columns() int {
	if s.Size == nil {
		return 0
	}
	_, columns, _, _ := s.Size()
	return columns
}
