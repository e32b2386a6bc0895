package management

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestNamesInJSON(t *testing.T) {
	for wire, want := range map[string]string{
		"Type": "type", "SessionId": "session_id", "UserStr": "user_str", "MinRate": "min_rate",
		"Elapsedusec": "elapsed_usec", "Bytescont": "bytes_cont", "PMTU": "pmtu", "TCPPort": "tcp_port", "LocalIP": "local_ip",
		"BWMeasurement": "bw_measurement", "BWInfo": "bw_info", "RTTAutocorrect": "rtt_autocorrect", "FaspFileID": "fasp_file_id",
		"VlinkID": "vlink_id", "VLinkVersion": "v_link_version", "PeerVLinkVersion": "peer_v_link_version",
		"VLinkLocalCL": "v_link_local_cl", "VLRemoteCL": "vl_remote_cl", "DSPipelineDepth": "ds_pipeline_depth",
		"ClientMacAddress": "client_mac_address", "NewField2Name": "new_field2_name",
	} {
		if got := snakeCase(wire); got != want {
			t.Errorf("%s becomes %s, want %s", wire, got, want)
		}
	}
}

func TestEventInJSON(t *testing.T) {
	for _, tt := range []struct{ name, wire, want string }{
		{
			"the first event", "Type: INIT\nDirection: Send\nOperation: Transfer\nSessionId: f8fd\nUserStr: job1",
			`{"type":"INIT","direction":"Send","operation":"Transfer","session_id":"f8fd","user_str":"job1"}`,
		},
		{
			"numbers and booleans", "Type: SESSION\nAdaptive: Adaptive\nEncryption: Yes\nPort: 33001\nRate: 45000\nRemote: No\nTCPPort: 33001",
			`{"type":"SESSION","adaptive":"Adaptive","encryption":true,"port":33001,"rate":45000,"remote":false,"tcp_port":33001}`,
		},
		{
			"the last event: some counters are texts", "Type: DONE\nElapsedusec: 900000\nTransfersFailed: 0\nTransfersPassed: 2",
			`{"type":"DONE","elapsed_usec":900000,"transfers_failed":"0","transfers_passed":2}`,
		},
		{"a code is a text", "Type: ERROR\nCode: 19\nDescription: Authentication failure", `{"type":"ERROR","code":"19","description":"Authentication failure"}`},
		{"leading digits count", "Size: 12kB\nWritten:\nRate: x\nLoss: -7\nPort: 0022\nDelay: 99999999999999999999", `{"size":12,"written":0,"rate":0,"loss":-7,"port":22,"delay":99999999999999999999}`},
		{"a boolean is Yes or false", "Encryption: yes\nRemote: Yes\nPrecalc:", `{"encryption":false,"remote":true,"precalc":false}`},
		{"an unknown field", "Type: NEW\nSomeNewID: 7", `{"type":"NEW","some_new_id":"7"}`},
		{"the last of two counts", "Code: 1\nType: A\nCode: 2", `{"code":"2","type":"A"}`},
		{"a path with a line feed, and ESC", "File: a\x1bnb\x1b\x1b\x1br\x1bz", `{"file":"a\nb\u001b\r\u001bz"}`},
		{"ESC is special in paths alone", "Description: a\x1bnb", `{"description":"a\u001bnb"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := NewReader(strings.NewReader(header + "\n" + tt.wire + "\n\n")).Next()
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(m.JSON())); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	for _, tt := range []struct{ name, json, want, err string }{
		{"change of rate", `{"type":"RATE","rate":300000,"min_rate":100}`, "Type: RATE\nRate: 300000\nMinRate: 100\n", ""},
		{"an unknown name", `{"type":"RATE","target_rate":3}`, "", "No such field: target_rate"},
		{"all the ways to write a name", `{"TYPE":"RATE","MinRate":1,"minrate":2,"Min_rate":3,"pmtu":3,"elapsedusec":4}`, "Type: RATE\nMinRate: 1\nMinRate: 2\nMinRate: 3\nPMTU: 3\nElapsedusec: 4\n", ""},
		{"the order of the keys", `{"source":"a","destination":"b","type":"START","file_bytes":"0:99"}`, "Source: a\nDestination: b\nType: START\nFileBytes: 0:99\n", ""},
		{"paths with line breaks", `{"type":"START","source":"a\nb\r\u001b"}`, "Type: START\nSource: a\x1bnb\x1br\x1b\x1b\n", ""},
		{"booleans and null", `{"type":"X","keepalive":true,"precalc":false,"token":null}`, "Type: X\nKeepalive: Yes\nPrecalc: No\nToken: \n", ""},
		{"a message in a value", `{"type":"RATE","user_str":"x\n\nFASPMGR 2\nType: CANCEL"}`, "", "field user_str: the value cannot have a line break"},
		{"a list", `{"type":"START","source":["a"]}`, "", "field source: expecting a text, a number or a boolean, got Array"},
		{"no type", `{"rate":1}`, "", "a command has a field type, such as RATE, START, DONE or CANCEL"},
		{"nothing", `{}`, "", "a command has a field type, such as RATE, START, DONE or CANCEL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := record.ParseObject([]byte(tt.json))
			if err != nil {
				t.Fatal(err)
			}
			m, err := Command(o)
			if tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
				t.Fatalf("error is %v, want %q", err, tt.err)
			}
			if err != nil {
				return
			}
			if got, err := m.Append(nil); err != nil || string(got) != header+"\n"+tt.want+"\n" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// TestEveryFieldCanBeSent: each known field is found by its name in JSON, which no
// other one has.
func TestEveryFieldCanBeSent(t *testing.T) {
	for _, f := range fields {
		m, err := Command(record.New(snakeCase(f.name), "1", "type", "X"))
		if err != nil || m[0].Name != f.name {
			t.Errorf("%s is sent as %v, %v", snakeCase(f.name), m, err)
		}
	}
}

func FuzzEventInJSON(f *testing.F) {
	f.Add([]byte(upload))
	f.Add([]byte("FASPMGR 2\nSize: -\nAB: \x00\xff\nFile: \x1b\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, _ := readAll(strings.NewReader(string(data)))
		for _, m := range all {
			line := record.JSON(m.JSON())
			if strings.ContainsAny(string(line), "\r\n") {
				t.Fatalf("%q is more than a line", line)
			}
			if _, err := record.ParseObject(line); err != nil {
				t.Fatalf("%v became %q: %v", m, line, err)
			}
		}
	})
}

func FuzzCommand(f *testing.F) {
	f.Add([]byte(`{"type":"RATE","rate":300000,"min_rate":100}`))
	f.Add([]byte(`{"type":"START","source":"a\nb\r\u001b","keepalive":true,"token":null}`))
	f.Add([]byte(`{"Type":"\n\nFASPMGR 2\n"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := record.ParseObject(data)
		if err != nil {
			return
		}
		m, err := Command(o)
		if err != nil {
			return
		}
		wire, err := m.Append(nil)
		if err != nil {
			t.Fatalf("%s cannot be sent: %v", data, err)
		}
		// It is one message, with the same fields.
		all, err := readAll(strings.NewReader(string(wire)))
		if err != nil || len(all) != 1 || len(all[0]) != len(m) {
			t.Fatalf("%q is read as %v, %v", wire, all, err)
		}
		for i := range m {
			if all[0][i] != m[i] {
				t.Fatalf("%v became %v", m[i], all[0][i])
			}
		}
	})
}
