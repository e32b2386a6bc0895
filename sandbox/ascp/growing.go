package ascp

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// filePrefix starts a source that is a path of this computer.
	filePrefix = "file:///"
	// growDefault is the time without a change after which a file has stopped to
	// grow, if it is not given as a number.
	growDefault = 10 * time.Second
	// growPoll is the time between two looks at a growing file.
	growPoll = 50 * time.Millisecond
)

// growing is a source that is written while it is sent (spec transfer.md
// section 5.2): "file:///PATH?grow=SECONDS[&wait_start=W][&confirm_stop=B]".
type growing struct {
	path string
	// idle is how long nothing must change until the file is complete.
	idle time.Duration
	// fromNullRead counts that time from the first read without data on, not
	// from the last change.
	fromNullRead bool
	// confirmed: whoever writes the file sets its time to the past in the end.
	confirmed bool
}

// parseGrowing says whether a source is a growing file.
func parseGrowing(source string) (growing, bool) {
	rest, ok := strings.CutPrefix(source, filePrefix)
	if !ok {
		return growing{}, false
	}
	name, query, _ := strings.Cut(rest, "?")
	g := growing{path: diskPath(name), idle: growDefault}
	grows := false
	for pair := range strings.SplitSeq(query, "&") {
		switch key, value, _ := strings.Cut(pair, "="); key {
		case "grow":
			grows = true
			if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
				g.idle = time.Duration(seconds) * time.Second
			}
		case "wait_start":
			g.fromNullRead = value == "null_read"
		case "confirm_stop":
			g.confirmed = value == "true"
		}
	}
	return g, grows
}

// diskPath gives the path that follows filePrefix. A URL has no relative paths:
// where there is no such file, it is taken from the root on.
func diskPath(name string) string {
	name = filepath.FromSlash(name)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(name) {
		if rooted := string(filepath.Separator) + name; exists(rooted) {
			return rooted
		}
	}
	return name
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// plainPath gives the path of a source on this computer.
func plainPath(source string) string {
	if g, grows := parseGrowing(source); grows {
		return g.path
	}
	return source
}

// withoutFilePrefix gives the path of a "file:" source that does not grow.
func withoutFilePrefix(source string) string {
	rest, ok := strings.CutPrefix(source, filePrefix)
	if _, grows := parseGrowing(source); !ok || grows {
		return source
	}
	return diskPath(rest)
}

// growingFile reads a file until it grows no more.
type growingFile struct {
	*os.File
	growing
	began time.Time
	ctx   context.Context
}

func (g growing) open() (io.ReadCloser, error) {
	file, err := os.Open(g.path)
	if err != nil {
		return nil, err
	}
	return &growingFile{File: file, growing: g, began: time.Now(), ctx: context.Background()}, nil
}

// until ends the wait for more with a context.
func (f *growingFile) until(ctx context.Context) { f.ctx = ctx }

// Read waits for more at the end of the file, and tells the end when no more
// came.
func (f *growingFile) Read(into []byte) (int, error) {
	waiting := time.Now()
	ticker := time.NewTicker(growPoll)
	defer ticker.Stop()
	for {
		// The time is looked at before the data: what comes in between is read.
		info, err := f.Stat()
		if err != nil {
			return 0, err
		}
		n, err := f.File.Read(into)
		if n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		if f.ended(info.ModTime(), waiting) {
			return 0, io.EOF
		}
		select {
		case <-ticker.C:
		case <-f.ctx.Done():
			return 0, context.Cause(f.ctx)
		}
	}
}

// ended says whether a file that was changed last at a time, and has had no
// more since we waited, is complete.
func (f *growingFile) ended(changed, waiting time.Time) bool {
	if f.confirmed {
		return changed.Before(f.began.Add(-f.idle))
	}
	if f.fromNullRead {
		return time.Since(waiting) >= f.idle
	}
	return time.Since(changed) >= f.idle
}
