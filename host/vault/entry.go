package vault

import (
	"context"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Entry is a secret and what it is for. An empty field is an absent one.
type Entry struct {
	Label       string
	Username    string
	Password    string
	URL         string
	Description string
	// Extra holds the other fields that a store has, e.g. `secret` in a macOS
	// keychain. Nil: none.
	Extra *record.Object
}

const (
	labelField       = "label"
	usernameField    = "username"
	passwordField    = "password"
	urlField         = "url"
	descriptionField = "description"
)

// field returns where the entry keeps a field; nil when that is Extra.
func (e *Entry) field(name string) *string {
	switch name {
	case labelField:
		return &e.Label
	case usernameField:
		return &e.Username
	case passwordField:
		return &e.Password
	case urlField:
		return &e.URL
	case descriptionField:
		return &e.Description
	}
	return nil
}

// fieldNames are the fields of every entry, in the order in which they are shown.
func fieldNames() []string {
	return []string{labelField, usernameField, passwordField, urlField, descriptionField}
}

// NewEntry makes the entry that a user describes by an object. The label may
// stand in the object instead: label is then empty.
func NewEntry(label string, fields *record.Object) (Entry, error) {
	entry := Entry{Label: label}
	var unknown []string
	for name, value := range fields.All() {
		place := entry.field(name)
		if place == nil {
			unknown = append(unknown, ":"+name)
			continue
		}
		text, ok := value.(string)
		if !ok {
			return Entry{}, failure.Argumentf("%s: expecting String, but have %s", name, shown(name, value))
		}
		if name == labelField && label != "" && text != label {
			return Entry{}, failure.Argumentf("label is given twice: %s and %s", label, text)
		}
		*place = text
	}
	if len(unknown) > 0 {
		return Entry{}, failure.Argumentf("unsupported options: [%s], use %s",
			strings.Join(unknown, ", "), strings.Join(fieldNames(), ", "))
	}
	if entry.Label == "" {
		return Entry{}, failure.Argumentf("label is required")
	}
	return entry, nil
}

func shown(name string, value any) string {
	if secret.IsName(name) {
		return secret.Hidden
	}
	return inspect.Text(value)
}

// Field returns the text of a field, and whether the entry has it.
func (e Entry) Field(name string) (string, bool) {
	if place := e.field(name); place != nil {
		return *place, *place != ""
	}
	if e.Extra == nil || !e.Extra.Has(name) {
		return "", false
	}
	value, _ := e.Extra.Get(name)
	return inspect.Plain(value), true
}

// Object returns the fields that the entry has, label first.
func (e Entry) Object() *record.Object {
	return e.fields(fieldNames()...)
}

// fields returns the named fields that the entry has, then those of Extra.
func (e Entry) fields(names ...string) *record.Object {
	object := record.New()
	for _, name := range names {
		if text, ok := e.Field(name); ok {
			object.Set(name, text)
		}
	}
	if e.Extra != nil {
		for name, value := range e.Extra.All() {
			object.Set(name, value)
		}
	}
	return object
}

// secrets are the fields of an entry for a store that keeps the label apart.
func (e Entry) secrets() *record.Object { return e.fields(fieldNames()[1:]...) }

// Row returns the fields in the order of a listing, absent ones empty.
func (e Entry) Row() *record.Object {
	row := record.New(labelField, e.Label, urlField, e.URL, usernameField, e.Username,
		passwordField, e.Password, descriptionField, e.Description)
	if e.Extra != nil {
		for name, value := range e.Extra.All() {
			row.Set(name, value)
		}
	}
	return row
}

// entryOf makes an entry of what a store holds under a label.
func entryOf(label string, fields *record.Object) Entry {
	entry := Entry{Label: label}
	for name, value := range fields.All() {
		place := entry.field(name)
		switch {
		case name == labelField: // The label that the store knows it by holds.
		case place != nil:
			*place = inspect.Plain(value)
		default:
			entry.setExtra(name, value)
		}
	}
	return entry
}

func (e *Entry) setExtra(name string, value any) {
	if e.Extra == nil {
		e.Extra = record.New()
	}
	e.Extra.Set(name, value)
}

// Reference names a field of an entry: `@vault:<label>.<field>`.
type Reference struct{ Label, Field string }

// ParseReference reads `<label>.<field>`.
func ParseReference(text string) (Reference, error) {
	label, field, _ := strings.Cut(text, ".")
	if label == "" || field == "" || strings.Contains(field, ".") {
		return Reference{}, failure.Otherf(runtimeError, "vault name shall match <name>.<param>").
			Hint("a label that contains a dot cannot be used with @vault:")
	}
	return Reference{label, field}, nil
}

// Resolve returns what a reference names.
func (r Reference) Resolve(ctx context.Context, store Store) (string, error) {
	entry, err := store.Show(ctx, r.Label)
	if err != nil {
		return "", err
	}
	text, ok := entry.Field(r.Field)
	if !ok {
		return "", failure.Otherf(runtimeError, "no such entry value: %s", r.Field).
			Hint("entry %s has: %s", r.Label, strings.Join(slices.Sorted(slices.Values(entry.Object().Keys())), ", "))
	}
	return text, nil
}
