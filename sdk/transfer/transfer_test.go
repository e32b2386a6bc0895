package transfer

import (
	"slices"
	"testing"
)

func TestFieldsAreSortedAndComplete(t *testing.T) {
	if !slices.IsSortedFunc(fields, func(a, b Field) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}) {
		t.Error("fields are not sorted by name")
	}
	ordered := map[string]bool{}
	for _, name := range AscpOrder() {
		f, ok := LookupField(name)
		if !ok {
			t.Errorf("ascpOrder has %s, which is no field", name)
		}
		if f.Ascp.Option == "" && f.Ascp.Env == "" {
			t.Errorf("ascpOrder has %s, which ascp does not get", name)
		}
		if ordered[name] {
			t.Errorf("ascpOrder has %s twice", name)
		}
		ordered[name] = true
	}
	for _, f := range Fields() {
		if (f.Ascp.Option != "" || f.Ascp.Env != "") && !ordered[f.Name] {
			t.Errorf("%s goes to ascp but is not in ascpOrder", f.Name)
		}
		if f.Secret && f.Ascp.Option != "" && f.Name != FieldProxy {
			t.Errorf("%s is secret and would be visible in the arguments of ascp", f.Name)
		}
	}
}

func TestCodes(t *testing.T) {
	retryable := []int{12, 13, 14, 15, 16, 17, 18, 23, 32, 33, 35, 36, 37, 39, 40, 44, 45, 61}
	for i, c := range Codes() {
		if c.Number != i {
			t.Errorf("code %d stands at %d", c.Number, i)
		}
		if c.Retryable != slices.Contains(retryable, i) {
			t.Errorf("code %d: retryable is %v", i, c.Retryable)
		}
	}
	if got := LookupCode(69); got.Mnemonic != "UNKNOWN" {
		t.Errorf("an unknown code is %v", got)
	}
}

func TestFromCode(t *testing.T) {
	for _, tt := range []struct {
		name        string
		code        int
		description string
		message     string
		retryable   bool
	}{
		{"fatal", 19, "Authentication failure", "Authentication failure", false},
		{"retryable", 14, "Error establishing UDP connection", "Error establishing UDP connection", true},
		{"no such target", 14, "Target address not available", "Target address not available", false},
		{"without description", 16, "", "Connection lost", true},
		{"unknown", 99, "odd", "odd", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := FromCode(tt.code, tt.description)
			if got.Code != tt.code || got.Message != tt.message || got.Retryable != tt.retryable {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAgentsSupportKnownFields(t *testing.T) {
	for _, a := range Agents() {
		for _, name := range a.Fields {
			if f, known := LookupField(name); !known || !a.Supports(f) {
				t.Errorf("agent %s supports %s, which is no field", a.Name, name)
			}
		}
		if proxy, _ := LookupField(FieldProxy); a.Name == AgentSFTP && a.Supports(proxy) {
			t.Error("agent sftp knows no proxy of FASP")
		}
	}
}

func TestResolveAgent(t *testing.T) {
	use := "\nUse:"
	for _, a := range Agents() {
		use += "\n- " + a.Name
	}
	for _, tt := range []struct{ typed, want, err string }{
		{"", "direct", ""},
		{"direct", "direct", ""},
		{"h", "httpgw", ""},
		{"n", "node", ""},
		{"con", "connect", ""},
		{"alpha", "desktop", ""},
		{"carrier-pigeon", "", "unknown value for transfer: carrier-pigeon" + use},
		{"d", "", "ambiguous value for transfer: d" + use},
		{"trsdk", "transferd", ""},
	} {
		t.Run(tt.typed, func(t *testing.T) {
			got, err := ResolveAgent(tt.typed)
			if message(err) != tt.err || got.Name != tt.want {
				t.Errorf("got %q, %v", got.Name, err)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
