// Package logs writes log records in the forms of the original, without their
// secrets (spec/cli.md 8).
package logs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/ascli-go/ascli/host/terminal"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// program is the name under which the host logs.
const program = "ascli"

// Options says what a handler writes, and how.
type Options struct {
	// Level is the lowest level that is written.
	Level slog.Leveler
	// Format is the form of lines, one of Formats; "" is Standard.
	Format string
	// Func makes the lines instead, when it is set.
	Func Func
	// Mask hides the secrets that are known; nil when none are.
	Mask func(string) string
	// ShowSecrets writes messages as they are (option log_secrets).
	ShowSecrets bool
	// Terminal tells that the lines are read on a terminal, which shows colours.
	Terminal bool
}

// Handler writes records to a target. Handlers that With and WithGroup derive
// share it; all may be used from several goroutines.
type Handler struct {
	options Options
	target  Target
	format  layout
	prefix  string
	attrs   []slog.Attr // with the prefixes of their groups
}

// NewHandler returns a handler, or an error telling that the format is unknown.
// The target remains the caller's to close.
func NewHandler(target Target, o Options) (*Handler, error) {
	format, err := o.layout()
	if err != nil {
		return nil, err
	}
	return &Handler{options: o, target: target, format: format}, nil
}

// New returns a handler that writes records of at least level to w in the
// standard format. Each message passes through mask, which hides secrets.
func New(w io.Writer, level slog.Leveler, mask func(string) string) *Handler {
	return &Handler{options: Options{Level: level, Mask: mask}, target: Stream(w), format: standard}
}

// Enabled reports whether records of a level are written.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.options.Level.Level()
}

// Handle writes a record; attributes follow the message as key=value. The error
// is that of the target.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	e := entry{level: r.Level, time: r.Time, pc: r.PC, message: h.message(r)}
	if h.options.Terminal {
		e.message = terminal.Harmless(e.message)
	}
	if h.target.stamps() && h.standard() {
		return h.target.write(e.level, e.message)
	}
	line, err := h.format(e)
	if err != nil {
		// A function of the user's fails: the message must not be lost.
		e.message += fmt.Sprintf(" (option log_format: %s)", h.hide(err.Error()))
		if line, err = standard(e); err != nil {
			return err
		}
	}
	return h.target.write(e.level, line)
}

func (h *Handler) standard() bool {
	return h.options.Func == nil && (h.options.Format == "" || h.options.Format == Standard)
}

// message is the message of a record with its attributes, without secrets.
func (h *Handler) message(r slog.Record) string {
	var b strings.Builder
	b.WriteString(h.hide(r.Message))
	for _, a := range h.attrs {
		h.writeAttr(&b, "", a)
	}
	r.Attrs(func(a slog.Attr) bool {
		h.writeAttr(&b, h.prefix, a)
		return true
	})
	return b.String()
}

// hide takes the secrets from a text. Attributes pass one by one: what looks
// like a secret in the message ends with it.
func (h *Handler) hide(text string) string {
	if h.options.ShowSecrets {
		return text
	}
	if h.options.Mask != nil {
		text = h.options.Mask(text)
	}
	return secret.MaskLog(text)
}

// writeAttr writes an attribute, and those of a group one by one.
func (h *Handler) writeAttr(b *strings.Builder, prefix string, a slog.Attr) {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, inner := range value.Group() {
			h.writeAttr(b, prefix, inner)
		}
		return
	}
	if a.Equal(slog.Attr{}) {
		return // slog: an empty attribute is none
	}
	text := secret.Hidden
	if h.options.ShowSecrets || !secret.IsName(a.Key) {
		text = quoted(h.hide(valueText(value)))
	}
	b.WriteString(" " + prefix + a.Key + "=" + text)
}

// valueText is a value as text: JSON for what a record holds.
func valueText(v slog.Value) string {
	switch x := v.Any().(type) {
	case *record.Object, []any:
		return string(record.JSON(x))
	}
	return v.String()
}

// quoted puts quotes around a text that would not read as one word.
func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, " \n\"") {
		return fmt.Sprintf("%q", text)
	}
	return text
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
