package oauth

import (
	"context"
	"net/url"

	"github.com/google/uuid"
)

// CheckBrowser shows the page that ends a login, to find out whether the user's
// browser can reach this machine's loopback interface: it returns when the
// browser has come, or when ctx is done.
func CheckBrowser(ctx context.Context, open func(ctx context.Context, url string) error, version string) error {
	redirect := &url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	state := uuid.NewString()
	callback, err := listen(ctx, redirect, state, version)
	if err != nil {
		return err
	}
	defer callback.close()
	page := *redirect
	page.Path = "/"
	page.RawQuery = url.Values{"state": {state}, "code": {"none"}}.Encode()
	if err := open(ctx, page.String()); err != nil {
		return err
	}
	_, err = callback.await(ctx)
	return err
}
