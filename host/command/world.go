package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/plugins"
	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// FileVersion is written to configuration files: the version of the original
// whose format this is, so that it goes on reading them.
const FileVersion = "4.21.0"

// lockTimeout bounds the wait for another process that edits the configuration.
const lockTimeout = 30 * time.Second

// world is what a session knows beyond its words.
type world struct {
	home       string
	tempFolder string
	values     *value.Evaluator
	store      *config.Store
	document   *config.Document
	catalog    *plugins.Catalog
	launcher   *plugins.Launcher
	agents     transferProcess
	display    *display
	lines      *bufio.Reader
	secrets    []string
	// saved tells that the configuration file was written.
	saved bool
	// mu guards options, prompts and processes while plugins may ask back.
	mu sync.Mutex
}

// configure reads the configuration file and lays the layers of options that do
// not depend on the plugin.
func (s *session) configure(ctx context.Context) error {
	s.values = value.New(value.Env{
		LookupEnv: s.lookup, Stdin: s.In, Home: s.UserHome, Log: s.log,
		Preset: func(path string) (any, error) { return s.document.Get(path) },
	})
	s.options = options.NewSet(options.Globals(), s.values)
	s.options.AddEnvironment(s.Environ)
	given := s.given
	s.given = nil
	s.take(given)
	if err := s.locate(ctx); err != nil {
		return err
	}
	var err error
	if s.document, err = s.store.Load(ctx); err != nil {
		return err
	}
	if name, ok := s.document.Default(config.Section); ok {
		if err := s.loadPreset(ctx, options.GlobalPreset, name, config.Section); err != nil {
			return err
		}
	}
	if err := s.namedPresets(ctx); err != nil {
		return err
	}
	return s.behave(ctx)
}

// locate finds the main folder and the configuration file.
func (s *session) locate(ctx context.Context) (err error) {
	if s.home, err = s.options.Text(ctx, "home"); err != nil {
		return err
	}
	if s.home == "" {
		if !isFolder(s.UserHome) {
			return failure.Toolf("Home folder does not exist: %s. Check your user environment.", s.UserHome)
		}
		s.home = config.DefaultFolder(s.UserHome)
	}
	file, err := s.options.Text(ctx, "config_file")
	if err != nil {
		return err
	}
	if file == "" {
		file = config.DefaultFile(s.home)
	}
	s.store = config.NewStore(config.Options{Folder: s.home, File: file, Version: FileVersion, Log: s.log})
	return nil
}

