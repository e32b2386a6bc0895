package sftpfiles

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"

	"github.com/pkg/sftp"
)

// ownersExtension gives the names of users and groups (OpenSSH's PROTOCOL, section
// 4.12; since OpenSSH 9.0). SFTP itself knows numbers only.
const ownersExtension = "users-groups-by-id@openssh.com"

// maxOwners is how many numbers one request has.
const maxOwners = 1000

// owners remembers the names of users and groups.
type owners struct{ users, groups map[uint32]string }

// user is the name of a user; without one, the number stands for it.
func (o *owners) user(id uint32) string { return nameOr(o.users[id], id) }

func (o *owners) group(id uint32) string { return nameOr(o.groups[id], id) }

func nameOr(name string, id uint32) string {
	if name == "" {
		return strconv.FormatUint(uint64(id), 10)
	}
	return name
}

// learn asks the server for the names of those that are not known yet. A server
// that does not tell leaves numbers.
func (t *task) learn(ctx context.Context, stats []*sftp.FileStat) {
	if t.owners.users == nil {
		t.owners = owners{users: map[uint32]string{}, groups: map[uint32]string{}}
		if _, t.tellsOwners = t.client.HasExtension(ownersExtension); !t.tellsOwners {
			t.Log.Debug("the SFTP server does not tell names of owners, only their numbers")
		}
	}
	if !t.tellsOwners {
		return
	}
	var users, groups []uint32
	for _, s := range stats {
		// Known without a name until the answer comes: each is asked for once.
		if _, known := t.owners.users[s.UID]; !known {
			t.owners.users[s.UID] = ""
			users = append(users, s.UID)
		}
		if _, known := t.owners.groups[s.GID]; !known {
			t.owners.groups[s.GID] = ""
			groups = append(groups, s.GID)
		}
	}
	for len(users)+len(groups) > 0 && t.tellsOwners {
		someUsers, someGroups := users[:min(len(users), maxOwners)], groups[:min(len(groups), maxOwners)]
		if err := t.askOwners(ctx, someUsers, someGroups); err != nil {
			t.Log.Debug("the SFTP server does not tell names of owners", "error", err)
			t.tellsOwners = false
		}
		users, groups = users[len(someUsers):], groups[len(someGroups):]
	}
}

func (t *task) askOwners(ctx context.Context, users, groups []uint32) error {
	answer, err := t.wire.extended(ctx, ownersExtension, slices.Concat(packString(packIDs(users)), packString(packIDs(groups))))
	if err != nil {
		return err
	}
	userNames, rest, err := takeString(answer)
	if err != nil {
		return err
	}
	groupNames, _, err := takeString(rest)
	if err != nil {
		return err
	}
	return errors.Join(takeNames(t.owners.users, users, userNames), takeNames(t.owners.groups, groups, groupNames))
}

// takeNames takes the names of ids, in their order.
func takeNames(into map[uint32]string, ids []uint32, names []byte) error {
	for _, id := range ids {
		name, rest, err := takeString(names)
		if err != nil {
			return err
		}
		into[id], names = string(name), rest
	}
	return nil
}

func packIDs(ids []uint32) []byte {
	var packed []byte
	for _, id := range ids {
		packed = binary.BigEndian.AppendUint32(packed, id)
	}
	return packed
}

func packString(text []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)
}

var errShort = errors.New("an answer of the SFTP server is too short")

func takeString(b []byte) (text, rest []byte, err error) {
	if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) {
		return nil, nil, errShort
	}
	end := 4 + int(binary.BigEndian.Uint32(b))
	return b[4:end], b[end:], nil
}
