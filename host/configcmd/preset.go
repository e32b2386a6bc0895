package configcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/secret"
)

func (c commands) presetCommands() []sdk.Command {
	preset := sdk.Arg{Name: "preset", Description: "preset name"}
	parameter := sdk.Arg{Name: "parameter", Description: "parameter name"}
	hash := sdk.Arg{Name: "values", Description: "extended value", Types: []sdk.Type{sdk.Hash}}
	anything := sdk.Arg{Name: "value", Description: "value", Types: []sdk.Type{sdk.Any}}
	return []sdk.Command{
		{Name: "list", Summary: "Names of presets", Result: sdk.ResultValues, Run: c.presetList},
		{Name: "overview", Summary: "All parameters of all presets", Result: sdk.ResultList,
			Columns: []string{"preset", "parameter", "value"}, Run: c.presetOverview},
		{Name: "show", Summary: "Parameters of a preset", Args: []sdk.Arg{preset}, Result: sdk.ResultObject, Run: c.presetShow},
		{Name: "get", Summary: "Value of a parameter", Args: []sdk.Arg{preset, parameter}, Result: sdk.ResultText, Run: c.presetGet},
		{Name: "set", Summary: "Store a parameter", Args: []sdk.Arg{preset, parameter, anything}, Result: sdk.ResultNothing, Run: c.presetSet},
		{Name: "unset", Summary: "Remove a parameter", Args: []sdk.Arg{preset, parameter}, Result: sdk.ResultStatus, Run: c.presetUnset},
		{Name: "delete", Summary: "Remove a preset", Args: []sdk.Arg{preset}, Result: sdk.ResultStatus, Run: c.presetDelete},
		{Name: "initialize", Summary: "Store a whole preset", Args: []sdk.Arg{preset, hash}, Result: sdk.ResultStatus, Run: c.presetInitialize},
		{Name: "update", Summary: "Store the options of the command line", Args: []sdk.Arg{preset}, Result: sdk.ResultStatus, Run: c.presetUpdate},
		{
			Name: "ask", Summary: "Ask for options and store the answers", Result: sdk.ResultStatus, Run: c.presetAsk,
			Args: []sdk.Arg{preset, {Name: "options", Description: "option names", Optional: true, Multiple: true}},
		},
		{Name: "lookup", Summary: "Preset of options url and username", Result: sdk.ResultObject, Run: c.presetLookup},
		{
			Name: "secure", Summary: "Move the passwords of presets to the vault", Result: sdk.ResultStatus, Run: c.presetSecure,
			Args: []sdk.Arg{{Name: "preset", Description: "preset name", Optional: true}},
		},
	}
}

// name returns the preset that an argument means. GLOBAL is made the default of
// all commands when there is none yet.
func (c commands) name(ctx context.Context, inv *sdk.Invocation) (string, error) {
	name := inv.Text("preset")
	if name != config.Global {
		return name, nil
	}
	if known, ok := c.host.Config().Default(config.Section); ok {
		return known, nil
	}
	err := c.host.UpdateConfig(ctx, func(d *config.Document) (err error) {
		name, err = d.Resolve(name)
		return err
	})
	if err != nil {
		return "", err
	}
	return name, inv.Info(ctx, "Updated: %s: %s <- %s", config.DefaultSection, config.Section, name)
}

// existing returns the preset that an argument means.
func (c commands) existing(ctx context.Context, inv *sdk.Invocation) (name string, preset *record.Object, err error) {
	if name, err = c.name(ctx, inv); err != nil {
		return "", nil, err
	}
	preset, err = c.host.Config().Preset(name)
	return name, preset, err
}

func (c commands) presetList(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	var names []any
	for _, n := range c.host.Config().Presets() {
		names = append(names, n)
	}
	return sdk.Values("name", names), nil
}

func (c commands) presetOverview(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	var rows []*record.Object
	for _, name := range c.host.Config().Presets() {
		preset, err := c.host.Config().Preset(name)
		if err != nil {
			return nil, err
		}
		for parameter, v := range preset.All() {
			rows = append(rows, record.New("preset", name, "parameter", parameter, "value", c.cell(parameter, v)))
		}
	}
	return sdk.Rows(rows), nil
}

