package world_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/ascli-go/ascli/sandbox/world"
)

// permit gives a user rights on a file.
func permit(t *testing.T, v *world.View, fileID, user string, levels ...string) world.Permission {
	t.Helper()
	p, err := v.Grant(world.Permission{FileID: fileID, AccessType: world.AccessUser, AccessID: user, AccessLevels: levels})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// team is a world with the tree /a/b/c/f.
func team(t *testing.T) (w *world.World, folder string) {
	t.Helper()
	folder = t.TempDir()
	write(t, filepath.Join(folder, "files", "a", "b", "c", "f"), "f")
	w = openWorld(t, folder)
	takesTokens(t, w)
	return w, folder
}

func TestRightsAddUpAlongThePath(t *testing.T) {
	w, _ := team(t)
	v := keyView(t, w)
	permit(t, v, idOf(t, v, "/a/b"), "777", "list", "read")
	permit(t, v, idOf(t, v, "/a/b/c"), "777", "write")
	if _, err := v.Grant(world.Permission{
		FileID: idOf(t, v, "/a"), AccessType: world.AccessGroup, AccessID: "g", AccessLevels: []string{"preview"},
	}); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		user, group, path string
		want              []string
	}{
		"above":                 {"777", "", "/a", []string{}},
		"the folder":            {"777", "", "/a/b", []string{"list", "read"}},
		"below":                 {"777", "", "/a/b/c/f", []string{"list", "read", "write"}},
		"with a group":          {"777", "g", "/a/b", []string{"list", "preview", "read"}},
		"group alone":           {"778", "g", "/a/b/c/f", []string{"preview"}},
		"user named as a group": {"g", "", "/a", []string{}},
		"group named as a user": {"778", "777", "/a/b", []string{}},
		"stranger":              {"778", "", "/a/b/c", []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			mine := bearerView(t, w, "user:all", test.user, test.group)
			r, err := mine.Rights(idOf(t, v, test.path))
			if err != nil || !reflect.DeepEqual(r.Names(), test.want) {
				t.Errorf("rights = %v, %v; want %v", r.Names(), err, test.want)
			}
		})
	}
	if r, err := bearerView(t, w, "admin:all", "778").Rights("1"); err != nil || r != world.AllRights {
		t.Errorf("rights of an administrator = %v, %v", r.Names(), err)
	}
}

// A folder that is mine may hold a link to one that is not.
func TestRightsEndAtALink(t *testing.T) {
	w, folder := team(t)
	write(t, filepath.Join(folder, "files", "secret", "f"), "x")
	v := keyView(t, w)
	permit(t, v, idOf(t, v, "/a"), "777", "list", "read")
	if _, err := v.MakeLink(world.Path("/a/l"), "/secret"); err != nil {
		t.Fatal(err)
	}
	behind := idOf(t, v, "/a/l/f")
	if r, err := bearerView(t, w, "user:all", "777").Rights(behind); !errors.Is(err, world.ErrForbidden) {
		t.Errorf("rights = %v, %v; want ErrForbidden", r.Names(), err)
	}
}

func TestPermissionsSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "a", "f"), "f")
	w := openWorld(t, folder)
	v := keyView(t, w)
	first := permit(t, v, idOf(t, v, "/a"), "777", "write", "read")
	second := permit(t, v, idOf(t, v, "/a"), "778", "read")
	if _, err := v.Revoke(second.ID); err != nil {
		t.Fatal(err)
	}
	v.Close()
	w.Close()

	v = keyView(t, openWorld(t, folder))
	got, err := v.Permission(first.ID)
	if err != nil || !reflect.DeepEqual(got.AccessLevels, []string{"read", "write"}) ||
		got.CreatedByID != "ASPERA_ACCESS_KEY_ADMIN" || !got.CreatedAt.Equal(first.CreatedAt) {
		t.Errorf("permission = %+v, %v", got, err)
	}
	if third := permit(t, v, idOf(t, v, "/a"), "778", "read"); third.ID == second.ID || third.ID == first.ID {
		t.Errorf("id %s was given twice", third.ID)
	}
}

func TestPermissionsEndWithTheirFile(t *testing.T) {
	w, folder := team(t)
	v := keyView(t, w)
	kept := permit(t, v, idOf(t, v, "/a"), "777", "read")
	deleted := permit(t, v, idOf(t, v, "/a/b/c/f"), "777", "read")
	removed := permit(t, v, idOf(t, v, "/a/b/c"), "777", "read")
	if err := v.Delete(world.Path("/a/b/c/f"), true); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(folder, "files", "a", "b")); err != nil { // as another program would
		t.Fatal(err)
	}
	v = keyView(t, w)
	for _, gone := range []string{deleted.ID, removed.ID} {
		if p, err := v.Permission(gone); !errors.Is(err, world.ErrPermissionUnknown) {
			t.Errorf("permission = %+v, %v; want ErrPermissionUnknown", p, err)
		}
	}
	if all, err := v.Permissions("", true); err != nil || len(all) != 1 || all[0].ID != kept.ID {
		t.Errorf("permissions = %+v, %v", all, err)
	}
}

