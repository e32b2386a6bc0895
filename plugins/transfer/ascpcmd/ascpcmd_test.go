package ascpcmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/ascpcmd"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// The test binary is the ascp of the tests: this variable tells it how to behave.
const actEnv = "ASCPCMD_TEST_ACT"

const log = `LOG Initializing FASP version 4.4.4.1308, license max rate=(unlimited)
LOG IBM Aspera Transfer SDK version 1.1.3
DBG Path root dir : /opt/aspera
DBG Path license file : /opt/aspera/etc/aspera-license
DBG Added module group:"pvcl" name:"file", version:"1" interface:"pvcl"
DBG Added module group:"pvcl" name:"stdio", version:"1" interface:"pvcl"
DBG License result (/license/expiration_date): 2030-01-01
`

func TestMain(m *testing.M) {
	switch act := os.Getenv(actEnv); {
	case act == "":
		os.Exit(m.Run())
	case len(os.Args) == 2 && os.Args[1] == "-A":
		fmt.Println("IBM Aspera FASP version 4.4.4.1308.")
		os.Exit(0)
	case act == "broken":
		fmt.Fprintln(os.Stderr, "first\nERR no licence here")
		os.Exit(2)
	case len(os.Args) == 2 && os.Args[1] == "-DDL-":
		fmt.Fprint(os.Stderr, log, "\xff\xfe no text\n")
		os.Exit(1)
	}
	os.Exit(9)
}

// run executes a command of a plugin that has only these commands.
func run(t *testing.T, tree ascpcmd.Tree, words string, args, options map[string]any) *sdktest.Outcome {
	t.Helper()
	p := &sdk.Plugin{Name: "transfer", Mounts: []sdk.Mount{{Under: "config", Commands: tree.Commands()}}}
	return sdktest.Run(t, p, words, args, options, sdktest.Host{})
}

// home makes a folder the user's home.
func home(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE", "LOCALAPPDATA"} {
		t.Setenv(name, folder)
	}
	return folder
}

// put writes a file and returns its path.
func put(t *testing.T, content string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// putAscp installs the test binary as ascp in a folder.
func putAscp(t *testing.T, folder ...string) string {
	t.Helper()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	return put(t, string(self), append(folder, product.Here().Program(product.Ascp))...)
}

func TestShow(t *testing.T) {
	inSDK := putAscp(t, home(t), ".aspera", "sdk")
	other := putAscp(t, t.TempDir())
	for _, tt := range []struct {
		name    string
		options map[string]any
		want    string
	}{
		{"found", nil, inSDK},
		{"by path", map[string]any{"ascp_path": other}, other},
		{"by folder", map[string]any{"sdk_folder": filepath.Dir(other)}, other},
		{"by product", map[string]any{"ascp_path": "product:IBM Aspera Transfer Daemon"}, inSDK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := run(t, ascpcmd.New(), "ascp show", nil, tt.options)
			if out.Err != nil || out.Kind != sdk.ResultStatus || out.Records[0] != tt.want {
				t.Errorf("got %s, %v", out.JSON(), out.Err)
			}
		})
	}
}

func TestUse(t *testing.T) {
	home(t)
	t.Setenv(actEnv, "works")
	ascp := putAscp(t, t.TempDir())
	out := run(t, ascpcmd.New(), "ascp use", map[string]any{"ascp_path": ascp}, nil)
	if out.Err != nil || len(out.Messages) != 1 || out.Messages[0].Text != "ascp version: 4.4.4.1308" {
		t.Fatalf("said %v, %v", out.Messages, out.Err)
	}
	if stored := out.Presets["GLOBAL"]; stored == nil || stored.Text("ascp_path") != ascp {
		t.Errorf("stored %v", out.Presets)
	}
}

func TestUseRefuses(t *testing.T) {
	home(t)
	t.Setenv(actEnv, "works")
	script := put(t, "no program", t.TempDir(), "ascp")
	for _, tt := range []struct{ name, path, err string }{
		{"nothing", "", "ascp path cannot be empty: check your config file"},
		{"no file", filepath.Join(t.TempDir(), "none"), "no such file: "},
		{"no program", script, "cannot run " + script},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := run(t, ascpcmd.New(), "ascp use", map[string]any{"ascp_path": tt.path}, nil)
			if out.Err == nil || !strings.HasPrefix(out.Err.Error(), tt.err) || out.Presets != nil {
				t.Errorf("error is %v, stored %v", out.Err, out.Presets)
			}
		})
	}
}

