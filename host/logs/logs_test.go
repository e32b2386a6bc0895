package logs_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"testing"

	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/secret"
)

func TestLine(t *testing.T) {
	var out bytes.Buffer
	level := new(slog.LevelVar)
	level.Set(slog.LevelWarn)
	log := slog.New(logs.New(&out, level, secret.NewMasker("hunter22").Mask))
	log.Info("hidden")
	log.Warn("sent hunter22", "password", "x", "file", "a b")
	want := `^W, \[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} #\d+\]  WARN -- : sent 🔑 password=🔑 file="a b"\n$`
	if !regexp.MustCompile(want).Match(out.Bytes()) {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	level.Set(sdk.LevelTrace2)
	log.With("plugin", "node").Log(t.Context(), sdk.LevelTrace1, "remains")
	if !regexp.MustCompile(`^T, .*\] TRACE1 -- : remains plugin=node\n$`).Match(out.Bytes()) {
		t.Errorf("%q", out.String())
	}
}
