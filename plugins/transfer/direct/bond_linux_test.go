package direct

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestAscpDiesWithUs kills a process that runs a transfer the hard way.
func TestAscpDiesWithUs(t *testing.T) {
	witness, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = witness.Close() }()
	if err := witness.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), hostEnv+"=1", scenarioEnv+"=stubborn", stateEnv+"="+t.TempDir(), witnessEnv+"="+witness.Addr().String())
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	ascp, err := witness.Accept()
	if err != nil {
		_ = host.Process.Kill()
		t.Fatalf("ascp did not start: %v", err)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	if err := ascp.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	// Its connection ends with it.
	if _, err := ascp.Read(make([]byte, 1)); os.IsTimeout(err) {
		t.Error("ascp has outlived us")
	}
}
