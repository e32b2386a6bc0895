package vault

import (
	"fmt"
	"os"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

// roleVariable makes the test program play another program: see [TestMain].
const roleVariable = "VAULT_TEST_ROLE"

// raceOptions is a variable for such a program: built with -race it would
// sleep a second at its end.
func raceOptions() (name, value string) { return "GORACE", "atexit_sleep_ms=0" }

const (
	roleSecurity = "security"
	roleWriter   = "writer"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case roleSecurity:
		os.Exit(securityMain(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	case roleWriter:
		if err := writerMain(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// testWork makes scrypt quick.
const testWork = 2

// open returns the store for a description in a folder.
func open(t testing.TB, home, password string, pairs ...any) Store {
	t.Helper()
	store, err := Open(record.New(pairs...), password, Surroundings{Home: home, work: testWork})
	if err != nil {
		t.Fatal(err)
	}
	return store
}
