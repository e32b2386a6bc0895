package nodeapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// permission is what tests look at in a permission.
type permission struct {
	ID              string
	FileID          string   `json:"file_id"`
	AccessType      string   `json:"access_type"`
	AccessID        string   `json:"access_id"`
	AccessLevels    []string `json:"access_levels"`
	AccessLevel     string   `json:"access_level"`
	Tags            any
	CreatedByID     string `json:"created_by_id"`
	CreatedAt       string `json:"created_at"`
	LastUpdatedByID string `json:"last_updated_by_id"`
	LastUpdatedAt   string `json:"last_updated_at"`
	PermissionCount int    `json:"permission_count"`
	Name, Path      string
	Size, Type      string
}

func TestPermissionLife(t *testing.T) {
	n := newTeamNode(t)
	n.put("d/f", "x")
	d := n.children("1")["d"].ID
	var made permission
	n.call(asKey, "POST", "/permissions", `{"file_id":`+quoted(d)+`,"access_type":"user","access_id":"777","access_levels":["write","read"],"tags":{"k":"v"}}`).is(200).into(&made)
	want := permission{
		ID: made.ID, FileID: d, AccessType: "user", AccessID: "777", AccessLevels: []string{"read", "write"}, AccessLevel: "edit",
		Tags: map[string]any{"k": "v"}, CreatedByID: "ASPERA_ACCESS_KEY_ADMIN", CreatedAt: made.CreatedAt,
		LastUpdatedByID: "ASPERA_ACCESS_KEY_ADMIN", LastUpdatedAt: made.CreatedAt,
	}
	if !reflect.DeepEqual(made, want) || !strings.HasSuffix(made.CreatedAt, "Z") || made.ID == "" {
		t.Errorf("permission = %+v, want %+v", made, want)
	}
	var shown permission
	n.call(asKey, "GET", "/permissions/"+made.ID, "").is(200).into(&shown)
	if !reflect.DeepEqual(shown, made) {
		t.Errorf("shown = %+v", shown)
	}

	n.call(asKey, "PUT", "/permissions/"+made.ID, `{"access_levels":["list"],"tags":{}}`).is(200).into(&shown)
	if !reflect.DeepEqual(shown.AccessLevels, []string{"list"}) || shown.AccessLevel != "view" {
		t.Errorf("modified = %+v", shown)
	}
	if got := n.call(asKey, "DELETE", "/permissions/"+made.ID, "").is(200); got.body != "" {
		t.Errorf("body = %q, want none", got.body)
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		n.call(asKey, method, "/permissions/"+made.ID, "{}").is(http.StatusNotFound).failure()
	}
}

func TestRefusedPermissions(t *testing.T) {
	n := newTeamNode(t)
	n.permit("1", "777", "read")
	tests := map[string]struct {
		body   string
		status int
	}{
		"no file":             {`{"access_type":"user","access_id":"1","access_levels":["read"]}`, 400},
		"no type":             {`{"file_id":"1","access_id":"1","access_levels":["read"]}`, 400},
		"no id":               {`{"file_id":"1","access_type":"user","access_levels":["read"]}`, 400},
		"no levels":           {`{"file_id":"1","access_type":"user","access_id":"1"}`, 400},
		"empty levels":        {`{"file_id":"1","access_type":"user","access_id":"1","access_levels":[]}`, 400},
		"unknown level":       {`{"file_id":"1","access_type":"user","access_id":"1","access_levels":["fly"]}`, 400},
		"unknown type":        {`{"file_id":"1","access_type":"robot","access_id":"1","access_levels":["read"]}`, 400},
		"unknown coarse word": {`{"file_id":"1","access_type":"user","access_id":"1","access_level":"all"}`, 400},
		"tags a number":       {`{"file_id":"1","access_type":"user","access_id":"1","access_levels":["read"],"tags":1}`, 400},
		"unknown file":        {`{"file_id":"4711","access_type":"user","access_id":"1","access_levels":["read"]}`, 404},
		"made already":        {`{"file_id":"1","access_type":"user","access_id":"777","access_levels":["list"]}`, 409},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n.in(t).call(asKey, "POST", "/permissions", test.body).is(test.status).failure()
		})
	}
	n.member("user:all", "778").call("POST", "/permissions", tests["made already"].body).is(http.StatusForbidden).failure()
	n.call(asUser, "GET", "/permissions", "").is(http.StatusForbidden).failure()
}

func TestCoarseLevelStandsForLevels(t *testing.T) {
	n := newTeamNode(t)
	for word, want := range map[string][]string{
		"view": {"list", "preview", "read"}, "edit": {"delete", "list", "mkdir", "preview", "read", "rename", "write"},
	} {
		var made permission
		n.call(asKey, "POST", "/permissions", `{"file_id":"1","access_type":"user","access_id":"`+word+`","access_level":"`+word+`"}`).is(200).into(&made)
		if !reflect.DeepEqual(made.AccessLevels, want) || made.AccessLevel != word {
			t.Errorf("%s = %+v", word, made)
		}
	}
}