// cell is the value of a parameter in one cell or message. The name that tells
// a secret stands elsewhere there, so that hiding it is this command's task.
func (c commands) cell(parameter string, v any) any {
	if c.host.HidesSecrets() {
		if _, text := v.(string); text && secret.IsName(parameter) {
			return secret.Hidden
		}
		v = secret.Redact(v)
	}
	switch v.(type) {
	case *record.Object, []any:
		return inspect.Text(v)
	}
	return v
}

// shown is a cell as text.
func (c commands) shown(parameter string, v any) string { return inspect.Plain(c.cell(parameter, v)) }

func (c commands) presetShow(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	_, preset, err := c.existing(ctx, inv)
	if err != nil {
		return nil, err
	}
	return sdk.Object(preset), nil
}

func (c commands) presetGet(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, preset, err := c.existing(ctx, inv)
	if err != nil {
		return nil, err
	}
	v, _ := preset.Get(inv.Text("parameter"))
	switch stored := v.(type) {
	case nil:
		return nil, failure.Otherf("RuntimeError", "no such option in preset %s : %s", name, inv.Text("parameter"))
	case json.Number:
		return sdk.Text(stored.String()), nil
	case string:
		if v, err = c.host.Evaluate(ctx, stored); err != nil {
			return nil, err
		}
	}
	if text, ok := v.(string); ok {
		return sdk.Text(text), nil
	}
	return display(v), nil
}

func (c commands) presetSet(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := c.name(ctx, inv)
	if err != nil {
		return nil, err
	}
	key := strings.ReplaceAll(inv.Text("parameter"), "-", "_")
	v := inv.Arg("value")
	var old any
	var had bool
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error {
		if preset, err := d.Preset(name); err == nil {
			old, had = preset.Get(key)
		}
		return d.Set(name, key, v)
	})
	if err != nil {
		return nil, err
	}
	if had && record.Equal(old, v) {
		c.host.Warn(fmt.Sprintf("keeping same value for %s: %s: %s", name, key, c.shown(key, v)))
		return sdk.Nothing(), nil
	}
	if had {
		c.host.Warn("overwriting value: " + c.shown(key, old))
	}
	return sdk.Nothing(), inv.Info(ctx, "Updated: %s: %s <- %s", name, key, c.shown(key, v))
}

func (c commands) presetUnset(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := c.name(ctx, inv)
	if err != nil {
		return nil, err
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error { return d.Unset(name, inv.Text("parameter")) })
	return sdk.Status(fmt.Sprintf("Removed: %s: %s", name, inv.Text("parameter"))), err
}

func (c commands) presetDelete(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := c.name(ctx, inv)
	if err != nil {
		return nil, err
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error { return d.Delete(name) })
	return sdk.Status("Deleted: " + name), err
}

func (c commands) presetInitialize(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := c.name(ctx, inv)
	if err != nil {
		return nil, err
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error {
		if d.Has(name) {
			c.host.Warn("configuration already exists: " + name + ", overwriting")
		}
		d.Replace(name, inv.Object("values"))
		return nil
	})
	return sdk.Status("Modified: " + c.host.ConfigPath()), err
}

// presetUpdate stores every option of the command line that has a value, known
// to this program or not.
func (c commands) presetUpdate(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := c.name(ctx, inv)
	if err != nil {
		return nil, err
	}
	values := record.New()
	for _, w := range c.host.TakeOptions() {
		if !strings.HasPrefix(w.Raw, "--") {
			return nil, failure.Argumentf("wrong option format: %s", w.Raw)
		}
		if !w.HasValue {
			continue
		}
		if err := c.collect(ctx, values, w.Name, w.Value); err != nil {
			return nil, err
		}
	}
	err = c.host.UpdateConfig(ctx, func(d *config.Document) error { return d.SetAll(name, values) })
	return sdk.Status("Updated: " + name), err
}

// collect adds one option; a dotted one builds nested values.
func (c commands) collect(ctx context.Context, values *record.Object, word, text string) error {
	first, path, dotted := strings.Cut(word, ".")
	key := strings.ReplaceAll(first, "-", "_")
	if !dotted {
		v, err := c.host.Evaluate(ctx, text)
		if err == nil {
			values.Set(key, v)
		}
		return err
	}
	v, err := c.host.EvaluateDotted(ctx, text)
	if err != nil {
		return err
	}
	below, _ := values.Get(key)
	nested, err := value.Insert(below, path, v)
	if err == nil {
		values.Set(key, nested)
	}
	return err
}
