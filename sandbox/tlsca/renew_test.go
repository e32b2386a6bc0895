package tlsca

import (
	"path/filepath"
	"testing"
	"time"
)

func TestServerCertificateIsRenewedBeforeItsEnd(t *testing.T) {
	folder := t.TempDir()
	ca, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := loadOrIssue(ca.File(), filepath.Join(folder, "ca-key.pem"), caTemplate, nil)
	if err != nil {
		t.Fatal(err)
	}
	ending := serverTemplate()
	ending.NotAfter = time.Now().Add(renewBefore - time.Hour)
	if _, err := issue(filepath.Join(folder, "server.pem"), filepath.Join(folder, "server-key.pem"), ending, &authority); err != nil {
		t.Fatal(err)
	}
	ca, err = Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(ca.server.Leaf.NotAfter); left < renewBefore {
		t.Errorf("the certificate in use ends in %v", left)
	}
}
