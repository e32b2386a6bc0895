package synccmd

import (
	"github.com/ascli-go/ascli/plugins/transfer/snapshot"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// session is a sync session as the user names it: by its local folder and a
// part of its description (spec/sync.md 3).
type session struct {
	path string
	// dbFolder, "" for the local folder, is where its database lies.
	dbFolder string
	// name, "" when it is the only one of its folder.
	name string
}

// sessionOf reads the arguments of a command: a path, and a description in the
// conf form, or in the args form.
func sessionOf(inv *sdk.Invocation) (session, error) {
	s := session{path: inv.Text(argPath)}
	info := inv.Object(argSyncInfo)
	if info == nil {
		return s, nil
	}
	description, pathKeys := info, []string{"local", "path"}
	if info.Has("sessions") || info.Has("instance") {
		var err error
		if description, err = onlySession(info); err != nil {
			return s, err
		}
		pathKeys = []string{"local_dir"}
	}
	if _, given := description.At(pathKeys...); given {
		name := pathKeys[0]
		if len(pathKeys) > 1 {
			name += "." + pathKeys[1]
		}
		return s, failure.Argumentf("Parameter %s shall not be in sync_info", name).Hint("The path is an argument of the command")
	}
	s.name, s.dbFolder = description.Text("name"), description.Text("local_db_dir")
	return s, nil
}

// onlySession returns the session of a description in the args form.
func onlySession(info *record.Object) (*record.Object, error) {
	for _, key := range info.Keys() {
		if key != "sessions" && key != "instance" {
			return nil, failure.Argumentf("Only 'sessions', and optionally 'instance' keys are allowed")
		}
	}
	if !info.Has("sessions") {
		return record.New(), nil
	}
	sessions := info.List("sessions")
	if len(sessions) != 1 {
		return nil, failure.Argumentf("Only one session is supported")
	}
	description, ok := sessions[0].(*record.Object)
	if !ok {
		return nil, failure.Argumentf("sessions: expecting a Hash, got %s", record.TypeName(sessions[0]))
	}
	return description, nil
}

// folder is where the database lies.
func (s session) folder() string {
	if s.dbFolder != "" {
		return s.dbFolder
	}
	return s.path
}

// named returns the name, or that of the only session of the folder.
func (s session) named() (string, error) {
	if s.name != "" {
		return s.name, nil
	}
	return snapshot.Name(s.folder())
}

// open opens the database.
func (s session) open() (*snapshot.Database, error) {
	name, err := s.named()
	if err != nil {
		return nil, err
	}
	return snapshot.Open(s.folder(), name)
}
