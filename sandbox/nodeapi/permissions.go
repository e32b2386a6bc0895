package nodeapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/eventlog"
	"github.com/ascli-go/ascli/sandbox/world"
)

// permissionRoutes are the calls on who may do what with a file (node.md S6).
func permissionRoutes() map[string]endpoint {
	return map[string]endpoint{
		"GET /permissions":         withKeyFiles(listPermissions),
		"POST /permissions":        withKeyFiles(createPermission),
		"GET /permissions/{id}":    withKeyFiles(showPermission),
		"PUT /permissions/{id}":    withKeyFiles(modifyPermission),
		"DELETE /permissions/{id}": withKeyFiles(deletePermission),
	}
}

// permission is a permission as clients see it (OpenAPI, permissions-post-200).
type permission struct {
	ID              string          `json:"id"`
	FileID          string          `json:"file_id"`
	AccessType      string          `json:"access_type"`
	AccessID        string          `json:"access_id"`
	AccessLevels    []string        `json:"access_levels"`
	AccessLevel     string          `json:"access_level"`
	Tags            json.RawMessage `json:"tags,omitempty"`
	CreatedByID     string          `json:"created_by_id"`
	CreatedAt       string          `json:"created_at"`
	LastUpdatedByID string          `json:"last_updated_by_id"`
	LastUpdatedAt   string          `json:"last_updated_at"`
	// PermissionCount of the file, with include[]=permission_count.
	PermissionCount *int `json:"permission_count,omitempty"`
	*embeddedFile
}

// embeddedFile is what embed[]=file adds (OpenAPI, permissions-get-200).
type embeddedFile struct {
	Name         string `json:"name"`
	Path         string `json:"path,omitempty"` // as in idEntry
	Size         string `json:"size,omitempty"` // bytes, of a file
	Type         string `json:"type"`           // file, folder or symbolic_link
	ModifiedTime string `json:"modified_time"`
	ContentType  string `json:"content_type,omitempty"` // of a file
}

func byPermission(p world.Permission) permission {
	// The levels were checked when they were given.
	has, _ := world.ParseRights(p.AccessLevels)
	return permission{
		ID: p.ID, FileID: p.FileID, AccessType: p.AccessType, AccessID: p.AccessID,
		AccessLevels: has.Names(), AccessLevel: has.Coarse(), Tags: p.Tags,
		CreatedByID: p.CreatedByID, CreatedAt: wireTime(p.CreatedAt),
		LastUpdatedByID: p.LastUpdatedByID, LastUpdatedAt: wireTime(p.LastUpdatedAt),
	}
}

func listPermissions(x *exchange) error {
	query := x.URL.Query()
	match, direct, err := permissionFilter(query)
	if err != nil {
		return err
	}
	page, perPage, paged, err := pageNumber(query)
	if err != nil {
		return err
	}
	inherited, err := boolean(query, "inherited", true)
	if err != nil {
		return err
	}
	found, err := x.files.Permissions(query.Get("file_id"), inherited && !direct)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(p world.Permission) bool { return !match(p) })
	x.w.Header().Set(headerTotal, strconv.Itoa(len(found)))
	if paged {
		found = cut(found, page, perPage)
	}
	described := make([]permission, len(found))
	for i, p := range found {
		described[i] = byPermission(p)
		if err := x.embed(&described[i], query); err != nil {
			return err
		}
	}
	return x.json(http.StatusOK, described)
}

// embed adds to a permission what embed[] and include[] ask for.
func (x *exchange) embed(p *permission, query url.Values) error {
	for _, wanted := range slices.Concat(query["embed[]"], query["include[]"]) {
		switch wanted {
		case "file":
			e, err := x.files.Stat(world.ID(p.FileID))
			if err != nil {
				return err
			}
			p.embeddedFile = x.embedded(e)
		case "permission_count":
			count := x.files.PermissionCount(p.FileID)
			p.PermissionCount = &count
		case "access_level", "access_levels": // always told
		default:
			return refuse(http.StatusBadRequest, "%q can be neither embedded nor included", wanted)
		}
	}
	return nil
}

func (x *exchange) embedded(e world.Entry) *embeddedFile {
	name, kind := shownName(e)
	shown := &embeddedFile{Name: name, Type: kind, ModifiedTime: wireTime(e.Modified)}
	switch kind {
	case "file":
		shown.Size, shown.ContentType = strconv.FormatInt(e.Size, 10), contentType(name)
	case "link":
		shown.Type = "symbolic_link"
	}
	if x.caller.HasAllRights() {
		shown.Path = path.Join(path.Dir(e.Path), name)
	}
	return shown
}

// permissionFilter makes the filter of a listing. direct tells that it leaves
// out inherited permissions (OpenAPI, /permissions).
func permissionFilter(query url.Values) (match func(world.Permission) bool, direct bool, err error) {
	levels, err := world.ParseRights(query["access_levels[]"])
	if err != nil {
		return nil, false, err
	}
	tag, err := parseTagFilter(query.Get("tags"))
	if err != nil {
		return nil, false, err
	}
	direct = query.Get("created_by_id") != "" || query.Get("last_updated_by_id") != "" || tag != nil
	equal := func(name, value string) bool { return query.Get(name) == "" || query.Get(name) == value }
	return func(p world.Permission) bool {
		shown := byPermission(p)
		has, _ := world.ParseRights(p.AccessLevels)
		return equal("access_type", p.AccessType) && equal("access_id", p.AccessID) &&
			equal("created_by_id", p.CreatedByID) && equal("last_updated_by_id", p.LastUpdatedByID) &&
			equal("access_level", shown.AccessLevel) && has.Has(levels) && tag.match(p.Tags)
	}, direct, nil
}

