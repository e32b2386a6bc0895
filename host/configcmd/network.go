package configcmd

import (
	"context"
	"net/url"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

// proxyCheck shows what the script of option fpac says about a URL
// (spec/plugins/config.md 16).
func (c commands) proxyCheck(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	target, err := url.Parse(inv.Text("url"))
	if err != nil || target.Host == "" {
		return nil, failure.Argumentf("%q is no URL: expecting http(s)://<host>", inv.Text("url"))
	}
	if v, err := inv.Host.Option(ctx, "proxy_credentials"); err == nil {
		if list, ok := v.([]any); ok && len(list) != 2 {
			return nil, failure.Argumentf("proxy_credentials shall have two elements (%d)", len(list))
		}
	}
	answer, err := c.host.FindProxy(ctx, target)
	if err != nil {
		return nil, err
	}
	return sdk.Status(answer), nil
}

// coffeePicture is the picture of `config coffee`.
const coffeePicture = "https://enjoyjava.com/wp-content/uploads/2018/01/How-to-make-strong-coffee.jpg"

func image(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	return sdk.Image(inv.Text("source")), nil
}

func coffee(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.Image(coffeePicture), nil
}
