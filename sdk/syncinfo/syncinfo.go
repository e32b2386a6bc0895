// Package syncinfo reads and completes descriptions of sync sessions
// (spec/sync.md 2 and 3), which have two forms: conf, the native one of async,
// with one session, and args, the older one, with a list of sessions.
package syncinfo

import (
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Keys of a description that tell its form.
const (
	keySessions = "sessions"
	keyInstance = "instance"
	keyLocal    = "local"
	keyRemote   = "remote"
)

// Part is what both forms have, under names of their own.
type Part int

// The parts of a session.
const (
	Name Part = iota
	Direction
	RemotePath
	LocalPath
	LocalDBFolder
)

// names are those of a part in a description, dotted.
func (p Part) names() (conf, args string) {
	switch p {
	case Direction:
		return "direction", "direction"
	case RemotePath:
		return "remote.path", "remote_dir"
	case LocalPath:
		return "local.path", "local_dir"
	case LocalDBFolder:
		return "local_db_dir", "local_db_dir"
	}
	return "name", "name"
}

// Session is one session of a description.
type Session struct {
	// Fields are those of the description itself: what is set here is set there.
	Fields *record.Object
	// IsArgs tells the form.
	IsArgs bool
}

// Key is the dotted name of a part in the form of the session.
func (s Session) Key(p Part) string {
	conf, args := p.names()
	if s.IsArgs {
		return args
	}
	return conf
}

// Has tells whether a part has a value.
func (s Session) Has(p Part) bool {
	v, _ := s.Fields.At(strings.Split(s.Key(p), ".")...)
	return v != nil
}

// Text returns a part, "" when it is not there or no text.
func (s Session) Text(p Part) string {
	v, _ := s.Fields.At(strings.Split(s.Key(p), ".")...)
	text, _ := v.(string)
	return text
}

// Set sets a part.
func (s Session) Set(p Part, value string) { s.Fields.SetAt(value, strings.Split(s.Key(p), ".")...) }

// Refuse fails when the description has a part that is an argument of the command.
func (s Session) Refuse(parts ...Part) error {
	for _, p := range parts {
		if !s.Has(p) {
			continue
		}
		if p == Direction {
			return failure.Argumentf("direction shall not be in sync_info").Hint("The direction is a word of the command")
		}
		return failure.Argumentf("Parameter %s shall not be in sync_info", s.Key(p)).Hint("The path is an argument of the command")
	}
	return nil
}

// Only returns the session of a description that arguments complete: args when it
// has sessions or instance, else conf. In the form args there is one session, which
// is made when the description has none.
func Only(info *record.Object) (Session, error) {
	if !info.Has(keySessions) && !info.Has(keyInstance) {
		return Session{Fields: info}, nil
	}
	if !info.Has(keySessions) {
		info.Set(keySessions, []any{record.New()})
	}
	sessions, err := argsSessions(info)
	if err != nil {
		return Session{}, err
	}
	if len(sessions) != 1 {
		return Session{}, failure.Argumentf("Only one session is supported")
	}
	return sessions[0], nil
}

// Sessions returns the sessions of a complete description, and checks what async
// cannot do without. A description with `local` has the form conf, whatever else
// it has.
func Sessions(info *record.Object) ([]Session, error) {
	switch {
	case info.Has(keyLocal):
		s := Session{Fields: info}
		return []Session{s}, s.checkConf()
	case info.Has(keySessions):
		sessions, err := argsSessions(info)
		for _, s := range sessions {
			if err == nil {
				err = s.checkArgs()
			}
		}
		return sessions, err
	}
	return nil, noSession()
}

func noSession() error {
	return failure.Argumentf("At least one of `local` or `sessions` must be present in async parameters")
}

// Instance returns the parameters that the sessions of the form args share.
func Instance(info *record.Object) (*record.Object, error) {
	v, _ := info.Get(keyInstance)
	switch v := v.(type) {
	case nil:
		return record.New(), nil
	case *record.Object:
		return v, nil
	}
	return nil, failure.Argumentf("instance: expecting a Hash, got %s", record.TypeName(v))
}

func argsSessions(info *record.Object) ([]Session, error) {
	for _, key := range info.Keys() {
		if key != keySessions && key != keyInstance {
			return nil, failure.Argumentf("Only 'sessions', and optionally 'instance' keys are allowed")
		}
	}
	v, _ := info.Get(keySessions)
	list, ok := v.([]any)
	if !ok {
		return nil, failure.Argumentf("sessions: expecting an Array, got %s", record.TypeName(v))
	}
	var sessions []Session
	for _, item := range list {
		fields, ok := item.(*record.Object)
		if !ok {
			return nil, failure.Argumentf("sessions: expecting a Hash, got %s", record.TypeName(item))
		}
		sessions = append(sessions, Session{Fields: fields, IsArgs: true})
	}
	return sessions, nil
}

func (s Session) checkConf() error {
	for _, key := range []string{keyLocal, keyRemote} {
		if v, _ := s.Fields.Get(key); s.Fields.Object(key) == nil {
			return failure.Argumentf("%s: expecting a Hash, got %s", key, record.TypeName(v))
		}
	}
	return s.need(RemotePath)
}

func (s Session) checkArgs() error {
	if !s.Has(Name) {
		return failure.Argumentf("session must contain at least name")
	}
	if err := s.need(LocalPath); err != nil {
		return err
	}
	return s.need(RemotePath)
}

func (s Session) need(p Part) error {
	if s.Text(p) != "" {
		return nil
	}
	v, _ := s.Fields.At(strings.Split(s.Key(p), ".")...)
	return failure.Argumentf("%s: expecting a String, got %s", s.Key(p), record.TypeName(v))
}

// Named returns the session of a name, as `sync admin status` of 4.21 does
// (spec/sync.md 5.1): in the form conf there is one, in the form args the first
// one serves without a name. Names that are not there are errors.
func Named(info *record.Object, name string) (Session, error) {
	switch {
	case info.Has(keyLocal):
		s := Session{Fields: info}
		switch {
		case s.Text(Name) == "":
			return s, failure.Argumentf("Missing session name")
		case name != "" && name != s.Text(Name):
			return s, failure.Argumentf("Session not found")
		}
		return s, nil
	case info.Has(keySessions):
		sessions, err := argsSessions(info)
		if err != nil {
			return Session{}, err
		}
		return namedAmong(sessions, name)
	}
	return Session{}, noSession()
}

func namedAmong(sessions []Session, name string) (Session, error) {
	var names []string
	for _, s := range sessions {
		if name == "" || name == s.Text(Name) {
			if s.Text(Name) == "" {
				break
			}
			return s, nil
		}
		names = append(names, s.Text(Name))
	}
	if name == "" {
		return Session{}, failure.Argumentf("Missing session name")
	}
	return Session{}, failure.Argumentf("Session %s not found in %s", name, strings.Join(names, ","))
}