func TestPermissionsEndWithTheirAccessKey(t *testing.T) {
	w := openWorld(t, t.TempDir())
	v := keyView(t, w)
	permit(t, v, "1", "777", "read")
	user := userPrincipal(t, w)
	if err := w.DeleteAccessKey(user, "ak1"); err != nil {
		t.Fatal(err)
	}
	key, err := w.CreateAccessKey(user, world.KeySettings{ID: "ak1", Storage: local("/")})
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.Authenticate("ak1", key.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := viewOf(t, w, p).Permissions("", true); err != nil || len(all) != 0 {
		t.Errorf("permissions = %+v, %v", all, err)
	}
}

func TestUsersHandOnTheirOwnRightsOnly(t *testing.T) {
	w, _ := team(t)
	v := keyView(t, w)
	b := idOf(t, v, "/a/b")
	own := permit(t, v, b, "777", "read", "list")
	strong := permit(t, v, b, "779", "delete")
	mine := func() *world.View { return bearerView(t, w, "user:all", "777") }
	read, write := world.MayRead, world.MayWrite

	given := permit(t, mine(), b, "778", "read")
	if given.CreatedByID != "777" {
		t.Errorf("creator = %s", given.CreatedByID)
	}
	refused := map[string]error{
		"a right that is not his": second(mine().Grant(world.Permission{FileID: b, AccessType: "user", AccessID: "780", AccessLevels: []string{"write"}})),
		"a folder above":          second(mine().Grant(world.Permission{FileID: "1", AccessType: "user", AccessID: "780", AccessLevels: []string{"read"}})),
		"to more":                 second(mine().ModifyPermission(given.ID, world.PermissionChange{Rights: &write})),
		"what is stronger":        second(mine().ModifyPermission(strong.ID, world.PermissionChange{Rights: &read})),
		"removal of a stronger":   second(mine().Revoke(strong.ID)),
		"by a stranger":           second(bearerView(t, w, "user:all", "781").Revoke(own.ID)),
	}
	for name, err := range refused {
		if !errors.Is(err, world.ErrForbidden) {
			t.Errorf("%s: error = %v, want ErrForbidden", name, err)
		}
	}
	if _, err := mine().Revoke(given.ID); err != nil {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWhoSeesWhichPermissions(t *testing.T) {
	w, _ := team(t)
	v := keyView(t, w)
	a, b, c := idOf(t, v, "/a"), idOf(t, v, "/a/b"), idOf(t, v, "/a/b/c")
	onA := permit(t, v, a, "777", "read")
	onB := permit(t, v, b, "778", "read")
	onRoot := permit(t, v, "1", "779", "list")
	all := []string{onA.ID, onB.ID, onRoot.ID}
	tests := map[string]struct {
		user, file string
		inherited  bool
		want       []string
	}{
		"key, all":                     {"", "", true, all},
		"key, with inherited":          {"", c, true, all},
		"key, direct":                  {"", b, false, []string{onB.ID}},
		"one with rights on the root":  {"779", b, true, all},
		"the user's own":               {"777", b, true, []string{onA.ID}},
		"the user's own, of all files": {"778", "", true, []string{onB.ID}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			view := keyView(t, w)
			if test.user != "" {
				view = bearerView(t, w, "user:all", test.user)
			}
			found, err := view.Permissions(test.file, test.inherited)
			ids := []string{}
			for _, p := range found {
				ids = append(ids, p.ID)
			}
			if err != nil || !reflect.DeepEqual(ids, test.want) {
				t.Errorf("permissions = %v, %v; want %v", ids, err, test.want)
			}
		})
	}
	if _, err := bearerView(t, w, "user:all", "778").Permissions(a, true); !errors.Is(err, world.ErrForbidden) {
		t.Errorf("error = %v, want ErrForbidden", err)
	}
	if _, err := v.Permissions("4711", true); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want ErrNotExist", err)
	}
	if _, err := bearerView(t, w, "user:all", "780").Permission(onB.ID); !errors.Is(err, world.ErrForbidden) {
		t.Errorf("error = %v, want ErrForbidden", err)
	}
}

func TestSubKeysHaveNoPermissions(t *testing.T) {
	w := openWorld(t, t.TempDir())
	key, err := w.CreateAccessKey(keyPrincipal(t, w), world.KeySettings{ID: "sub", Storage: local("/")})
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.Authenticate("sub", key.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := viewOf(t, w, p).Permissions("", true); !errors.Is(err, world.ErrForbidden) {
		t.Errorf("error = %v, want ErrForbidden", err)
	}
}

func TestModifyPermission(t *testing.T) {
	w, _ := team(t)
	v := keyView(t, w)
	p := permit(t, v, "1", "777", "read")
	rights := world.MayWrite | world.MayList
	changed, err := v.ModifyPermission(p.ID, world.PermissionChange{Rights: &rights, Tags: json.RawMessage(`{"k":"v"}`)})
	if err != nil || !reflect.DeepEqual(changed.AccessLevels, []string{"list", "write"}) || string(changed.Tags) != `{"k":"v"}` {
		t.Errorf("permission = %+v, %v", changed, err)
	}
	if _, err := v.ModifyPermission("4711", world.PermissionChange{}); !errors.Is(err, world.ErrPermissionUnknown) {
		t.Errorf("error = %v, want ErrPermissionUnknown", err)
	}
}
