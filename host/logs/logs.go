// Package logs writes log lines in the form of the original (spec/cli.md 8).
package logs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Handler writes records without their secrets as
// `W, [2026-11-22T01:34:40.801662 #22416]  WARN -- : text`.
type Handler struct {
	level  slog.Leveler
	mask   func(string) string
	out    *lockedWriter
	prefix string
	attrs  []slog.Attr
}

// lockedWriter is shared by the handlers that With and WithGroup derive.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// New returns a handler that writes records of at least level to w. Each line
// passes through mask, which hides secrets.
func New(w io.Writer, level slog.Leveler, mask func(string) string) *Handler {
	return &Handler{level: level, mask: mask, out: &lockedWriter{w: w}}
}

// Enabled reports whether records of a level are written.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

// Handle writes one line a record; attributes follow the message as key=value.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	name := severity(r.Level)
	var line strings.Builder
	fmt.Fprintf(&line, "%c, [%s #%d] %5s -- : %s", name[0], r.Time.Format("2006-01-02T15:04:05.000000"), os.Getpid(), name, r.Message)
	write := func(prefix string, a slog.Attr) bool {
		fmt.Fprintf(&line, " %s%s=%s", prefix, a.Key, attrText(a))
		return true
	}
	for _, a := range h.attrs {
		write("", a)
	}
	r.Attrs(func(a slog.Attr) bool { return write(h.prefix, a) })
	line.WriteByte('\n')
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := io.WriteString(h.out.w, h.mask(line.String()))
	return err
}

// attrText hides the value of a key that names a secret.
func attrText(a slog.Attr) string {
	if secret.IsName(a.Key) {
		return secret.Hidden
	}
	if text := a.Value.String(); !strings.ContainsAny(text, " \n\"") && text != "" {
		return text
	}
	return fmt.Sprintf("%q", a.Value.String())
}

// WithAttrs returns a handler that adds attributes to each record.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = append([]slog.Attr(nil), h.attrs...)
	for _, a := range attrs {
		a.Key = h.prefix + a.Key
		next.attrs = append(next.attrs, a)
	}
	return &next
}

// WithGroup returns a handler that puts a name before the keys that follow.
func (h *Handler) WithGroup(name string) slog.Handler {
	next := *h
	next.prefix += name + "."
	return &next
}

func severity(l slog.Level) string {
	if name := sdk.LevelName(l); name != "unknown" {
		return strings.ToUpper(name)
	}
	return "ANY"
}
