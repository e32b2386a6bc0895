package program_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/program"
)

// The test binary is the program that the tests run: this variable tells it how
// to behave.
const actEnv = "PROGRAM_TEST_ACT"

func TestMain(m *testing.M) {
	switch os.Getenv(actEnv) {
	case "":
		os.Exit(m.Run())
	case "talk":
		fmt.Print("to the reader ")
		fmt.Fprint(os.Stderr, "and to the log\n")
		os.Exit(3)
	case "flood":
		chunk := strings.Repeat("x", 1<<20)
		for range 12 {
			fmt.Print(chunk)
		}
	case "hang":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		<-interrupted
	}
}

func TestRunKeepsWhatAProgramSays(t *testing.T) {
	t.Setenv(actEnv, "talk")
	out, err := program.Run(t.Context(), os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if out.Status != 3 || out.Text() != "to the reader and to the log" || string(out.Stdout) != "to the reader " {
		t.Errorf("status %d, said %q", out.Status, out.Text())
	}
}

func TestRunBoundsTheOutput(t *testing.T) {
	t.Setenv(actEnv, "flood")
	out, err := program.Run(t.Context(), os.Args[0])
	if err != nil || out.Status != 0 || len(out.Stdout) != 8<<20 {
		t.Errorf("kept %d bytes, status %d, %v", len(out.Stdout), out.Status, err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Setenv(actEnv, "hang")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := program.Run(ctx, os.Args[0]); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}

func TestRunWithoutProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	if _, err := program.Run(t.Context(), path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "cannot run "+path) {
		t.Errorf("error is %v", err)
	}
}
