package node

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// callCreate creates files, folders and links by path.
const callCreate = "files/create"

// CreateFolders creates folders by path and returns the paths that the server
// reports. One failed path makes the error, though the others were created.
func (c *Client) CreateFolders(ctx context.Context, paths []string) ([]string, error) {
	return c.changePaths(ctx, callCreate, paths, func(p string) *record.Object {
		return record.New("type", "directory", "path", p)
	})
}

// CreateLink creates a symbolic link at path, like CreateFolders.
func (c *Client) CreateLink(ctx context.Context, path, target string) ([]string, error) {
	return c.changePaths(ctx, callCreate, []string{path}, func(p string) *record.Object {
		return record.New("type", "symbolic_link", "path", p, "target", record.New("path", target))
	})
}

// CreateFile creates a file with the given contents, like CreateFolders.
func (c *Client) CreateFile(ctx context.Context, path string, contents []byte) ([]string, error) {
	return c.changePaths(ctx, callCreate, []string{path}, func(p string) *record.Object {
		return record.New("type", "file", "path", p, "contents", base64.StdEncoding.EncodeToString(contents))
	})
}

// DeletePaths deletes files and folders by path, like CreateFolders.
func (c *Client) DeletePaths(ctx context.Context, paths []string) ([]string, error) {
	return c.changePaths(ctx, "files/delete", paths, func(p string) *record.Object {
		if !strings.HasPrefix(p, "/") {
			p = "/" + p
		}
		return record.New("path", p)
	})
}

// RenamePath renames an entry of the folder base and returns the path that the
// server reports.
func (c *Client) RenamePath(ctx context.Context, base, from, to string) ([]string, error) {
	return c.changePaths(ctx, "files/rename", []string{base}, func(p string) *record.Object {
		return record.New("path", p, "source", from, "destination", to)
	})
}

// changePaths makes a call whose answer reports success or error for each path
// (spec/plugins/node.md 4.3).
func (c *Client) changePaths(ctx context.Context, call string, paths []string, element func(string) *record.Object) ([]string, error) {
	elements := make([]any, len(paths))
	for i, p := range paths {
		elements[i] = element(p)
	}
	answer, err := c.object(c.api.Post(ctx, call, record.New("paths", elements)))
	if err != nil {
		return nil, err
	}
	results, err := objectsOf(answer, call, "paths")
	if err != nil {
		return nil, err
	}
	var done, failed []string
	for _, result := range results {
		path := result.Text("path")
		if e := result.Object("error"); e != nil {
			message := e.Text("user_message")
			c.log.ErrorContext(ctx, message+" : "+path)
			failed = append(failed, path+": "+message)
		}
		done = append(done, path)
	}
	if len(failed) > 0 {
		return nil, failure.Otherf("RuntimeError", "%s", strings.Join(failed, ", "))
	}
	return done, nil
}

// Space returns the free space of the storage of each path: path, bytes_total,
// bytes_free, percent_free.
func (c *Client) Space(ctx context.Context, paths []string) ([]*record.Object, error) {
	const call = "space"
	elements := make([]any, len(paths))
	for i, p := range paths {
		elements[i] = record.New("path", p)
	}
	answer, err := c.object(c.api.Post(ctx, call, record.New("paths", elements)))
	if err != nil {
		return nil, err
	}
	return objectsOf(answer, call, "paths")
}

// Contents writes the beginning of a file to w: the server gives 4096 bytes at
// the most.
func (c *Client) Contents(ctx context.Context, path string, w io.Writer) error {
	_, err := c.api.Copy(ctx, contentsRequest(path), w)
	return err
}

// SaveContents saves what [Client.Contents] gives in a folder of this machine,
// and returns the path of the file. It is called name unless the server says
// otherwise.
func (c *Client) SaveContents(ctx context.Context, path, folder, name string) (string, error) {
	return c.api.Save(ctx, contentsRequest(path), folder, name)
}

// contentsRequest names the file in form encoding (spec/plugins/node.md 4.4).
func contentsRequest(path string) rest.Request {
	return rest.Request{Method: http.MethodGet, Path: "files/" + url.QueryEscape(path) + "/contents"}
}
