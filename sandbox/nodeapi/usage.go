package nodeapi

import (
	"net/http"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// usage is what transfers have moved (OpenAPI, usage-get-200): bytes, from the
// client's point of view.
type usage struct {
	ID         string `json:"id"` // of whom, or the usage ID
	BytesIn    int64  `json:"bytes_in"`
	BytesOut   int64  `json:"bytes_out"`
	BytesTotal int64  `json:"bytes_total"`
}

// usageRoutes are the calls on what was transferred.
func usageRoutes() map[string]endpoint {
	return map[string]endpoint{"GET /usage": showUsage, "GET /usage/{id}": showUsageID}
}

// showUsage adds up the transfers of the caller and of the access keys below
// him. A node user can ask for one of his access keys.
func showUsage(x *exchange) error {
	if err := x.mayAskUsage(); err != nil {
		return err
	}
	who := x.caller.Name
	if asked := x.URL.Query().Get("access_key"); asked != "" && !x.caller.IsAccessKey() {
		key, err := x.node.World.AccessKey(x.caller, asked)
		if err != nil {
			return err
		}
		who = key.ID
	}
	sum, _ := x.usage(activity.Query{Visible: func(owner string) bool { return x.node.World.Owns(who, owner) }})
	sum.ID = who
	return x.json(http.StatusOK, sum)
}

// showUsageID adds up the transfers with a usage ID: a tag that the client gave.
func showUsageID(x *exchange) error {
	if err := x.mayAskUsage(); err != nil {
		return err
	}
	if x.node.World.IsSubKey(x.caller) {
		return refuse(http.StatusForbidden, "%s is a sub-access key, which may not ask for usage IDs", x.caller.Name)
	}
	id := x.PathValue("id")
	sum, found := x.usage(activity.Query{
		Tag:     "aspera.usage_id=" + id,
		Visible: x.visible,
	})
	if !found {
		return refuse(http.StatusNotFound, "No transfer has the usage ID %s", id)
	}
	sum.ID = id
	return x.json(http.StatusOK, sum)
}

// mayAskUsage refuses users with a bearer token but administrators (OpenAPI,
// /usage).
func (x *exchange) mayAskUsage() error {
	switch {
	case !x.caller.HasAllRights():
		return refuse(http.StatusForbidden, "Usage is for administrators; user %s is none", x.caller.UserID())
	case x.node.Operations == nil:
		return refuse(http.StatusNotFound, "Transfers are not recorded")
	}
	return nil
}

// usage adds up what ended: what a running transfer has moved is not known yet.
// It reports whether there was any transfer.
func (x *exchange) usage(q activity.Query) (sum usage, found bool) {
	ended := false
	q.Active = &ended
	records, _ := x.node.Operations.Transfers.List(q)
	for _, r := range records {
		if grant.Direction(r.Transfer.StartSpec.Direction) == grant.Receive {
			sum.BytesIn += r.Transfer.BytesTransferred
		} else {
			sum.BytesOut += r.Transfer.BytesTransferred
		}
	}
	sum.BytesTotal = sum.BytesIn + sum.BytesOut
	return sum, len(records) > 0
}
