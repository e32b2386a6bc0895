package ascmd

import (
	"os/user"
	"strconv"
	"time"
)

// attributes are those that systems keep of files in their own way.
type attributes struct {
	uid, gid          uint32
	changed, accessed time.Time
}

// owners remembers the names of users and groups.
type owners struct{ users, groups map[uint32]string }

func (o *owners) user(id uint32) string {
	return remembered(&o.users, id, func(id string) (string, error) {
		known, err := user.LookupId(id)
		if err != nil {
			return "", err
		}
		return known.Username, nil
	})
}

func (o *owners) group(id uint32) string {
	return remembered(&o.groups, id, func(id string) (string, error) {
		known, err := user.LookupGroupId(id)
		if err != nil {
			return "", err
		}
		return known.Name, nil
	})
}

// remembered looks a name up once; without one, the number stands for it.
func remembered(names *map[uint32]string, id uint32, lookup func(string) (string, error)) string {
	if *names == nil {
		*names = map[uint32]string{}
	}
	name, ok := (*names)[id]
	if !ok {
		text := strconv.FormatUint(uint64(id), 10)
		var err error
		if name, err = lookup(text); err != nil {
			name = text
		}
		(*names)[id] = name
	}
	return name
}
