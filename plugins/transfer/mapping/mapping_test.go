package mapping

import (
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

// minimal is what every transfer with ascp needs.
const minimal = `"remote_host":"h","remote_user":"u","direction":"send"`

// ascp maps minimal and some more fields.
func ascp(t *testing.T, fields string) (Command, error) {
	t.Helper()
	if fields != "" {
		fields = "," + fields
	}
	spec, err := record.ParseObject([]byte("{" + minimal + fields + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return Ascp(spec)
}

func TestAscp(t *testing.T) {
	for _, tt := range []struct{ name, fields, args, env string }{
		{"nothing more", ``, "--mode send --host h --user u", ""},
		{"the example of the specification", `"ssh_port":33001,"create_dir":true,"remote_password":"p"`,
			"-d --mode send --host h --user u -P 33001", "ASPERA_SCP_PASS=p"},
		{"receive", `"direction":"receive"`, "--mode recv --host h --user u", ""},
		{"a switch that is off", `"create_dir":false`, "--mode send --host h --user u", ""},
		{"null", `"target_rate_kbps":null`, "--mode send --host h --user u", ""},
		{"cipher without dashes", `"cipher":"aes-192-gcm"`, "-c aes192gcm --mode send --host h --user u", ""},
		{"order is that of ascp, not of the spec", `"sshfp":"f","target_rate_kbps":1000,"cipher":"none"`,
			"-c none --mode send --host h --user u -l 1000 --check-sshfp f", ""},
		{"fallback", `"http_fallback":"force","http_fallback_port":80,"https_fallback_port":443`,
			"--mode send -y F -t 80 -t 443 --host h --user u", ""},
		{"fallback off", `"http_fallback":false`, "--mode send -y 0 --host h --user u", ""},
		{"resume policy", `"resume_policy":"sparse_csum"`, "--mode send --host h --user u -k 2", ""},
		{"base64", `"source_root":"/é","src_base":"b"`,
			"--mode send --host h --user u --source-prefix64 L8Op --src-base64 Yg==", ""},
		{"tags", `"tags":{"aspera":{"n":1}}`, "--mode send --host h --user u --tags64 eyJhc3BlcmEiOnsibiI6MX19", ""},
		{"secrets go to the environment",
			`"token":"t","cookie":"c","content_protection":"encrypt","content_protection_password":"f","ssh_private_key":"k","remote_password":"p","ssh_private_key_passphrase":"q"`,
			"--file-crypt encrypt --mode send --host h --user u",
			"ASPERA_SCP_FILEPASS=f ASPERA_SCP_COOKIE=c ASPERA_SCP_PASS=p ASPERA_SCP_KEY=k ASPERA_SCP_PASS=q ASPERA_SCP_TOKEN=t"},
		{"fields of other agents are passed", `"multi_session_threshold":5,"preserve_times":true`,
			"--mode send --multi-session-threshold 5 --preserve-times --host h --user u", ""},
		{"fields that ascp does not get", `"title":"x","wss_enabled":false,"destination_root":"/d"`,
			"--mode send --host h --user u", ""},
		{"later fields", `"file_checksum":"md5","save_before_overwrite":true,"use_system_ssh":true`,
			"--mode send --file-checksum md5 --host h --user u --save-before-overwrite -SSH", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ascp(t, tt.fields)
			if err != nil {
				t.Fatal(err)
			}
			if args := strings.Join(got.Args, " "); args != tt.args {
				t.Errorf("got  %s\nwant %s", args, tt.args)
			}
			if env := strings.Join(got.Env, " "); env != tt.env {
				t.Errorf("environment is %s", env)
			}
			if len(got.Warnings) > 0 {
				t.Errorf("warnings: %q", got.Warnings)
			}
		})
	}
}

func TestAscpErrors(t *testing.T) {
	for _, tt := range []struct{ name, fields, want string }{
		{"type", `"target_rate_kbps":"5"`, "target_rate_kbps is : String (5), shall be [:int], "},
		{"fraction", `"target_rate_kbps":1.5`, "target_rate_kbps is : Float (1.5), shall be [:int], "},
		{"one of two types", `"http_fallback":1`, "http_fallback is : Integer (1), shall be [:bool, :string], "},
		{"type of a field that ascp does not get", `"wss_enabled":"yes"`, "wss_enabled is : String (yes), shall be [:bool], "},
		{"a secret is not shown", `"token":12345`, "token is : Integer (***), shall be [:string], "},
		{"enumeration", `"overwrite":"maybe"`, "Enum value maybe is not allowed for overwrite"},
		{"table", `"http_fallback":"maybe"`, "unsupported value: maybe, expect: force, true, false"},
		{"missing", `"remote_user":null`, "Missing mandatory parameter: remote_user"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ascp(t, tt.fields)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestAscpWarnings(t *testing.T) {
	got, err := ascp(t, `"foo":"5","my_password":"p"`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`unrecognized parameter: foo = "5"`, `unrecognized parameter: my_password = ***`}
	if !slices.Equal(got.Warnings, want) {
		t.Errorf("got %q", got.Warnings)
	}
}
