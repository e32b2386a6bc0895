package value

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// read applies the decoders that look outside the command line.
func (v *evaluation) read(ctx context.Context, name, text string) (any, error) {
	switch name {
	case "env":
		if s, ok := v.env.LookupEnv(text); ok {
			return s, nil
		}
		return nil, nil
	case "file":
		return v.readFile(v.path(text))
	case "path":
		return v.absolute(text)
	case "uri":
		return v.readURI(ctx, text)
	case "stdin":
		return v.readStdinMode(ctx, text)
	case "stdbin":
		if err := noText(name, text); err != nil {
			return nil, err
		}
		return v.readStdin(ctx)
	case "preset":
		return v.readPreset(ctx, text)
	case "vault":
		return call(ctx, v.env.Vault, name, text, "the secret vault")
	case "secret":
		return call(ctx, v.env.Secret, name, text, "the prompt for hidden input")
	case "ruby":
		return call(ctx, v.env.Ruby, name, text, "the evaluator of Ruby expressions")
	}
	return nil, failure.Argumentf("unknown decoder @%s:", name)
}

func call(ctx context.Context, source func(context.Context, string) (any, error), name, text, missing string) (any, error) {
	if source == nil {
		return nil, failure.Argumentf("decoder @%s: cannot be used here: it needs %s, which is not available", name, missing)
	}
	return source(ctx, text)
}

// readPreset evaluates a string found in the configuration file; values of
// other types are copies (spec/cli.md 3.3).
func (v *evaluation) readPreset(ctx context.Context, path string) (any, error) {
	if v.env.Preset == nil {
		return nil, failure.Argumentf("decoder @preset: cannot be used here: it needs the configuration file, which is not available")
	}
	if slices.Contains(v.presets, path) {
		return nil, failure.Toolf("loop in include")
	}
	found, err := v.env.Preset(path)
	if err != nil {
		return nil, err
	}
	if text, ok := found.(string); ok {
		return v.nested(ctx, path, text)
	}
	return record.Clone(found), nil
}

// path resolves a leading "~", "~name" and the current folder.
func (v *evaluation) path(text string) string {
	if strings.HasPrefix(text, "~") {
		text = v.home(text)
	}
	if v.env.Folder != "" && !filepath.IsAbs(text) {
		text = filepath.Join(v.env.Folder, text)
	}
	return text
}

func (v *evaluation) home(text string) string {
	name, rest := text[1:], ""
	if i := strings.IndexFunc(name, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	if name == "" {
		return v.env.Home + rest
	}
	if u, err := user.Lookup(name); err == nil {
		return u.HomeDir + rest
	}
	return text
}

func (v *evaluation) absolute(text string) (any, error) {
	path, err := filepath.Abs(v.path(text))
	if err != nil {
		return nil, fmt.Errorf("resolving path %s: %w", text, err)
	}
	return path, nil
}

func (v *evaluation) readFile(path string) (any, error) {
	if path == "" {
		path = "."
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fileFailure(path, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, failure.Otherf("Errno::EISDIR", "Is a directory - %s", path)
	}
	data, err := v.readAll(file)
	if err != nil {
		return nil, fileFailure(path, err)
	}
	return string(data), nil
}

func fileFailure(path string, err error) error {
	kind, text := "SystemCallError", err.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind, text = "Errno::ENOENT", "No such file or directory - "+path
	case errors.Is(err, fs.ErrPermission):
		kind, text = "Errno::EACCES", "Permission denied - "+path
	}
	return &failure.Error{Label: failure.Other, Kind: kind, Message: text, Cause: err}
}

func (v *evaluation) readStdinMode(ctx context.Context, mode string) (any, error) {
	if mode != "" && mode != "bin" && mode != "chomp" {
		return nil, failure.Otherf("RuntimeError", "`stdin` supports only: '', 'bin' or 'chomp'")
	}
	text, err := v.readStdin(ctx)
	if mode == "chomp" {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	}
	return text, err
}

// readStdin reads stdin to its end, once: a second use gives empty text
// (spec/cli.md 4.5). When ctx ends first the read is left behind, since there
// is no way to interrupt it.
func (e *Evaluator) readStdin(ctx context.Context) (string, error) {
	e.stdin.Lock()
	defer e.stdin.Unlock()
	if e.stdin.read || e.env.Stdin == nil {
		return "", nil
	}
	e.stdin.read = true
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := e.readAll(e.env.Stdin)
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return "", fmt.Errorf("reading stdin: %w", r.err)
		}
		return string(r.data), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// readAll reads to the end, up to the limit for one value.
func (e *Evaluator) readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, e.env.MaxBytes+1))
	if err == nil && int64(len(data)) > e.env.MaxBytes {
		return nil, failure.Otherf("RuntimeError", "value larger than %d bytes", e.env.MaxBytes)
	}
	return data, err
}
