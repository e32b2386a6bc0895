//go:build unix

package logs_test

import (
	"log/slog"
	"net"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/secret"
)

// systemLog is a system log that the test reads.
func systemLog(t *testing.T) (address string, received *net.UnixConn) {
	t.Helper()
	address = filepath.Join(t.TempDir(), "log")
	received, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { received.Close() })
	if err := received.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return address, received
}

func TestSyslog(t *testing.T) {
	byUser := func(severity string, _ time.Time, program, message string) (string, error) {
		return program + "/" + severity + "/" + message, nil
	}
	// A priority is facility local2, which is 16+2, times 8, plus the severity (RFC 3164, 4.1.1).
	for _, test := range []struct {
		name    string
		options logs.Options
		level   slog.Level
		want    string
	}{
		{"trace as debug", logs.Options{}, sdk.LevelTrace2, `^<151>.* ascli\[\d+\]: sent 🔑 n=1\n$`},
		{"debug", logs.Options{}, slog.LevelDebug, `^<151>`},
		{"info", logs.Options{}, slog.LevelInfo, `^<150>`},
		{"warn", logs.Options{Format: logs.Standard}, slog.LevelWarn, `^<148>.*\]: sent 🔑 n=1\n$`},
		{"error", logs.Options{}, slog.LevelError, `^<147>`},
		{"fatal", logs.Options{}, sdk.LevelFatal, `^<146>`},
		{"unknown", logs.Options{}, sdk.LevelUnknown, `^<145>`},
		{"default format", logs.Options{Format: logs.Default}, slog.LevelWarn, `\]: WARN sent 🔑 n=1\n$`},
		{"function", logs.Options{Func: byUser}, slog.LevelWarn, `\]: ascli/WARN/sent 🔑 n=1\n$`},
	} {
		t.Run(test.name, func(t *testing.T) {
			address, received := systemLog(t)
			target, err := logs.Syslog("unixgram", address)
			if err != nil {
				t.Fatal(err)
			}
			defer target.Close()
			test.options.Level, test.options.Mask = sdk.LevelTrace2, secret.NewMasker("hunter22").Mask
			h, err := logs.NewHandler(target, test.options)
			if err != nil {
				t.Fatal(err)
			}
			slog.New(h).Log(t.Context(), test.level, "sent hunter22", "n", 1)
			packet := make([]byte, 1024)
			n, err := received.Read(packet)
			if err != nil {
				t.Fatal(err)
			}
			if got := packet[:n]; !regexp.MustCompile(test.want).Match(got) {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}
}

func TestSyslogNotThere(t *testing.T) {
	_, err := logs.Syslog("unixgram", filepath.Join(t.TempDir(), "none"))
	if err == nil || !regexp.MustCompile(`use --logger=stderr`).MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
}
