package activity

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// Query selects transfers for a list (node.md S7).
type Query struct {
	// After is the position behind which the list begins.
	After uint64
	// Count is the most transfers, 0 for all.
	Count int
	// Active, if not nil, takes those that go on, or those that do not.
	Active    *bool
	Direction string    // "" for both
	Since     time.Time // something happened after it
	// Tag is a path of keys in the tags, with dots or commas between, and
	// optionally = and a value.
	Tag       string
	AccessKey string
	// Visible tells whether the asker may see the transfers of an owner.
	Visible func(owner string) bool
}

// List returns the transfers asked for, oldest position first, and the
// position to ask with the next time.
func (j *Journal) List(q Query) (found []Record, next uint64) {
	found, next = []Record{}, q.After
	for _, e := range j.After(q.After) {
		if q.Count > 0 && len(found) == q.Count {
			break
		}
		next = e.Position
		if q.matches(e.Record) {
			found = append(found, e.Record)
		}
	}
	return found, next
}

func (q Query) matches(r Record) bool {
	t := r.Transfer
	active := t.Status.Active()
	switch {
	case !q.Visible(r.Owner),
		q.Active != nil && *q.Active != active,
		q.Direction != "" && q.Direction != t.StartSpec.Direction,
		q.AccessKey != "" && q.AccessKey != nameOf(r.Owner),
		!active && !q.Since.IsZero() && t.EndTimeUsec <= q.Since.UnixMicro():
		return false
	}
	return q.Tag == "" || HasTag(t.StartSpec.Tags, q.Tag)
}

// nameOf returns the node user or access key of an account.
func nameOf(account string) string {
	name, _ := grant.SplitAccount(account)
	return name
}

// HasTag tells whether tags hold what a filter names: a path of keys with dots
// or commas between, optionally with = and the value.
func HasTag(tags json.RawMessage, filter string) bool {
	keys, value, valued := strings.Cut(filter, "=")
	var at any
	if json.Unmarshal(tags, &at) != nil {
		return false
	}
	for key := range strings.FieldsFuncSeq(keys, func(r rune) bool { return r == '.' || r == ',' }) {
		object, isObject := at.(map[string]any)
		if !isObject {
			return false
		}
		var known bool
		if at, known = object[key]; !known {
			return false
		}
	}
	if !valued {
		return true
	}
	if text, isText := at.(string); isText {
		return text == value
	}
	text, err := json.Marshal(at)
	return err == nil && string(text) == value
}