// tagFilter matches a tag of a permission: key(value).
type tagFilter struct{ key, value string }

func parseTagFilter(text string) (*tagFilter, error) {
	if text == "" {
		return nil, nil
	}
	key, rest, opened := strings.Cut(text, "(")
	value, closed := strings.CutSuffix(rest, ")")
	if key == "" || !opened || !closed {
		return nil, refuse(http.StatusBadRequest, "tags cannot be %q; it has the form tag_id(tag_value)", text)
	}
	return &tagFilter{key, value}, nil
}

// match tells whether tags hold the pair. A value that is no text is compared
// as JSON.
func (f *tagFilter) match(tags json.RawMessage) bool {
	if f == nil {
		return true
	}
	var pairs map[string]json.RawMessage
	if json.Unmarshal(tags, &pairs) != nil {
		return false
	}
	value, found := pairs[f.key]
	var text string
	if json.Unmarshal(value, &text) != nil {
		text = string(value)
	}
	return found && text == f.value
}

func showPermission(x *exchange) error {
	p, err := x.files.Permission(x.PathValue("id"))
	if err != nil {
		return err
	}
	shown := byPermission(p)
	if err := x.embed(&shown, x.URL.Query()); err != nil {
		return err
	}
	return x.json(http.StatusOK, shown)
}

// permissionSettings is the body of a creation or modification.
type permissionSettings struct {
	FileID       string          `json:"file_id"`
	AccessType   string          `json:"access_type"`
	AccessID     string          `json:"access_id"`
	AccessLevels []string        `json:"access_levels"`
	AccessLevel  string          `json:"access_level"` // counts without AccessLevels only
	Tags         json.RawMessage `json:"tags"`
}

// rights returns what the levels of the body say, nil if there are none.
func (s permissionSettings) rights() (*world.Rights, error) {
	var r world.Rights
	var err error
	switch {
	case s.AccessLevels != nil:
		r, err = world.ParseRights(s.AccessLevels)
	case s.AccessLevel != "":
		r, err = world.ParseCoarse(s.AccessLevel)
	default:
		return nil, nil
	}
	if err == nil && r == 0 {
		err = refuse(http.StatusBadRequest, "access_levels is empty; delete the permission instead")
	}
	return &r, err
}

// permissionRequest reads the body. Tags are an object for clients, and a text
// in the OpenAPI document.
func (x *exchange) permissionRequest() (permissionSettings, *world.Rights, error) {
	var asked permissionSettings
	if err := x.decode(&asked); err != nil {
		return asked, nil, err
	}
	if len(asked.Tags) > 0 && asked.Tags[0] != '{' && asked.Tags[0] != '"' {
		if string(asked.Tags) != "null" {
			return asked, nil, refuse(http.StatusBadRequest, "tags is neither a JSON object nor a text")
		}
		asked.Tags = nil
	}
	given, err := asked.rights()
	return asked, given, err
}

func createPermission(x *exchange) error {
	asked, given, err := x.permissionRequest()
	if err != nil {
		return err
	}
	wanted := world.Permission{FileID: asked.FileID, AccessType: asked.AccessType, AccessID: asked.AccessID, Tags: asked.Tags}
	if given != nil {
		wanted.AccessLevels = given.Names()
	}
	p, err := x.files.Grant(wanted)
	if err != nil {
		return err
	}
	shown := byPermission(p)
	x.node.Operations.happened(x.caller.Account(), shown, eventlog.PermissionMade)
	return x.json(http.StatusOK, shown)
}

func modifyPermission(x *exchange) error {
	asked, given, err := x.permissionRequest()
	if err != nil {
		return err
	}
	p, err := x.files.ModifyPermission(x.PathValue("id"), world.PermissionChange{Rights: given, Tags: asked.Tags})
	if err != nil {
		return err
	}
	shown := byPermission(p)
	x.node.Operations.happened(x.caller.Account(), shown, eventlog.PermissionEdited)
	return x.json(http.StatusOK, shown)
}

// deletePermission answers 200 without a body (OpenAPI).
func deletePermission(x *exchange) error {
	p, err := x.files.Revoke(x.PathValue("id"))
	if err != nil {
		return err
	}
	x.node.Operations.happened(x.caller.Account(), byPermission(p), eventlog.PermissionGone)
	x.w.Header().Set("Content-Length", "0")
	x.w.WriteHeader(http.StatusOK)
	return nil
}

// boolean reads a query parameter that is true or false.
func boolean(query url.Values, name string, absent bool) (bool, error) {
	switch text := query.Get(name); text {
	case "":
		return absent, nil
	case "true", "false":
		return text == "true", nil
	default:
		return false, refuse(http.StatusBadRequest, "%s cannot be %q; it is true or false", name, text)
	}
}
