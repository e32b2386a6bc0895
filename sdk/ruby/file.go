package ruby

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// fileFunctions are the functions of File that read; none writes.
func fileFunctions() map[string]method {
	read := method{1, 2, func(c *call) any { return newString(c.readFile(c.str(0))) }}
	test := func(accept func(info fs.FileInfo) bool) method {
		return method{1, 1, func(c *call) any {
			info, err := os.Stat(c.path(c.str(0)))
			return err == nil && accept(info)
		}}
	}
	readLines := func(c *call) any {
		chompLines, _ := c.options(1).get(c.m, Symbol("chomp"))
		lines := c.lines(c.readFile(c.str(0)))
		for i := range lines {
			if truth(chompLines) {
				lines[i] = chomp(lines[i])
			}
		}
		return c.parts(lines)
	}
	return map[string]method{
		"read": read, "binread": read,
		"readlines":  {1, 2, readLines},
		"foreach":    {1, 2, readLines},
		"exist?":     test(func(fs.FileInfo) bool { return true }),
		"file?":      test(func(info fs.FileInfo) bool { return info.Mode().IsRegular() }),
		"directory?": test(fs.FileInfo.IsDir),
		"zero?":      test(func(info fs.FileInfo) bool { return info.Size() == 0 }),
		"size":       {1, 1, func(c *call) any { return c.stat().Size() }},
		"mtime":      {1, 1, func(c *call) any { return Time{c.stat().ModTime().In(c.m.world.env.Location)} }},
		"basename":   {1, 2, func(c *call) any { return newString(c.basename()) }},
		"dirname":    {1, 1, func(c *call) any { return newString(dirname(c.str(0))) }},
		"extname":    {1, 1, func(c *call) any { return newString(extname(c.str(0))) }},
		"join":       {0, -1, func(c *call) any { return newString(c.joinPath(c.args)) }},
		"expand_path": {1, 2, func(c *call) any {
			path := c.str(0)
			if len(c.args) > 1 && !filepath.IsAbs(path) && !strings.HasPrefix(path, "~") {
				path = c.str(1) + "/" + path
			}
			return newString(filepath.ToSlash(c.path(path)))
		}},
	}
}

// path makes a path absolute: "~" is the home folder, relative ones start in
// the folder of the world.
func (c *call) path(path string) string {
	if strings.ContainsRune(path, 0) {
		c.fail(argumentError, "string contains null byte")
	}
	env := c.m.world.env
	switch {
	case path == "~" || strings.HasPrefix(path, "~/"):
		if env.Home == "" {
			c.fail(argumentError, "couldn't find HOME environment -- expanding '~'")
		}
		path = env.Home + path[1:]
	case strings.HasPrefix(path, "~"):
		c.fail(notImplemented, "unsupported: home folder of another user in %s", inspectText(path))
	case !filepath.IsAbs(path):
		path = filepath.Join(env.Folder, path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		c.failSystem(err)
	}
	return absolute
}

// readFile reads a whole file.
func (c *call) readFile(path string) string {
	if path == "" {
		c.fail("Errno::ENOENT", "No such file or directory @ rb_sysopen - ")
	}
	file, err := os.Open(c.path(path))
	if err != nil {
		c.failFile(err, path)
	}
	// It was only read: closing it cannot lose anything.
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		c.fail("Errno::EISDIR", "Is a directory @ io_fread - %s", path)
	}
	return c.readAll(file)
}

func (c *call) stat() fs.FileInfo {
	info, err := os.Stat(c.path(c.str(0)))
	if err != nil {
		c.failFile(err, c.str(0))
	}
	return info
}

// failFile ends the evaluation with the error about a file.
func (c *call) failFile(err error, path string) {
	text := err.Error()
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		text = pathError.Err.Error()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		text = "Permission denied"
	}
	c.at.failWith(errnoName(err), fmt.Errorf("%s @ %s - %s%w", text, c.name, path, silent{err}))
}

// silent keeps an error for errors.Is without its text.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

// errnoName is the kind of an error of the system.
func errnoName(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "Errno::ENOENT"
	case errors.Is(err, fs.ErrPermission):
		return "Errno::EACCES"
	}
	return "IOError"
}

// isBufferFull tells that a line is longer than the reader's buffer.
func isBufferFull(err error) bool { return errors.Is(err, bufio.ErrBufferFull) }

// basename is the last part of a path, without the ending given; ".*" is any.
func (c *call) basename() string {
	path := strings.TrimRight(c.str(0), "/")
	if path == "" && c.str(0) != "" {
		return "/"
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	if len(c.args) < 2 {
		return base
	}
	ending := c.str(1)
	if ending == ".*" {
		ending = extname(base)
	}
	if rest := strings.TrimSuffix(base, ending); rest != "" {
		return rest
	}
	return base
}

func dirname(path string) string {
	trimmed := strings.TrimRight(path, "/")
	i := strings.LastIndexByte(trimmed, '/')
	switch {
	case trimmed == "" && path != "":
		return "/"
	case i < 0:
		return "."
	}
	if folder := strings.TrimRight(trimmed[:i], "/"); folder != "" {
		return folder
	}
	return "/"
}

// extname is the ending of a file name with its dot; names such as .profile
// have none.
func extname(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	i := strings.LastIndexByte(base, '.')
	if i <= 0 || i == len(base)-1 || strings.Trim(base[:i], ".") == "" {
		return ""
	}
	return base[i:]
}

// joinPath joins with single slashes.
func (c *call) joinPath(parts []any) string {
	c.m.enter()
	defer c.m.leave()
	path := ""
	for i, part := range parts {
		text := ""
		if list, ok := part.(*Array); ok {
			text = c.joinPath(list.items)
		} else if text, ok = textOf(part); !ok {
			c.fail(typeError, "no implicit conversion of %s into String", describe(part))
		}
		c.m.spendBytes(len(text) + len(path))
		if i == 0 {
			path = text
			continue
		}
		path = strings.TrimRight(path, "/") + "/" + strings.TrimLeft(text, "/")
	}
	return path
}
