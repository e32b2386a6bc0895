package command_test

import (
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestInitialLogLevel(t *testing.T) {
	for value, want := range map[string]bool{"-2": true, "0": true, "1": true, "2": false, "7": false, "x": false} {
		m := newMachine(t, current)
		m.env = []string{"AS_LOG_LEVEL=" + value}
		got := m.run(t, "config", "echo", "@ruby:Log.log.info('said');1")
		if strings.Contains(got.err, "said") != want {
			t.Errorf("%s: %s", value, got.err)
		}
	}
	m := newMachine(t, current)
	m.env = []string{"AS_LOG_LEVEL=0"}
	if got := m.run(t, "config", "echo", "@ruby:Log.log.info('said');1", "--log-level=error"); got.err != "" {
		t.Errorf("the option does not win: %s", got.err)
	}
}

func TestSyslog(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no system log of this kind")
	}
	m := newMachine(t, current)
	path := filepath.Join(t.TempDir(), "log")
	m.syslog = [2]string{"unixgram", path}
	got := m.run(t, "config", "echo", "x", "--logger=syslog")
	if got.status != 1 || !strings.Contains(got.err, "option logger: ") {
		t.Errorf("without system log: %d %s", got.status, got.err)
	}
	socket, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	check(t, m, m.run(t, "config", "echo", "@ruby:Log.log.warn('to the system');1", "--logger=syslog"), outcome{0, "1\n", ""})
	packet := make([]byte, 1024)
	n, _, err := socket.ReadFrom(packet)
	if err != nil || !strings.HasPrefix(string(packet[:n]), "<148>") || !strings.Contains(string(packet[:n]), "to the system") {
		t.Errorf("got %q, %v", packet[:n], err)
	}
}

func TestLogFormat(t *testing.T) {
	m := newMachine(t, current)
	for format, want := range map[string]string{
		"default": "WARN said\n",
		`@ruby:->(s, d, p, m){"#{s[0..2]}#{s[-1]} #{d.year>2000} #{p} #{m}\n"}`: "WARN true ascli said\n",
	} {
		check(t, m, m.run(t, "config", "echo", "@ruby:Log.log.warn('said');1", "--log-format="+format), outcome{0, "1\n", want})
	}
	got := m.run(t, "config", "echo", "1", "--log-format=zoo")
	if got.status != 1 || !strings.Contains(got.err, "Unknown formatter zoo, use one of: standard, default, caller") {
		t.Errorf("unknown format: %d %s", got.status, got.err)
	}
}
