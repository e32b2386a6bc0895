package sftp

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sshclient"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

func TestSpecThatCannotBeHonoured(t *testing.T) {
	const usual = `"direction":"send","remote_host":"h","remote_user":"u","remote_password":"p","paths":[{"source":"f"}]`
	for _, tt := range []struct{ name, spec, err string }{
		{"complete", usual, ""},
		{"nulls", usual + `,"content_protection":null,"ssh_port":null`, ""},
		{"what asks for nothing", usual + `,"keepalive":false,"content_protection":"","min_rate_kbps":0`, ""},
		{"no host", `"direction":"send","remote_user":"u","paths":[{"source":"f"}]`, "Missing mandatory parameter: remote_host"},
		{"no user", `"direction":"send","remote_host":"h","paths":[{"source":"f"}]`, "Missing mandatory parameter: remote_user"},
		{"no direction", `"remote_host":"h","remote_user":"u","paths":[{"source":"f"}]`, "Missing mandatory parameter: direction"},
		{"no sources", `"direction":"send","remote_host":"h","remote_user":"u"`, "Missing mandatory parameter: paths"},
		{"other direction", usual + `,"direction":"up"`, "Enum value up is not allowed for direction, use one of: send, receive"},
		{"token only", `"direction":"send","remote_host":"h","remote_user":"u","token":"t","paths":[{"source":"f"}]`, "agent sftp needs remote_password or ssh_private_key"},
		{"encryption at rest", usual + `,"content_protection":"encrypt"`, "agent sftp cannot honour content_protection: files would arrive without encryption at rest"},
		{"proxy", usual + `,"proxy":"dnat://x"`, "agent sftp cannot honour proxy"},
		{"file id", usual + `,"destination_root_id":"7"`, "agent sftp cannot honour destination_root_id"},
		{"wrong type", usual + `,"ssh_port":"22"`, `ssh_port is : String ("22"), shall be int`},
		{"wrong secret", usual + `,"remote_password":7`, `remote_password is : Integer (secret), shall be string`},
		{"policy", usual + `,"overwrite":"maybe"`, "Enum value maybe is not allowed for overwrite, use one of: never, always, diff, older, diff+older"},
		{"time", usual + `,"exclude_newer_than":"soon"`, `exclude_newer_than is : String ("soon"), shall be string`},
		{"both", usual + `,"remove_after_transfer":true,"move_after_transfer":"/a"`, "move_after_transfer and remove_after_transfer exclude each other"},
		{"skipped alone", usual + `,"remove_skipped":true`, "remove_skipped needs remove_after_transfer"},
		{"base", usual + `,"src_base":"."`, "src_base: . is not a valid base"},
		{"faux destination", usual + `,"destination_root":"faux://"`, "destination_root faux://: a server cannot discard what it gets by SFTP"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec, err := record.ParseObject([]byte("{" + tt.spec + "}"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = parseSpec(spec, slog.New(slog.DiscardHandler))
			switch {
			case tt.err == "" && err != nil:
				t.Error(err)
			case tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)):
				t.Errorf("got %v", err)
			case err != nil && failure.As(err).Label != failure.Argument:
				t.Errorf("the error has the label %s", failure.As(err).Label)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	for info, want := range map[string]string{
		`{"connections":0}`:      "connections shall be from 1 to 16",
		`{"files":1000}`:         "files shall be from 1 to 256",
		`{"host_check":"maybe"}`: "transfer_info.host_check: unknown value maybe, use one of: strict, accept-new, any",
		`{"known_hosts":"f"}`:    "known_hosts must be a Array of String",
		`{"ssh_agent":"yes"}`:    "transfer_info.ssh_agent: expecting a boolean, got String",
		`{"speed":1}`:            "unknown keyword: :speed",
		`{"resume":{"often":1}}`: "unknown keyword: :often",
	} {
		parsed, err := record.ParseObject([]byte(info))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseParameters(parsed); err == nil || err.Error() != want {
			t.Errorf("%s gives %v", info, err)
		}
	}
}

// What keeps a connection from being made has the code of ascp, and is tried
// again only where that can help.
func TestLogin(t *testing.T) {
	b := newBench(t)
	writeFile(t, b.here+"/f", []byte("x"))
	_, stranger, err := sshdtest.NewKey(sshdtest.RSA, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, protected, err := sshdtest.NewKey(sshdtest.ECDSA, "open sesame")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.server.Authorize(signer.PublicKey()); err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/key"
	writeFile(t, path, []byte(protected))
	other, _, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		more []any
		info string
		code int
		want string
	}{
		{"key", nil, `{}`, 0, ""},
		{"file of a protected key", []any{"ssh_private_key", nil, "ssh_private_key_path", path, "ssh_private_key_passphrase", "open sesame"}, `{}`, 0, ""},
		{"fingerprint", []any{"sshfp", ssh256(b.server.HostKeys[sshdtest.RSA])}, `{"known_hosts":[]}`, 0, ""},
		{"cipher", []any{"cipher", "aes-256"}, `{}`, 0, ""},
		{"wrong key", []any{"ssh_private_key", stranger}, `{}`, codeAuthentication, "Authentication failure"},
		{"wrong password", []any{"ssh_private_key", nil, "remote_password", "pass"}, `{}`, codeAuthentication, "Authentication failure"},
		{"wrong passphrase", []any{"ssh_private_key", protected, "ssh_private_key_passphrase", "x"}, `{}`, codeConfiguration, "passphrase"},
		{"other fingerprint", []any{"sshfp", ssh256(other.PublicKey())}, `{}`, codeInsecure, "Remote host is not who we expected"},
		{"unknown host", nil, `{"known_hosts":["/nowhere/known_hosts"]}`, codeInsecure, "is not a known host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := t.TempDir()
			r := b.run(t.Context(), specOf("send", to, []string{b.here + "/f"}, tt.more...), tt.info)
			if code(r.err) != tt.code || tt.code != 0 && !strings.Contains(r.err.Error(), tt.want) {
				t.Fatalf("got %d: %v", code(r.err), r.err)
			}
			if r.count("retry") != 0 {
				t.Error("it was tried again")
			}
			want := map[string]string{}
			if tt.code == 0 {
				want["f"] = "x"
			}
			sameTree(t, tree(t, to), want)
		})
	}
}

func TestUnknownHostHasHints(t *testing.T) {
	b := newBench(t)
	writeFile(t, b.here+"/f", nil)
	r := b.run(t.Context(), specOf("send", b.there, []string{b.here + "/f"}), `{"known_hosts":["/nowhere"]}`)
	failed := failure.As(r.err)
	if failed == nil || failed.Label != failure.Transfer || !strings.Contains(strings.Join(failed.Hints, "\n"), "--transfer-info.host_check="+string(sshclient.AcceptNew)) {
		t.Errorf("got %+v", failed)
	}
}
