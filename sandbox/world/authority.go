package world

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// transferTags is what matters here of the transfer spec field "tags".
type transferTags struct {
	Aspera struct {
		Node struct {
			AccessKey string `json:"access_key"`
			FileID    string `json:"file_id"`
		} `json:"node"`
	} `json:"aspera"`
}

// AuthorizeToken implements [grant.Authority].
func (w *World) AuthorizeToken(token string, tags []byte, direction grant.Direction) (grant.Grant, error) {
	if credentials, basic := strings.CutPrefix(token, "Basic "); basic {
		return w.authorizeKey(credentials, tags, direction)
	}
	if credentials, isBearer := strings.CutPrefix(token, "Bearer "); isBearer {
		return w.authorizeBearer(credentials, tags, direction)
	}
	t, known := w.tokens.find(token)
	switch {
	case !known:
		return grant.Grant{}, fmt.Errorf("%w: the transfer token is unknown or has expired", grant.ErrDenied)
	case t.direction != "" && t.direction != direction:
		return grant.Grant{}, fmt.Errorf("%w: the transfer token is for direction %s", grant.ErrDenied, t.direction)
	}
	return t.allows, nil
}

// AuthorizePassword implements [grant.Authority].
func (w *World) AuthorizePassword(user, password string) (grant.Grant, error) {
	p, err := w.Authenticate(user, password)
	if err != nil {
		return grant.Grant{}, err
	}
	if p.IsAccessKey() {
		return grant.Grant{}, fmt.Errorf("%w: %s is an access key, which transfers with a token", grant.ErrDenied, user)
	}
	return w.grantFolder(p, Path("/"), AllRights)
}

// authorizeKey checks "access key:secret" in base64, and grants the folder that
// the tags name.
func (w *World) authorizeKey(credentials string, tags []byte, direction grant.Direction) (grant.Grant, error) {
	decoded, err := base64.StdEncoding.DecodeString(credentials)
	if err != nil {
		return grant.Grant{}, fmt.Errorf("%w: the basic token is not base64", grant.ErrDenied)
	}
	id, secret, _ := strings.Cut(string(decoded), ":")
	p, err := w.Authenticate(id, secret)
	if err != nil {
		return grant.Grant{}, err
	}
	if !p.IsAccessKey() {
		return grant.Grant{}, fmt.Errorf("%w: %s is not an access key", grant.ErrDenied, id)
	}
	asked, err := parseTags(tags)
	if err != nil {
		return grant.Grant{}, err
	}
	node := asked.Aspera.Node
	if node.AccessKey != "" && node.AccessKey != p.Name {
		return grant.Grant{}, fmt.Errorf("%w: the tags are for access key %s", grant.ErrDenied, node.AccessKey)
	}
	return w.grantTo(p, node.FileID, direction)
}

// authorizeBearer checks a bearer token. The tags name its access key, and the
// folder (node.md 8.3).
func (w *World) authorizeBearer(token string, tags []byte, direction grant.Direction) (grant.Grant, error) {
	asked, err := parseTags(tags)
	if err != nil {
		return grant.Grant{}, err
	}
	node := asked.Aspera.Node
	p, err := w.AuthenticateBearer(token, node.AccessKey)
	if err != nil {
		return grant.Grant{}, err
	}
	return w.grantTo(p, node.FileID, direction)
}

func parseTags(tags []byte) (transferTags, error) {
	var asked transferTags
	if len(tags) > 0 {
		if err := json.Unmarshal(tags, &asked); err != nil {
			return asked, fmt.Errorf("%w: the tags are not a JSON object", grant.ErrDenied)
		}
	}
	return asked, nil
}

// grantTo allows a transfer in one direction in a folder of an access key: that
// with a file id, or the root of the key.
func (w *World) grantTo(p Principal, fileID string, direction grant.Direction) (grant.Grant, error) {
	folder, needed := Path("/"), MayRead
	if fileID != "" {
		folder = ID(fileID)
	}
	if direction == grant.Send {
		needed = MayWrite
	}
	g, err := w.grantFolder(p, folder, needed)
	if direction != grant.Send {
		g.Destination = ""
	}
	return g, err
}

// grantFolder allows everything in a folder, in both directions, if p has the
// needed rights on it.
func (w *World) grantFolder(p Principal, folder Ref, needed Rights) (grant.Grant, error) {
	v, err := w.View(p)
	if err != nil {
		return grant.Grant{}, fmt.Errorf("%w: %w", grant.ErrDenied, err)
	}
	defer v.Close()
	root, err := v.FolderOnDisk(folder, needed)
	if err != nil {
		return grant.Grant{}, fmt.Errorf("%w: transfer folder: %w", grant.ErrDenied, err)
	}
	return grant.Grant{Owner: p.Account(), Root: root, Destination: "/", Disk: w.disk}, nil
}

// folderOnDisk returns the absolute path of a folder of the view, free of
// symbolic links. Who gets it opens it without the protection of the view, so
// it is checked here once more that the path stays inside.
func (v *View) folderOnDisk(where string) (string, error) {
	v.world.mu.Lock()
	top, known := v.world.index.locate(v.rootID)
	v.world.mu.Unlock()
	if !known {
		return "", ErrOutside
	}
	root, err := resolveBelow(v.world.storeDir, top)
	if err != nil {
		return "", err
	}
	return resolveBelow(root, where)
}

// resolveBelow returns the path on disk of a slash path below folder, free of
// symbolic links, if it does lie below.
func resolveBelow(folder, slashPath string) (string, error) {
	resolved, err := filepath.EvalSymlinks(filepath.Join(folder, filepath.FromSlash(slashPath)))
	if err != nil {
		return "", plain(err)
	}
	below, err := filepath.Rel(folder, resolved)
	if err != nil || !filepath.IsLocal(below) {
		return "", ErrOutside
	}
	return resolved, nil
}
