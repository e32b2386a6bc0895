package nodeapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"path"
	"strings"

	"github.com/ascli-go/ascli/sandbox/world"
)

// idEntry describes a file in calls by file id (node.md S5).
type idEntry struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Path         string   `json:"path,omitempty"` // not for users without all rights (OpenAPI)
	Type         string   `json:"type"`
	Size         *int64   `json:"size,omitempty"` // bytes, of a file
	ModifiedTime string   `json:"modified_time"`
	ContentType  string   `json:"content_type,omitempty"` // of a file
	AccessLevel  string   `json:"access_level"`
	AccessLevels []string `json:"access_levels"`
	// Of a folder: what is below it, at all depths. Absent if that is too much
	// to count.
	RecursiveSize        *int64 `json:"recursive_size,omitempty"`
	RecursiveFileCount   *int   `json:"recursive_file_count,omitempty"`
	RecursiveFolderCount *int   `json:"recursive_folder_count,omitempty"`
	PermissionCount      int    `json:"permission_count"`
	linkTarget
}

// linkTarget is where a link leads. Both are empty if that is not known.
type linkTarget struct {
	NodeID string `json:"target_node_id,omitempty"`
	FileID string `json:"target_id,omitempty"`
}

// idTypes are the names of types in calls by file id.
var idTypes = map[world.Type]string{world.File: "file", world.Folder: "folder", world.Link: "link"}

// A link made by file id is a file of this name (node.md S5), with the JSON of
// its linkTarget in it.
const (
	linkFilePrefix = "."
	linkFileSuffix = ".asp-lnk"
)

func linkFileName(name string) string { return linkFilePrefix + name + linkFileSuffix }

// bareName returns the name of the link that a file name stands for, if it does.
func bareName(onDisk string) (name string, isLink bool) {
	bare, prefixed := strings.CutPrefix(onDisk, linkFilePrefix)
	bare, suffixed := strings.CutSuffix(bare, linkFileSuffix)
	if prefixed && suffixed && bare != "" {
		return bare, true
	}
	return onDisk, false
}

// shownName returns the name and type that calls by file id give to an entry:
// those of the link, for a file that stands for one.
func shownName(e world.Entry) (name, kind string) {
	if bare, isLink := bareName(e.Name); isLink && e.Type == world.File {
		return bare, "link"
	}
	return e.Name, idTypes[e.Type]
}

// byID describes an entry. budget is how many files may be visited to count
// what folders hold, and goes down.
func (x *exchange) byID(e world.Entry, budget *int) idEntry {
	name, kind := shownName(e)
	// A file that is gone since has no rights and will be missed soon enough.
	has, _ := x.files.Rights(e.ID)
	described := idEntry{
		ID: e.ID, Name: name, Type: kind, ModifiedTime: wireTime(e.Modified),
		AccessLevel: has.Coarse(), AccessLevels: has.Names(), PermissionCount: x.files.PermissionCount(e.ID),
	}
	if x.caller.HasAllRights() {
		described.Path = path.Join(path.Dir(e.Path), name)
	}
	switch kind {
	case "file":
		described.Size, described.ContentType = &e.Size, contentType(name)
	case "folder":
		described.count(x.Context(), x.files, budget)
	case "link":
		described.linkTarget = x.linkTarget(e)
	}
	return described
}

// errBudget ends a count.
var errBudget = errors.New("too many files to count")

func (d *idEntry) count(ctx context.Context, files *world.View, budget *int) {
	var size int64
	var fileCount, folderCount int
	err := files.Walk(ctx, world.ID(d.ID), func(e world.Entry, _ int) error {
		if *budget--; *budget < 0 {
			return errBudget
		}
		switch e.Type {
		case world.File:
			fileCount++
			size += e.Size
		case world.Folder:
			folderCount++
		}
		return nil
	})
	if err == nil {
		d.RecursiveSize, d.RecursiveFileCount, d.RecursiveFolderCount = &size, &fileCount, &folderCount
	}
}

// linkTarget finds where a link leads: one made by file id says so in its file,
// a symbolic link leads to a file of this node.
func (x *exchange) linkTarget(e world.Entry) linkTarget {
	if e.Type == world.Link {
		if e.Target == "" {
			return linkTarget{}
		}
		target, err := x.files.Stat(world.Path(e.Target))
		if err != nil || x.files.Permit(target.ID, world.MayList) != nil {
			return linkTarget{}
		}
		return linkTarget{NodeID: x.node.World.NodeID(), FileID: target.ID}
	}
	f, err := x.files.Open(world.ID(e.ID))
	if err != nil {
		return linkTarget{}
	}
	defer f.Close()
	var target linkTarget
	if err := json.NewDecoder(io.LimitReader(f, maxContents)).Decode(&target); err != nil {
		return linkTarget{}
	}
	return target
}

func contentType(name string) string {
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "application/octet-stream"
}
