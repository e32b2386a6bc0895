package node

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/ascli-go/ascli/sdk/record"
)

// allPermissions is the resource of permissions.
const allPermissions = "permissions"

// AllAccessLevels are the rights that one can have on a file.
func AllAccessLevels() []string {
	return []string{"delete", "list", "mkdir", "preview", "read", "rename", "write"}
}

// Permissions yields the permissions that a query selects (spec/plugins/node.md
// 7.4). Without page and per_page it asks for all at once, then for further
// pages when the server tells that there are more; with per_page alone it reads
// all pages of that size.
func (c *Client) Permissions(ctx context.Context, query *record.Object) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		query := query.Clone()
		oneOnly := query.Has("page")
		size, paged := query.Int("per_page")
		if paged && !oneOnly {
			query.Set("page", 1)
		}
		got := 0
		for number := 1; ; number++ {
			page, total, err := c.permissionPage(ctx, query)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
			}
			if got += len(page); size == 0 {
				// If the server cut its answer short, that is the size of its pages.
				size = int64(len(page))
			}
			more := got < total || total == 0 && paged && int64(len(page)) >= size
			if oneOnly || len(page) == 0 || !more {
				return
			}
			query.Set("per_page", size)
			query.Set("page", number+1)
		}
	}
}

// permissionPage also returns how many permissions there are, 0 when the server
// does not say.
func (c *Client) permissionPage(ctx context.Context, query *record.Object) ([]*record.Object, int, error) {
	answer, err := c.api.Get(ctx, allPermissions, query)
	if err != nil {
		return nil, 0, err
	}
	list, err := answer.List()
	if err != nil {
		return nil, 0, err
	}
	page, err := objects(list, allPermissions)
	total, _ := strconv.Atoi(answer.Header.Get("X-Total-Count"))
	return page, total, err
}

// CreatePermission gives rights on a file, data has file_id, access_type,
// access_id, access_levels, and returns the permission.
func (c *Client) CreatePermission(ctx context.Context, data *record.Object) (*record.Object, error) {
	return c.object(c.api.Post(ctx, allPermissions, data))
}

// Permission returns a permission by its id.
func (c *Client) Permission(ctx context.Context, id string) (*record.Object, error) {
	return c.object(c.api.Get(ctx, permissionPath(id), nil))
}

// ModifyPermission changes fields of a permission.
func (c *Client) ModifyPermission(ctx context.Context, id string, data *record.Object) error {
	_, err := c.api.Put(ctx, permissionPath(id), data)
	return err
}

// DeletePermission takes rights away.
func (c *Client) DeletePermission(ctx context.Context, id string) error {
	_, err := c.api.Delete(ctx, permissionPath(id), nil)
	return err
}

func permissionPath(id string) string { return allPermissions + "/" + url.PathEscape(id) }