func TestListPermissions(t *testing.T) {
	n := newTeamNode(t)
	n.put("d/f", "x")
	d := n.children("1")["d"].ID
	f := n.children(d)["f"].ID
	n.permit("1", "root", "list")
	n.permit(d, "777", "read", "list")
	n.permit(f, "777", "write")
	n.call(asKey, "POST", "/permissions", `{"file_id":"`+f+`","access_type":"group","access_id":"g","access_levels":["read"],"tags":{"color":"red","n":1}}`).is(200)
	n.member("user:all", "777").call("POST", "/permissions", `{"file_id":"`+f+`","access_type":"user","access_id":"778","access_levels":["read"]}`).is(200)
	// The permissions have the ids 1 to 5.
	tests := map[string]struct {
		query string
		want  string
	}{
		"all":                       {"", "12345"},
		"file with inherited":       {"file_id=" + f, "12345"},
		"file, direct":              {"file_id=" + f + "&inherited=false", "345"},
		"folder, inherited":         {"file_id=" + d + "&inherited=true", "12"},
		"access type":               {"access_type=group", "4"},
		"access id":                 {"access_type=user&access_id=777", "23"},
		"creator leaves out others": {"file_id=" + f + "&created_by_id=ASPERA_ACCESS_KEY_ADMIN", "34"},
		"creator":                   {"created_by_id=777", "5"},
		"last updater":              {"last_updated_by_id=777", "5"},
		"level":                     {"access_levels[]=read", "245"},
		"several levels":            {"access_levels[]=read&access_levels[]=list", "2"},
		"coarse level":              {"access_level=edit", "3"},
		"tag":                       {"tags=color(red)", "4"},
		"tag that is a number":      {"tags=n(1)", "4"},
		"tag of another value":      {"tags=color(blue)", ""},
		"first page":                {"page=1&per_page=2", "12"},
		"last page":                 {"page=3&per_page=2", "5"},
		"page behind the end":       {"page=4&per_page=2", ""},
		"as ascli asks":             {"include[]=access_level&include[]=permission_count&file_id=" + f + "&inherited=false", "345"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var found []permission
			got := n.in(t).call(asKey, "GET", "/permissions?"+test.query, "").is(200)
			got.into(&found)
			ids := ""
			for _, p := range found {
				ids += p.ID
			}
			total := fmt.Sprint(len(found))
			if strings.Contains(test.query, "page=") {
				total = "5"
			}
			if ids != test.want || got.header.Get("X-Total-Count") != total {
				t.Errorf("permissions %q of %s, want %q of %s", ids, got.header.Get("X-Total-Count"), test.want, total)
			}
		})
	}
	for _, query := range []string{"page=1", "inherited=maybe", "access_levels[]=fly", "tags=color", "embed[]=cat", "page=x&per_page=1"} {
		n.call(asKey, "GET", "/permissions?"+query, "").is(http.StatusBadRequest).failure()
	}
	n.call(asKey, "GET", "/permissions?file_id=4711", "").is(http.StatusNotFound).failure()
	n.member("user:all", "stranger").call("GET", "/permissions?file_id="+f, "").is(http.StatusForbidden).failure()
}

func TestEmbeddedFile(t *testing.T) {
	n := newTeamNode(t)
	n.put("d/f.txt", "hello")
	f := n.children(n.children("1")["d"].ID)["f.txt"].ID
	n.permit(f, "777", "read")
	n.permit(f, "778", "read")
	var found []permission
	n.call(asKey, "GET", "/permissions?embed[]=file&include[]=permission_count", "").is(200).into(&found)
	if p := found[0]; p.Name != "f.txt" || p.Path != "/d/f.txt" || p.Size != "5" || p.Type != "file" || p.PermissionCount != 2 || p.FileID != f {
		t.Errorf("permission = %+v", p)
	}
}

func TestChangesOfPermissionsAreEvents(t *testing.T) {
	n := newOperatedNode(t)
	n.takeTokens()
	n.permit("1", "777", "read")
	n.call(asKey, "PUT", "/permissions/1", `{"access_level":"view"}`).is(200)
	user := n.member("user:all", "777")
	user.call("POST", "/permissions", `{"file_id":"1","access_type":"user","access_id":"778","access_levels":["read"]}`).is(200)
	n.call(asKey, "DELETE", "/permissions/1", "").is(200)
	type event struct {
		UserID string `json:"user_id"`
		Types  []string
		Data   permission
	}
	var events, own []event
	n.call(asKey, "GET", "/events", "").is(200).into(&events)
	user.call("GET", "/events", "").is(200).into(&own)
	told := func(events []event) (all []string) {
		for _, e := range events {
			all = append(all, e.UserID+" "+e.Types[0]+" "+e.Data.ID)
		}
		return all
	}
	want := []string{"ak1 permission.created 1", "ak1 permission.modified 1", "777 permission.created 2", "ak1 permission.deleted 1"}
	if !reflect.DeepEqual(told(events), want) || !reflect.DeepEqual(told(own), want[2:3]) {
		t.Errorf("events = %q, the user's own %q; want %q", told(events), told(own), want)
	}
}

func FuzzPermissions(f *testing.F) {
	n := newTeamNode(f)
	n.permit("1", "777", "read")
	f.Add(`{"file_id":"1","access_type":"user","access_id":"x","access_levels":["read"],"tags":{"a":1}}`, "tags=a(1)&page=1&per_page=1")
	f.Add(`{"access_level":"edit"}`, "embed[]=file")
	f.Fuzz(func(t *testing.T, body, query string) {
		n := n.in(t)
		fuzzAnswer(t, n.call(asKey, "POST", "/permissions", body))
		fuzzAnswer(t, n.call(asKey, "PUT", "/permissions/1", body))
		if values, err := url.ParseQuery(query); err == nil {
			fuzzAnswer(t, n.call(asKey, "GET", "/permissions?"+values.Encode(), ""))
		}
	})
}
