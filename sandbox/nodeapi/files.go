package nodeapi

import (
	"encoding/json"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/world"
)

// countBudget is how many files one request may visit to count what folders
// hold.
const countBudget = 10_000

// file refers to the file whose id is in the path of the request.
func (x *exchange) file() world.Ref { return world.ID(x.PathValue("id")) }

// entry describes the file in the path of the request, on which the caller must
// have the needed rights.
func (x *exchange) entry(needed world.Rights) (world.Entry, error) {
	e, err := x.files.Stat(x.file())
	if err != nil {
		return e, err
	}
	return e, x.files.Permit(e.ID, needed)
}

func showFile(x *exchange) error {
	if x.isVersion4() && x.URL.Query().Has("ajq_id") {
		return showDeletion(x)
	}
	e, err := x.entry(world.MayList)
	if err != nil {
		return err
	}
	budget := countBudget
	return x.json(http.StatusOK, x.byID(e, &budget))
}

// fileToCreate is the body of a creation (OpenAPI, files-id-files-post-request).
type fileToCreate struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Contents   []byte `json:"contents"` // of a file; base64
	MountPoint bool   `json:"mount_point"`
	linkTarget        // of a link
}

// createdFile is the answer to a creation (OpenAPI, files-id-files-post-200).
type createdFile struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Size         int64  `json:"size"`
	Type         string `json:"type"`
	ModifiedTime string `json:"modified_time"`
	ContentType  string `json:"content_type"`
}

func createFile(x *exchange) error {
	var request fileToCreate
	if err := x.decode(&request); err != nil {
		return err
	}
	if err := checkName(request.Name); err != nil {
		return err
	}
	if request.MountPoint {
		return errMountPoint
	}
	needed := world.MayWrite
	if request.Type == "folder" {
		needed = world.MayMkdir
	}
	folder, err := x.entry(needed)
	if err != nil {
		return err
	}
	if folder.Type == world.Link { // what it leads to may not be the caller's
		return world.ErrNotFolder
	}
	if err := x.checkFree(x.file().Join(request.Name), x.file().Join(linkFileName(request.Name))); err != nil {
		return err
	}
	e, err := x.create(request)
	if err != nil {
		return err
	}
	name, kind := shownName(e)
	return x.json(http.StatusOK, createdFile{
		ID: e.ID, Name: name, Size: e.Size, Type: kind, ModifiedTime: wireTime(e.Modified), ContentType: contentType(name),
	})
}

func (x *exchange) create(request fileToCreate) (world.Entry, error) {
	folder := x.file()
	switch request.Type {
	case "folder":
		return x.files.MakeFolder(folder.Join(request.Name))
	case "file":
		return x.files.MakeFile(folder.Join(request.Name), request.Contents)
	case "link":
		if request.NodeID == "" || request.FileID == "" {
			return world.Entry{}, refuse(http.StatusBadRequest, "A link needs target_node_id and target_id")
		}
		target, err := json.Marshal(request.linkTarget)
		if err != nil {
			return world.Entry{}, err
		}
		return x.files.MakeFile(folder.Join(linkFileName(request.Name)), target)
	}
	return world.Entry{}, refuse(http.StatusBadRequest, "type cannot be %q; it is one of file, folder, link", request.Type)
}

// errMountPoint: mount points tell a cloud node where another storage begins;
// here there is one storage.
var errMountPoint = refuse(http.StatusBadRequest, "The sandbox has no mount points")

func modifyFile(x *exchange) error {
	var request struct {
		Name       *string `json:"name"`
		MountPoint bool    `json:"mount_point"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	switch {
	case request.MountPoint:
		return errMountPoint
	case request.Name == nil:
		return refuse(http.StatusBadRequest, "name is missing")
	}
	if err := x.rename(*request.Name); err != nil {
		return err
	}
	return x.noContent()
}

func (x *exchange) rename(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	e, err := x.entry(world.MayRename)
	if err != nil {
		return err
	}
	shown, kind := shownName(e)
	if shown == name {
		return nil
	}
	sibling := func(name string) world.Ref { return x.file().Join("..").Join(name) }
	if err := x.checkFree(sibling(name), sibling(linkFileName(name))); err != nil {
		return err
	}
	if kind == "link" && e.Type == world.File {
		name = linkFileName(name)
	}
	return x.files.Rename(x.file(), sibling(name))
}

func deleteFile(x *exchange) error {
	if x.isVersion4() {
		return deleteLater(x)
	}
	if _, err := x.entry(world.MayDelete); err != nil {
		return err
	}
	if err := x.files.Delete(x.file(), true); err != nil {
		return err
	}
	return x.noContent()
}

func content(x *exchange) error {
	e, err := x.entry(world.MayRead)
	if err != nil {
		return err
	}
	name, kind := shownName(e)
	if kind != "file" {
		return refuse(http.StatusBadRequest, "%s is a %s, which has no content", name, kind)
	}
	f, err := x.files.Open(x.file())
	if err != nil {
		return err
	}
	defer f.Close()
	x.w.Header().Set("Content-Type", contentType(name))
	if disposition := mime.FormatMediaType("attachment", map[string]string{"filename": name}); disposition != "" {
		x.w.Header().Set("Content-Disposition", disposition)
	}
	http.ServeContent(x.w, x.Request, name, e.Modified, f)
	return nil
}

// checkFree refuses when one of the paths exists.
func (x *exchange) checkFree(paths ...world.Ref) error {
	for _, p := range paths {
		switch _, err := x.files.Stat(p); {
		case err == nil:
			return fs.ErrExist
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

// checkName refuses what cannot be the name of one file.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return refuse(http.StatusBadRequest, "name cannot be %s", strconv.Quote(name))
	}
	return nil
}
