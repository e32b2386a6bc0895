package vault

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	keyrings "github.com/zalando/go-keyring"

	"github.com/ascli-go/ascli/sdk/failure"
)

// TestKeyring runs against a real Secret Service in a session of its own.
func TestKeyring(t *testing.T) {
	startSecretService(t)
	t.Run("conformance", func(t *testing.T) {
		testStore(t, open(t, "", "", "type", "system"), conformance{})
	})
	t.Run("names are apart", func(t *testing.T) {
		mine, other := open(t, "", "", "type", "system", "name", "mine"), open(t, "", "", "type", "system", "name", "other")
		if err := mine.Create(t.Context(), lab1()); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Show(t.Context(), "lab1"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
		checkList(t, other, conformance{})
		checkList(t, mine, conformance{}, lab1())
	})
	t.Run("item of another program", func(t *testing.T) {
		if err := keyrings.Set("foreign", "l", "bare password"); err != nil {
			t.Fatal(err)
		}
		checkList(t, open(t, "", "", "type", "system", "name", "foreign"), conformance{}, Entry{Label: "l", Password: "bare password"})
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := within(ctx, func() (any, error) { select {} })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNoKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nothing"))
	_, err := open(t, "", "", "type", "system").List(t.Context())
	found := failure.As(err)
	if found == nil || len(found.Hints) == 0 || !strings.Contains(found.Hints[0], "Secret Service") {
		t.Errorf("got %v", err)
	}
}

// startSecretService starts a D-Bus session and gnome-keyring in it, both
// private, and points this process to them.
func startSecretService(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, filepath.Join(home, name))
	}
	// A socket's path is short; a temporary folder's may not be.
	runtimeFolder, err := os.MkdirTemp("", "run")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(runtimeFolder) })
	t.Setenv("XDG_RUNTIME_DIR", runtimeFolder)

	bus := start(t, "", "dbus-daemon", "--session", "--nofork", "--print-address")
	address, err := bufio.NewReader(bus).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon tells no address: %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	owned := awaitOwner(t, "org.freedesktop.secrets")
	start(t, "keyring password", "gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets")
	select {
	case <-owned:
	case <-time.After(30 * time.Second):
		t.Fatal("gnome-keyring-daemon does not offer its service")
	}
}

// awaitOwner returns a channel that tells when a program owns a name of the bus.
func awaitOwner(t *testing.T, name string) <-chan struct{} {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	err = bus.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name))
	if err != nil {
		t.Fatal(err)
	}
	signals := make(chan *dbus.Signal, 10)
	owned := make(chan struct{})
	bus.Signal(signals)
	go func() {
		for signal := range signals {
			if signal.Name == "org.freedesktop.DBus.NameOwnerChanged" {
				close(owned)
				return
			}
		}
	}()
	return owned
}

// start runs a program until the end of the test and returns its output.
func start(t *testing.T, input, program string, arguments ...string) io.Reader {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%v: install it with `apt-get install gnome-keyring dbus`", err)
	}
	command := exec.Command(program, arguments...)
	command.Stdin, command.Stderr = strings.NewReader(input), t.Output()
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return output
}
