package ascpcmd

import (
	"context"
	"os"

	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/plugins/transfer/program"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// info shows all that is known of the installed ascp, in the order of
// spec/plugins/config.md 10.3. Where 4.23 renamed a field both names stand.
func info(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	search := product.SearchWith(inv.Options)
	ascp, err := search.Locate()
	if err != nil {
		return nil, err
	}
	folder, err := search.Folder()
	if err != nil {
		return nil, err
	}
	said, err := diagnose(ctx, ascp.Path)
	if err != nil {
		return nil, err
	}
	fields := record.New()
	addPrograms(fields, ascp)
	addResources(fields, ascp, folder, inv)
	record.Merge(fields, said)
	fields.Set("sdk_locations", locationsURL(inv))
	if err := addOpenSSL(fields, ascp.Path); err != nil {
		return nil, err
	}
	ts := inv.OptionObject("ts")
	if ts == nil {
		ts = record.New()
	}
	fields.Set("ts", ts)
	addSecrets(fields, ascp, inv.Flag("show_secrets"))
	return sdk.Object(fields), nil
}

// diagnose returns what ascp says of itself before it ends for want of work,
// with status 1.
func diagnose(ctx context.Context, path string) (*record.Object, error) {
	out, err := program.Run(ctx, path, "-DDL-")
	if err != nil {
		return nil, err
	}
	said := parseDiagnostics(out.Stderr)
	if out.Status != 1 && !said.fields.Has("root") {
		return nil, failure.Otherf("RuntimeError", "%s failed: %s", path, said.last)
	}
	return said.fields, nil
}

// addPrograms adds the paths of the programs, null for absent ones.
func addPrograms(fields *record.Object, ascp product.Executable) {
	fields.Set("ascp", ascp.Path)
	for _, program := range []struct {
		field string
		names []string
	}{
		{"ascp4", []string{product.Ascp4}}, {"async", []string{product.Async}},
		{"transferd", []string{product.FormerTransferd, product.Transferd}},
	} {
		fields.Set(program.field, nil)
		for _, name := range program.names {
			if path, err := ascp.Sibling(name); err == nil {
				fields.Set(program.field, path)
				break
			}
		}
	}
}

// addResources adds the paths of the files of spec/plugins/config.md 10.2, null
// for absent ones. Those that are nobody's secret are made.
func addResources(fields *record.Object, ascp product.Executable, folder string, inv *sdk.Invocation) {
	path := func(found string, err error) any {
		if err != nil || found == "" {
			return nil
		}
		return found
	}
	fields.Set("ssh_private_dsa", path(ascp.Key(product.KeyDSA)))
	fields.Set("ssh_private_rsa", path(ascp.Key(product.KeyRSA)))
	fields.Set("aspera_license", path(ascp.License(), nil))
	conf, err := product.EnsureConf(folder)
	if err != nil {
		inv.Log.Warn(err.Error())
	}
	fields.Set("aspera_conf", path(conf, err))
	fallback, err := product.EnsureFallback(folder)
	if err != nil {
		inv.Log.Warn(err.Error())
	}
	fields.Set("fallback_certificate", path(fallback.Certificate, err))
	fields.Set("fallback_private_key", path(fallback.Key, err))
}

// addSecrets adds the keys and the licence, hidden unless the user asks to see
// them. They are not shipped with this program: absent ones have no field.
func addSecrets(fields *record.Object, ascp product.Executable, shown bool) {
	dsa, _ := ascp.Key(product.KeyDSA)
	rsa, _ := ascp.Key(product.KeyRSA)
	for _, s := range []struct{ field, path string }{{"dsa", dsa}, {"rsa", rsa}, {"license", ascp.License()}} {
		if s.path == "" {
			continue
		}
		value := secret.Hidden
		if content, err := os.ReadFile(s.path); shown && err == nil {
			value = string(content)
		}
		fields.Set(s.field, value)
	}
}
