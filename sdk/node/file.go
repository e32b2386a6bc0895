package node

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Types of gen4 entries.
const (
	TypeFile   = "file"
	TypeFolder = "folder"
	TypeLink   = "link"
)

// File returns an entry by its id.
func (c *Client) File(ctx context.Context, id string) (*record.Object, error) {
	return c.object(c.api.Do(ctx, rest.Request{Method: http.MethodGet, Path: filePath(id), Header: c.cacheHeader()}))
}

// Content writes the bytes of a file to w.
func (c *Client) Content(ctx context.Context, id string, w io.Writer) error {
	_, err := c.api.Copy(ctx, rest.Request{Method: http.MethodGet, Path: filePath(id) + "/content"}, w)
	return err
}

// SaveContent saves the bytes of a file in a folder of this machine, and returns
// the path there. It is called name unless the server says otherwise.
func (c *Client) SaveContent(ctx context.Context, id, folder, name string) (string, error) {
	return c.api.Save(ctx, rest.Request{Method: http.MethodGet, Path: filePath(id) + "/content"}, folder, name)
}

// Preview returns the picture, a PNG, that the server has of a file.
func (c *Client) Preview(ctx context.Context, id string) ([]byte, error) {
	var picture bytes.Buffer
	_, err := c.api.Copy(ctx, rest.Request{
		Method: http.MethodGet, Path: filePath(id) + "/preview", Header: http.Header{"Accept": {"image/png"}},
	}, &picture)
	return picture.Bytes(), err
}

// CreateEntry creates a file, folder or link in a folder and returns it. entry
// has name and type, and contents (base64) or target_id and target_node_id.
func (c *Client) CreateEntry(ctx context.Context, folderID string, entry *record.Object) (*record.Object, error) {
	return c.object(c.api.Post(ctx, filePath(folderID)+"/files", entry))
}

// ModifyFile changes the fields of an entry; name renames it.
func (c *Client) ModifyFile(ctx context.Context, id string, fields *record.Object) error {
	c.forgetFolders()
	_, err := c.api.Put(ctx, filePath(id), fields)
	return err
}

// DeleteFile deletes an entry, a folder with all that is in it.
func (c *Client) DeleteFile(ctx context.Context, id string) error {
	c.forgetFolders()
	_, err := c.api.Delete(ctx, filePath(id), nil)
	return err
}

func (c *Client) forgetFolders() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.folders)
}

func (c *Client) knownFolder(parent, name string) (id string, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, known = c.folders[folderName{parent, name}]
	return id, known
}

func (c *Client) keepFolder(parent, name, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.folders[folderName{parent, name}] = id
}
