package direct

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/product"
)

// base is a transfer spec that only lacks the way to log in.
const base = `"remote_host":"h","remote_user":"u","direction":"send","paths":[{"source":"f"}]`

// planner prepares jobs without running them.
type planner struct {
	job agent.Job
	log bytes.Buffer
}

func newPlanner(t *testing.T) *planner {
	t.Helper()
	p := &planner{}
	sdk := t.TempDir()
	for _, name := range []string{"ascp", "ascp4", "aspera_bypass_rsa.pem", "aspera_bypass_dsa.pem"} {
		if runtime.GOOS == "windows" && !strings.Contains(name, ".") {
			name += ".exe"
		}
		if err := os.WriteFile(filepath.Join(sdk, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p.job.Env = agent.Env{SDKFolder: sdk, TempFolder: t.TempDir(), Log: slog.New(slog.NewTextHandler(&p.log, nil))}
	return p
}

// plan returns the plan of a job whose spec is base and some more fields.
func (p *planner) plan(t *testing.T, fields, info string) (*plan, error) {
	t.Helper()
	if fields != "" {
		fields = "," + fields
	}
	p.job.Spec, p.job.Info = parse(t, "{"+base+fields+"}"), parse(t, "{"+info+"}")
	params, err := parseParameters(p.job)
	if err != nil {
		return nil, err
	}
	before := p.job.Spec.Clone()
	plan, err := prepare(t.Context(), p.job, params)
	if got := p.job.Spec; got.Len() != before.Len() {
		t.Error("the spec of the job was changed")
	}
	return plan, err
}

func TestArguments(t *testing.T) {
	const common = "--mode send --host h --user u"
	p := newPlanner(t)
	for _, tt := range []struct{ name, fields, info, want string }{
		{"password", `"remote_password":"p"`, ``, "-q " + common + " --dest64 f Lw=="},
		{"with ascp's own progress", ``, `"quiet":false`, common + " --dest64 f Lw=="},
		{"token", `"token":"t"`, ``, "-q -i SDK/aspera_bypass_rsa.pem " + common + " --dest64 f Lw=="},
		{"token and DSA", `"token":"t"`, `"client_ssh_key":"dsa_rsa"`,
			"-q -i SDK/aspera_bypass_dsa.pem -i SDK/aspera_bypass_rsa.pem " + common + " --dest64 f Lw=="},
		{"token and password", `"token":"t","remote_password":""`, ``, "-q " + common + " --dest64 f Lw=="},
		{"token and own key", `"token":"t","ssh_private_key":"k"`, ``, "-q " + common + " --dest64 f Lw=="},
		{"WebSocket", `"token":"t","wss_enabled":true,"wss_port":9093,"fasp_port":33001,"ssh_port":22,"sshfp":"x"`, ``,
			"-q --ws-connect " + common + " -P 9093 --dest64 f Lw=="},
		{"WebSocket with certificates", `"wss_enabled":true,"wss_port":9093`, `"trusted_certs":["/a.pem","/b.pem"]`,
			"-q -i /a.pem --ws-connect " + common + " -P 9093 --dest64 f Lw=="},
		{"WebSocket not wanted", `"wss_enabled":true,"wss_port":9093,"fasp_port":33001,"ssh_port":22`, `"wss":false`,
			"-q --mode send -O 33001 --host h --user u -P 22 --dest64 f Lw=="},
		{"WebSocket not wanted but the only way", `"wss_enabled":true,"wss_port":9093`, `"wss":false`,
			"-q --ws-connect " + common + " -P 9093 --dest64 f Lw=="},
		{"extra arguments", ``, `"ascp_args":["-L","/log"]`, "-q " + common + " --dest64 -L /log f Lw=="},
		{"list among the extra arguments", `"paths":null`, `"ascp_args":["--file-list=/l"]`, "-q " + common + " --dest64 --file-list=/l Lw=="},
		{"persistent", `"paths":null,"keepalive":true`, ``, "-q " + common + " --keepalive --dest64 Lw=="},
		{"ascp4", `"use_ascp4":true,"destination_root":"/d"`, ``, "-q " + common + " f /d"},
		{"empty source_root", `"source_root":""`, ``, "-q " + common + " --dest64 f Lw=="},
		{"password of the proxy", `"proxy":"dnat://me:se:cr@et@proxy:9091"`, ``, "-q " + common + " --proxy dnat://me@proxy:9091 --dest64 f Lw=="},
		{"no session", `"multi_session":0`, ``, "-q " + common + " --dest64 f Lw=="},
		{"negative sessions", `"multi_session":-1`, ``, "-q " + common + " --dest64 f Lw=="},
		{"one UDP port for all sessions", `"multi_session":2,"fasp_port":4`, `"multi_incr_udp":false`,
			"-C1:2 -q --mode send -O 4 --host h --user u --dest64 f Lw=="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := p.plan(t, tt.fields, tt.info)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(plan.argv(1, 0), " ")
			got = strings.ReplaceAll(got, p.job.Env.SDKFolder+string(filepath.Separator), "SDK/")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestArgumentErrors(t *testing.T) {
	p := newPlanner(t)
	for _, tt := range []struct{ name, fields, info, want string }{
		{"unknown parameter", ``, `"foo":1`, "unknown keyword: :foo"},
		{"arguments that are no strings", ``, `"ascp_args":[1]`, "all ascp arguments must be String"},
		{"key of the client", ``, `"client_ssh_key":"per_client"`, "Not yet implemented"},
		{"no paths", `"paths":null`, ``, "Missing mandatory parameter: paths"},
		{"empty paths", `"paths":[]`, ``, "Missing mandatory parameter: paths"},
		{"no source", `"paths":[{"destination":"x"}]`, ``, "All elements of paths must have a 'source' key"},
		{"some destinations", `"paths":[{"source":"a","destination":"b"},{"source":"c"}]`, ``, "All elements of paths must be consistent with 'destination' key"},
		{"two lists", ``, `"ascp_args":["--file-list","/l"]`, "file list provided both in transfer spec and ascp file list. Remove one of them."},
		{"pairs without list", `"paths":[{"source":"a","destination":"b"}]`, `"file_list":false`, "file pair list is not supported when file list folder is not set"},
		{"an option as source", `"paths":[{"source":"-x"}]`, ``, `source "-x" would be an option of ascp: write ./-x`},
		{"line break", `"paths":[{"source":"a\nb"}]`, ``, `path "a\nb" has a line break, which a list for ascp cannot hold: rename it, or transfer its folder`},
		{"too many sessions", `"multi_session":1000`, ``, "multi_session is 1000, at most 128 sessions are possible"},
		{"sessions that are no number", `"multi_session":"many"`, ``, `multi_session is : String ("many"), shall be [:int], `},
		{"type", `"target_rate_kbps":"5"`, ``, "target_rate_kbps is : String (5), shall be [:int], "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := p.plan(t, tt.fields, tt.info); err == nil || err.Error() != tt.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestSecretsAreNotArguments(t *testing.T) {
	p := newPlanner(t)
	plan, err := p.plan(t, `"token":"S3CRET1","remote_password":"S3CRET2","content_protection":"encrypt","content_protection_password":"S3CRET3",
		"ssh_private_key":"S3CRET4","cookie":"S3CRET5","proxy":"dnat://u:S3CRET6@p:9091","my_secret":"S3CRET7"`, ``)
	if err != nil {
		t.Fatal(err)
	}
	if args := strings.Join(plan.argv(1, 0), " "); strings.Contains(args, "S3CRET") {
		t.Errorf("arguments are %s", args)
	}
	if strings.Contains(p.log.String(), "S3CRET") {
		t.Errorf("log is %s", p.log.String())
	}
	if !slices.Contains(plan.env, "ASPERA_PROXY_PASS=S3CRET6") {
		t.Error("the password of the proxy is lost")
	}
}

func TestPairList(t *testing.T) {
	p := newPlanner(t)
	p.job.Env.FileListFolder = filepath.Join(t.TempDir(), "filelists")
	stale := filepath.Join(p.job.Env.FileListFolder, "old")
	if err := os.MkdirAll(p.job.Env.FileListFolder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sixDaysAgo := time.Now().Add(-6 * 24 * time.Hour)
	if err := os.Chtimes(stale, sixDaysAgo, sixDaysAgo); err != nil {
		t.Fatal(err)
	}
	plan, err := p.plan(t, `"paths":[{"source":"a","destination":"b"},{"source":"c","destination":"d"}]`, ``)
	if err != nil {
		t.Fatal(err)
	}
	path, found := strings.CutPrefix(plan.args[len(plan.args)-2], "--file-pair-list=")
	if !found {
		t.Fatalf("arguments are %q", plan.args)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "a\nb\nc\nd" {
		t.Errorf("list is %q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("list has mode %v, %v", info.Mode(), err)
	}
	plan.cleanUp(p.job.Env.Log)
	for _, gone := range []string{path, stale} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
}

func TestTagsAreStamped(t *testing.T) {
	spec := parse(t, `{"tags":{"aspera":{"xfer_retry":5}}}`)
	stamp(spec)
	id, _ := spec.At("tags", "aspera", "xfer_id")
	if s, _ := id.(string); len(s) != 36 {
		t.Errorf("id is %v", id)
	}
	if retry, _ := spec.Object("tags").Object("aspera").Int("xfer_retry"); retry != 5 {
		t.Errorf("retry is %d", retry)
	}
}

func TestFallbackCertificate(t *testing.T) {
	p := newPlanner(t)
	plan, err := p.plan(t, `"http_fallback":true`, ``)
	if err != nil {
		t.Fatal(err)
	}
	fallback, err := product.EnsureFallback(p.job.Env.SDKFolder)
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.args[:4]; !slices.Equal(got, []string{"-I", fallback.Certificate, "-Y", fallback.Key}) {
		t.Errorf("arguments are %q", got)
	}
}

func TestIgnoredCertificateIsFetched(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	host, portText, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlanner(t)
	p.job.Env.IgnoreCertificate = func(h string, n int) bool { return h == host && n == port }
	plan, err := p.plan(t, `"remote_host":"`+host+`","wss_enabled":true,"wss_port":`+portText, `"trusted_certs":["/other.pem"]`)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.Index(plan.args, "-i")
	text, err := os.ReadFile(plan.args[i+1])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	got, err := x509.ParseCertificate(block.Bytes)
	if err != nil || !got.Equal(server.Certificate()) {
		t.Errorf("got another certificate, %v", err)
	}
	plan.cleanUp(p.job.Env.Log)
	if _, err := os.Stat(plan.args[i+1]); err == nil {
		t.Error("the certificate stays")
	}
}
