package ascpcmd_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/ascpcmd"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestSpec(t *testing.T) {
	out := run(t, ascpcmd.New(), "ascp spec", nil, nil)
	if out.Err != nil || strings.Join(out.Columns, " ") != "name type d n c t h description" {
		t.Fatalf("columns %v, %v", out.Columns, out.Err)
	}
	rows := map[string]*record.Object{}
	var names []string
	for _, r := range out.Records {
		row := r.(*record.Object)
		names = append(names, row.Text("name"))
		rows[row.Text("name")] = row
	}
	if !slices.IsSorted(names) {
		t.Errorf("names are not sorted: %v", names)
	}
	for _, tt := range []struct{ name, agents, kind, cli string }{
		{"apply_local_docroot", "Y  Y  ", "bool", "--apply-local-docroot"},
		{"cipher", "YYYYYY", "string", "-c (conversion){enum}"},
		{"cookie", "YYYYYY", "string", "env:ASPERA_SCP_COOKIE"},
		{"dgram_size", "YYYYYY", "int", "-Z {int}"},
		{"http_fallback", "YYYYYY", "bool, string", "-y (conversion){bool}|{string}"},
		{"obfuscate_file_names", "    Y ", "bool", "<ignored>"},
		{"paths", "YYYYYY", "array", "<special>"},
		{"paths[].source", "YYYYYY", "string", "<ignored>"},
		{"fasp_proxy.url", "   Y  ", "string", "<ignored>"},
	} {
		row := rows[tt.name]
		if row == nil {
			t.Errorf("no row %s", tt.name)
			continue
		}
		agents := ""
		for _, column := range []string{"d", "n", "c", "t", "h", "a"} {
			agents += row.Text(column)
		}
		if agents != tt.agents || row.Text("type") != tt.kind || row.Text("cli") != tt.cli {
			t.Errorf("%s is %s", tt.name, record.JSON(row))
		}
	}
	want := "When to replace files of the destination.\nAllowed values: never, always, diff, older, diff+older\nDefault: diff.\n(--overwrite {enum})"
	if got := rows["overwrite"].Text("description"); got != want {
		t.Errorf("overwrite is described %q", got)
	}
}

func schemaOf(t *testing.T, args map[string]any) *record.Object {
	t.Helper()
	out := run(t, ascpcmd.New(), "ascp schema", args, nil)
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	return out.Records[0].(*record.Object)
}

func TestSchema(t *testing.T) {
	schema := schemaOf(t, nil)
	for path, want := range map[string]string{
		"$schema":                            `"https://json-schema.org/draft/2020-12/schema"`,
		"required":                           `["destination_root","direction","paths","remote_host","remote_user"]`,
		"properties.direction.enum":          `["send","receive"]`,
		"properties.min_rate_kbps":           `{"description":"Minimum rate, kbit/s.","type":"integer","default":0,"x-cli-option":"-m"}`,
		"properties.use_ascp4.default":       `false`,
		"properties.retry_duration":          `{"description":"How long to wait before a retry, e.g. 5min.","type":["string","integer"],"x-agents":["node","connect","transferd"]}`,
		"properties.read_threads":            `{"description":"ascp4 only.","type":"integer","x-agents":[]}`,
		"properties.token.x-cli-envvar":      `"ASPERA_SCP_TOKEN"`,
		"properties.create_dir":              `{"description":"Create the folders that do not exist at the destination.","type":"boolean","x-cli-option":"-d","x-cli-switch":true}`,
		"properties.direction.x-cli-convert": `{"send":"send","receive":"recv"}`,
		"properties.cipher.x-cli-convert":    `"remove_hyphen"`,
		"properties.paths.items.required":    `["source"]`,
		"properties.paths.x-cli-special":     `true`,
		"properties.paths.type":              `"array"`,
		"properties.icos.properties.bucket":  `{"description":"Name of the bucket.","type":"string"}`,
	} {
		value, _ := schema.At(strings.Split(path, ".")...)
		if got := string(record.JSON(value)); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestSchemaOfAnAgent(t *testing.T) {
	for _, tt := range []struct{ agent, has, lacks string }{
		{"httpgw", "obfuscate_file_names cipher", "apply_local_docroot read_threads"},
		{"trsdk", "fasp_proxy cipher", "obfuscate_file_names read_threads"},
		{"transferd", "fasp_proxy cipher", "obfuscate_file_names"},
		{"unknown", "cipher token", "fasp_proxy obfuscate_file_names read_threads"},
	} {
		t.Run(tt.agent, func(t *testing.T) {
			properties := schemaOf(t, map[string]any{"agent": tt.agent}).Object("properties")
			for name := range strings.FieldsSeq(tt.has) {
				if !properties.Has(name) {
					t.Errorf("%s is missing", name)
				}
			}
			for name := range strings.FieldsSeq(tt.lacks) {
				if properties.Has(name) {
					t.Errorf("%s is there", name)
				}
			}
		})
	}
}
