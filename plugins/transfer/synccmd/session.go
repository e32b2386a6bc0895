package synccmd

import (
	"github.com/ascli-go/ascli/plugins/transfer/snapshot"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/syncinfo"
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
	s := session{path: inv.Text(syncinfo.ArgPath)}
	info := inv.Object(syncinfo.ArgInfo)
	if info == nil {
		return s, nil
	}
	described, err := syncinfo.Only(info)
	if err != nil {
		return s, err
	}
	s.name, s.dbFolder = described.Text(syncinfo.Name), described.Text(syncinfo.LocalDBFolder)
	return s, described.Refuse(syncinfo.LocalPath)
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