// namedPresets loads the presets of the environment and the command line.
func (s *session) namedPresets(ctx context.Context) error {
	for _, setting := range s.options.Settings("preset") {
		v, err := s.values.Evaluate(ctx, setting.Text)
		if err != nil {
			return err
		}
		switch v := v.(type) {
		case string:
			err = s.loadPreset(ctx, options.Preset, v, "")
		case *record.Object:
			err = s.addPreset(ctx, options.Preset, v, nil)
		default:
			err = failure.Argumentf("Preset definition must be a String for preset name, or Hash for set of values")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// loadDefaultPreset loads the preset that the configuration names for a plugin.
func (s *session) loadDefaultPreset(ctx context.Context, plugin string) error {
	none, err := s.options.Flag(ctx, "no_default")
	if err != nil || none {
		return err
	}
	if name, ok := s.document.Default(plugin); ok {
		return s.loadPreset(ctx, options.PluginPreset, name, plugin)
	}
	return nil
}

// loadPreset adds the preset at a path of the file. plugin is set when it is
// that plugin's default preset: a missing one is then the file's fault.
func (s *session) loadPreset(ctx context.Context, layer options.Layer, path, plugin string) error {
	preset, err := s.preset(ctx, path)
	if errors.Is(err, config.ErrNoPreset) && plugin != "" {
		s.log.Error(fmt.Sprintf("Default config name [%s] specified for plugin [%s], but it does not exist in config file.", path, plugin))
		return failure.Toolf("Config name [%s] must be a hash, check config file.", path).
			Hint("create it: ascli config preset set %s <option> <value>, or remove it: ascli config preset unset default %s", path, plugin)
	}
	if err != nil {
		return err
	}
	return s.addPreset(ctx, layer, preset, []string{path})
}

// preset returns the options at a path: a mapping, or a text that evaluates to one.
func (s *session) preset(ctx context.Context, path string) (*record.Object, error) {
	v, err := s.document.Get(path)
	if err != nil {
		return nil, err
	}
	if text, ok := v.(string); ok {
		if v, err = s.values.Evaluate(ctx, text); err != nil {
			return nil, err
		}
	}
	preset, ok := v.(*record.Object)
	if !ok {
		return nil, failure.Toolf("preset %s: expecting Hash, but have %s", path, record.TypeName(v))
	}
	return preset, nil
}

// addPreset adds the options of a preset. A key "preset" loads another one at
// its place: what follows overrides it, what precedes is overridden. loading
// holds the presets under way.
func (s *session) addPreset(ctx context.Context, layer options.Layer, preset *record.Object, loading []string) error {
	for name, v := range preset.All() {
		nested, ok := v.(string)
		if name != "preset" || !ok {
			s.options.AddPreset(layer, name, v)
			continue
		}
		for _, path := range loading {
			if path == nested {
				return failure.Toolf("loop in include: preset %s is part of itself", nested)
			}
		}
		inner, err := s.preset(ctx, nested)
		if err != nil {
			return err
		}
		if err := s.addPreset(ctx, layer, inner, append(loading, nested)); err != nil {
			return err
		}
	}
	return nil
}

// behave applies the options that concern the session itself.
func (s *session) behave(ctx context.Context) error {
	level, err := s.options.Text(ctx, "log_level")
	if err != nil {
		return err
	}
	s.logLevel.Set(sdk.ParseLevel(level))
	logger, err := s.options.Text(ctx, "logger")
	if err != nil {
		return err
	}
	if logger == "stdout" {
		s.log = slog.New(logs.New(s.Out, s.logLevel, s.maskText))
	}
	folder, err := s.options.Text(ctx, "temp_folder")
	if err != nil {
		return err
	}
	switch folder {
	case "", "@sys", "@env":
		// Go's temporary folder is the one that the environment names.
		folder = os.TempDir()
	}
	s.tempFolder = folder
	if secret, err := s.options.Text(ctx, "secret"); err == nil {
		s.learnSecret(secret)
	}
	return nil
}

// saveConfig makes the configuration file at the first run.
func (s *session) saveConfig() error {
	if _, err := os.Stat(s.store.Path()); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	return s.UpdateConfig(ctx, func(*config.Document) error { return nil })
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

// presetSecret finds the password in the presets whose url and username match
// (spec/plugins/config.md 7).
func (s *session) presetSecret(ctx context.Context, url, username string) (string, error) {
	for _, name := range s.document.Presets() {
		preset, err := s.document.Preset(name)
		if err != nil || preset.Text("username") != username || canonicalURL(preset.Text("url")) != canonicalURL(url) {
			continue
		}
		v, err := s.values.Evaluate(ctx, preset.Text("password"))
		if err != nil {
			return "", err
		}
		text, _ := v.(string)
		return text, nil
	}
	return "", nil
}

func canonicalURL(url string) string {
	url = strings.TrimRight(url, "/")
	if host, ok := strings.CutPrefix(url, "https://"); ok && !strings.Contains(host, "/") {
		return "https://" + strings.TrimSuffix(host, ":443")
	}
	return url
}

func (s *session) lookup(name string) (string, bool) {
	for _, variable := range s.Environ {
		if key, v, ok := strings.Cut(variable, "="); ok && key == name {
			return v, true
		}
	}
	return "", false
}

func (s *session) variable(name string) string {
	v, _ := s.lookup(name)
	return v
}

// close ends the plugins.
func (s *session) close() {
	if s.launcher != nil {
		s.launcher.Close()
	}
}
