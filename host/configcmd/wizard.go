package configcmd

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Product is an application that a plugin found at a URL.
type Product struct {
	Plugin string
	sdk.Detection
}

func (p Product) row() *record.Object {
	version := p.Version
	if version == "" {
		version = "unknown"
	}
	return record.New("product", p.Plugin, "name", p.Application, "url", p.URL, "version", version)
}

// wizardCommands find applications and make presets for them
// (spec/plugins/config.md 8 and 9).
func (c commands) wizardCommands() []sdk.Command {
	// A missing address is asked for, whatever option interactive says.
	address := sdk.Arg{Name: "url", Optional: true}
	plugin := sdk.Arg{Name: "plugin", Description: "plugin name", Optional: true}
	return []sdk.Command{
		{
			Name: "detect", Summary: "Tell which application answers at a URL", Args: []sdk.Arg{address, plugin},
			Result: sdk.ResultList, Columns: []string{"product", "name", "url", "version"}, Run: c.detect,
		},
		{
			Name: "wizard", Summary: "Make a preset for the application at a URL", Result: sdk.ResultStatus, Run: c.wizard,
			Args: []sdk.Arg{address, plugin, {Name: "preset", Description: "preset name", Optional: true}},
		},
	}
}

func (c commands) detect(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	products, err := c.products(ctx, inv)
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, p := range products {
		rows = append(rows, p.row())
	}
	return sdk.Rows(rows), nil
}

func (c commands) products(ctx context.Context, inv *sdk.Invocation) ([]Product, error) {
	address, err := c.address(ctx, inv)
	if err != nil {
		return nil, err
	}
	products, err := c.host.Detect(ctx, address, inv.Text("plugin"))
	if err == nil && len(products) == 0 {
		err = failure.Otherf("RuntimeError", "No known application found at %s", address)
	}
	return products, err
}

func (c commands) address(ctx context.Context, inv *sdk.Invocation) (string, error) {
	if given := inv.Text("url"); given != "" {
		return given, nil
	}
	text, err := inv.Host.Prompt(ctx, "argument: url (String)", false)
	if err != nil {
		return "", err
	}
	v, err := c.host.Evaluate(ctx, text)
	if err != nil {
		return "", err
	}
	address, _ := v.(string)
	if address == "" {
		return "", failure.Argumentf("missing argument: url (String)")
	}
	return address, nil
}

func (c commands) wizard(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	products, err := c.products(ctx, inv)
	if err != nil {
		return nil, err
	}
	product, err := c.choose(ctx, inv, products)
	if err != nil {
		return nil, err
	}
	if err := inv.Info(ctx, "Using: %s at %s", product.Application, product.URL); err != nil {
		return nil, err
	}
	preset, err := c.host.Wizard(ctx, product)
	if err != nil {
		return nil, err
	}
	values := record.New()
	for _, o := range preset.Options {
		values.Set(o.Name, o.Value)
	}
	testMode, err := flag(ctx, inv, "test_mode")
	if err != nil {
		return nil, err
	}
	if testMode {
		return sdk.Object(record.New("preset_value", values, "test_args", preset.TestCommand)), nil
	}
	return c.store(ctx, inv, product, values, preset.TestCommand)
}

// choose asks which of several applications is meant.
func (c commands) choose(ctx context.Context, inv *sdk.Invocation, products []Product) (Product, error) {
	if len(products) == 1 {
		return products[0], nil
	}
	lines := []string{"Multiple applications detected, please select from:"}
	var names []string
	for _, p := range products {
		lines = append(lines, fmt.Sprintf("- %s: %s (%s)", p.Plugin, p.URL, p.Version))
		names = append(names, p.Plugin)
	}
	if err := inv.Host.Message(ctx, sdk.Data, strings.Join(lines, "\n")); err != nil {
		return Product{}, err
	}
	for {
		answer, err := inv.Host.Prompt(ctx, "product", false)
		if err != nil {
			return Product{}, err
		}
		if i := slices.Index(names, answer); i >= 0 {
			return products[i], nil
		}
		wrong := fmt.Sprintf("No such product: %s, select one of: %s", answer, strings.Join(names, ", "))
		if err := inv.Host.Message(ctx, sdk.Trouble, wrong); err != nil {
			return Product{}, err
		}
	}
}

// store keeps the preset, and makes it the default one of its plugin unless
// told not to.
func (c commands) store(ctx context.Context, inv *sdk.Invocation, product Product, values *record.Object, test string) (*sdk.Result, error) {
	name := inv.Text("preset")
	if name == "" {
		name = presetName(product, values)
	}
	override, err := flag(ctx, inv, "override")
	if err != nil {
		return nil, err
	}
	isDefault, err := flag(ctx, inv, "default")
	if err != nil {
		return nil, err
	}
	if err := inv.Info(ctx, "Preparing preset: %s", name); err != nil {
		return nil, err
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error {
		if d.Has(name) && !override {
			return failure.Toolf("Preset already exists: %s  (use --override=yes or provide alternate name on command line)", name)
		}
		d.Replace(name, values)
		if isDefault {
			return d.SetDefault(product.Plugin, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !isDefault {
		test = "-P" + name + " " + test
	} else if err := inv.Info(ctx, "Setting config preset as default for %s", product.Plugin); err != nil {
		return nil, err
	}
	return sdk.Status("You can test with:\nascli " + product.Plugin + " " + test), nil
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// presetName is <product>_<host of url>, and _<username> unless the preset is
// for a public link.
func presetName(product Product, values *record.Object) string {
	host := product.URL
	if u, err := url.Parse(product.URL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	name := product.Plugin + "_" + host
	if user := values.Text("username"); user != "" && !values.Has("link") {
		name += "_" + user
	}
	return notInName.ReplaceAllString(strings.ToLower(name), "_")
}

// object reads an option of type Hash of the host.
func object(ctx context.Context, inv *sdk.Invocation, name string) (*record.Object, error) {
	v, err := inv.Host.Option(ctx, name)
	o, _ := v.(*record.Object)
	return o, err
}

// flag reads a boolean option of the host.
func flag(ctx context.Context, inv *sdk.Invocation, name string) (bool, error) {
	v, err := inv.Host.Option(ctx, name)
	b, _ := v.(bool)
	return b, err
}