func TestProducts(t *testing.T) {
	root := home(t)
	sdkAscp := putAscp(t, root, ".aspera", "sdk")
	put(t, "<product><name>Mine</name><version>1.1.3</version></product>", filepath.Dir(sdkAscp), product.InfoFile)
	out := run(t, ascpcmd.New(), "ascp products list", nil, nil)
	want := record.New("expected", "IBM Aspera Transfer Daemon", "app_root", filepath.Dir(sdkAscp), "ascp_path", sdkAscp, "name", "Mine", "version", "1.1.3")
	if out.Err != nil || len(out.Records) == 0 || string(record.JSON(out.Records[0])) != string(record.JSON(want)) {
		t.Fatalf("got %s, %v", out.JSON(), out.Err)
	}
	if strings.Join(out.Columns, " ") != "name app_root" {
		t.Errorf("columns %v", out.Columns)
	}
	out = run(t, ascpcmd.New(), "ascp products use", map[string]any{"product": "Mine"}, map[string]any{"ascp_path": "elsewhere"})
	if out.Err != nil || out.Presets["GLOBAL"].Text("ascp_path") != sdkAscp {
		t.Errorf("stored %v, %v", out.Presets, out.Err)
	}
	out = run(t, ascpcmd.New(), "ascp products use", map[string]any{"product": "Other"}, nil)
	if out.Err == nil || out.Err.Error() != "no such product installed: Other" {
		t.Errorf("error is %v", out.Err)
	}
}

func TestInfo(t *testing.T) {
	folder := filepath.Join(home(t), ".aspera", "sdk")
	ascp := putAscp(t, folder)
	key := put(t, "the key", folder, "aspera_bypass_rsa.pem")
	license := put(t, "the licence", folder, "aspera-license")
	// Those that exist are kept: making a key takes long.
	certificate := put(t, "certificate", folder, "aspera_fallback_cert.pem")
	fallbackKey := put(t, "key", folder, "aspera_fallback_cert_private_key.pem")
	t.Setenv(actEnv, "works")
	options := map[string]any{"ts": record.New("create_dir", true)}
	out := run(t, ascpcmd.New(), "ascp info", nil, options)
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	got := out.Records[0].(*record.Object)
	for field, want := range map[string]any{
		"ascp": ascp, "ascp4": nil, "async": nil, "transferd": nil, "ssh_private_dsa": nil, "ssh_private_rsa": key, "aspera_license": license,
		"aspera_conf": filepath.Join(folder, "aspera.conf"), "fallback_certificate": certificate, "fallback_private_key": fallbackKey,
		"root": "/opt/aspera", "pvcl.pvcl": []any{"file v1", "stdio v1"}, "expiration_date": "2030-01-01",
		"product_name": "IBM Aspera Transfer SDK", "product_version": "1.1.3", "sdk_ascp_version": "4.4.4.1308",
		"sdk_locations": "https://ibm.biz/sdk_location", "ts": options["ts"], "rsa": "🔑", "license": "🔑",
	} {
		if value, there := got.Get(field); !there || string(record.JSON(value)) != string(record.JSON(want)) {
			t.Errorf("%s is %s, want %s", field, record.JSON(value), record.JSON(want))
		}
	}
	if got.Has("dsa") {
		t.Error("there is a key that nobody installed")
	}
	if order := strings.Join(got.Keys()[:11], " "); order != "ascp ascp4 async transferd ssh_private_dsa ssh_private_rsa aspera_license aspera_conf "+
		"fallback_certificate fallback_private_key sdk_ascp_version" {
		t.Errorf("fields begin with %s", order)
	}
	if _, err := os.Stat(got.Text("aspera_conf")); err != nil {
		t.Error(err)
	}
	options["show_secrets"] = true
	if shown := run(t, ascpcmd.New(), "ascp info", nil, options).Records[0].(*record.Object); shown.Text("rsa") != "the key" {
		t.Errorf("the key is %q", shown.Text("rsa"))
	}
}

func TestInfoOfABrokenAscp(t *testing.T) {
	putAscp(t, home(t), ".aspera", "sdk")
	t.Setenv(actEnv, "broken")
	out := run(t, ascpcmd.New(), "ascp info", nil, nil)
	if out.Err == nil || !strings.HasSuffix(out.Err.Error(), "failed: ERR no licence here") {
		t.Errorf("error is %v", out.Err)
	}
}

func TestErrors(t *testing.T) {
	out := run(t, ascpcmd.New(), "ascp errors", nil, nil)
	if out.Err != nil || len(out.Records) != 67 {
		t.Fatalf("%d codes, %v", len(out.Records), out.Err)
	}
	want := `{"code":14,"mnemonic":"CONNECTION_ERROR","retry":true,"info":"Error establishing UDP connection (check UDP port and firewall)"}`
	if got := string(record.JSON(out.Records[14])); got != want {
		t.Errorf("got %s", got)
	}
}
