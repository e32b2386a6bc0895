package world_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/world"
)

func basicToken(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func TestAccessKeyTokenGrantsTheFolderOfTheTags(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "d", "f.txt"), "f")
	w := openWorld(t, folder)
	v := keyView(t, w)
	id, secret, _ := w.DefaultAccessKey()
	files, err := filepath.EvalSymlinks(filepath.Join(folder, "files"))
	if err != nil {
		t.Fatal(err)
	}
	tags := func(key, file string) string {
		return fmt.Sprintf(`{"aspera":{"node":{"access_key":%q,"file_id":%q}}}`, key, file)
	}
	good := basicToken(id, secret)
	tests := map[string]struct {
		token, tags string
		want        string // root of the grant, "" for a refusal
	}{
		"no tags":             {good, "", files},
		"root":                {good, tags(id, "1"), files},
		"folder":              {good, tags(id, idOf(t, v, "/d")), filepath.Join(files, "d")},
		"file":                {good, tags(id, idOf(t, v, "/d/f.txt")), ""},
		"unknown file id":     {good, tags(id, "4711"), ""},
		"another access key":  {good, tags("ak2", "1"), ""},
		"tags not JSON":       {good, "{", ""},
		"wrong secret":        {basicToken(id, "x"), "", ""},
		"node user":           {basicToken(w.NodeUser()), "", ""},
		"not base64":          {"Basic %%%", "", ""},
		"no colon":            {"Basic " + base64.StdEncoding.EncodeToString([]byte(id)), "", ""},
		"empty":               {"", "", ""},
		"made up transfer id": {"ATM2_X_2MTA", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g, err := w.AuthorizeToken(test.token, []byte(test.tags), grant.Send)
			if test.want == "" {
				if !errors.Is(err, grant.ErrDenied) {
					t.Errorf("grant %+v, error = %v; want ErrDenied", g, err)
				}
				return
			}
			want := grant.Grant{Owner: id, Root: test.want, Destination: "/"}
			if err != nil || !reflect.DeepEqual(g, want) {
				t.Errorf("grant = %+v, %v; want %+v", g, err, want)
			}
		})
	}
}

func TestAccessKeyTokenToReceiveGrantsNoDestination(t *testing.T) {
	w := openWorld(t, t.TempDir())
	id, secret, _ := w.DefaultAccessKey()
	g, err := w.AuthorizeToken(basicToken(id, secret), nil, grant.Receive)
	if err != nil || g.Destination != "" || g.Sources != nil {
		t.Errorf("grant = %+v, %v", g, err)
	}
}

func TestTransferToken(t *testing.T) {
	folder := t.TempDir()
	w := openWorld(t, folder)
	v := keyView(t, w)
	upload, err := v.UploadToken("/up/", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	download, err := v.DownloadToken([]string{"a", "/b/c/"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{upload, download} {
		if !strings.HasPrefix(token, "AT") || !strings.HasSuffix(token, "TA") {
			t.Errorf("token %s is not AT...TA", token)
		}
	}
	g, err := w.AuthorizeToken(upload, nil, grant.Send)
	if err != nil || g.Destination != "/up" || filepath.Base(g.Root) != "files" {
		t.Errorf("upload grant = %+v, %v", g, err)
	}
	g, err = w.AuthorizeToken(download, nil, grant.Receive)
	if err != nil || !reflect.DeepEqual(g.Sources, []string{"/a", "/b/c"}) {
		t.Errorf("download grant = %+v, %v", g, err)
	}
	for token, wrong := range map[string]grant.Direction{upload: grant.Receive, download: grant.Send} {
		if _, err := w.AuthorizeToken(token, nil, wrong); !errors.Is(err, grant.ErrDenied) {
			t.Errorf("direction %s: error = %v, want ErrDenied", wrong, err)
		}
	}
	if _, err := v.UploadToken("/../x", time.Hour); !errors.Is(err, world.ErrOutside) {
		t.Errorf("error = %v, want ErrOutside", err)
	}
}

func TestTransferTokenEndsWithItsAccessKey(t *testing.T) {
	w := openWorld(t, t.TempDir())
	p := keyPrincipal(t, w)
	token, err := viewOf(t, w, p).UploadToken("/", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteAccessKey(p, "self"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.AuthorizeToken(token, nil, grant.Send); !errors.Is(err, grant.ErrDenied) {
		t.Errorf("error = %v, want ErrDenied", err)
	}
}

func TestAuthorizePassword(t *testing.T) {
	w := openWorld(t, t.TempDir())
	user, password := w.NodeUser()
	g, err := w.AuthorizePassword(user, password)
	if err != nil || g.Destination != "/" || !filepath.IsAbs(g.Root) {
		t.Errorf("grant = %+v, %v", g, err)
	}
	key, secret, _ := w.DefaultAccessKey()
	for name, secretOf := range map[string]string{user: "wrong", key: secret} {
		if _, err := w.AuthorizePassword(name, secretOf); !errors.Is(err, grant.ErrDenied) {
			t.Errorf("%s: error = %v, want ErrDenied", name, err)
		}
	}
}

// A granted folder is opened by its plain path, without the protection of the
// view: a link out of the root must not become one.
func TestFolderBehindALinkOutOfTheRootIsNotGranted(t *testing.T) {
	folder := t.TempDir()
	w := openWorld(t, folder)
	v := keyView(t, w)
	write(t, filepath.Join(folder, "files", "d", "sub", "f"), "x")
	id := idOf(t, v, "/d/sub")
	if err := v.Rename(world.Path("/d"), world.Path("/moved")); err != nil {
		t.Fatal(err)
	}
	key, secret, _ := w.DefaultAccessKey()
	tags := fmt.Appendf(nil, `{"aspera":{"node":{"file_id":%q}}}`, id)
	if _, err := w.AuthorizeToken(basicToken(key, secret), tags, grant.Send); err != nil {
		t.Fatal(err)
	}
	// Another program swaps the folder above for a link.
	if err := v.Delete(world.Path("/moved/sub/f"), true); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "outside", "sub", "f"), "secret")
	swap(t, filepath.Join(folder, "files", "moved"), filepath.Join(folder, "outside"))
	if g, err := w.AuthorizeToken(basicToken(key, secret), tags, grant.Send); !errors.Is(err, grant.ErrDenied) {
		t.Errorf("grant = %+v, %v; want ErrDenied", g, err)
	}
}
