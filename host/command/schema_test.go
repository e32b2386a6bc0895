package command_test

import (
	"strings"
	"testing"
)

func TestSchemaHelp(t *testing.T) {
	m := newMachine(t, "config:\n  version: 4.21.0\n")
	got := m.run(t, "config", "echo", "x", "--ts=help", "--format=csv", "--fields=name,type", "--log-level=info")
	if got.status != 1 || !strings.Contains(got.out, "target_rate_kbps,int\n") || strings.Contains(got.out, `"x"`) {
		t.Errorf("status %d, output %.200s", got.status, got.out)
	}
	if want := "I,  INFO -- : Schema: option: ts\n"; got.err != want {
		t.Errorf("errors %q, want %q", got.err, want)
	}
	got = m.run(t, "config", "preset", "initialize", "p", "help")
	if want := "W,  WARN -- : Sorry, no schema provided yet. Please refer to the manual or API.\n"; got.status != 1 || got.err != want {
		t.Errorf("status %d, errors %q, want %q", got.status, got.err, want)
	}
	// An option that the display itself needs.
	if got = m.run(t, "config", "echo", "x", "--table-style=help"); got.status != 1 || got.out != "" {
		t.Errorf("status %d, output %q", got.status, got.out)
	}
}
