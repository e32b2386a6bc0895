package certificate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/certificate"
)

func TestForHost(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			made, err := certificate.ForHost(host)
			if err != nil {
				t.Fatal(err)
			}
			own, err := x509.ParseCertificate(made.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			trusted := x509.NewCertPool()
			trusted.AddCert(own)
			if _, err := own.Verify(x509.VerifyOptions{DNSName: host, Roots: trusted}); err != nil {
				t.Error(err)
			}
			if own.VerifyHostname("example.com") == nil {
				t.Error("it is also one of example.com")
			}
		})
	}
}

func TestOf(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serials := map[string]bool{}
	for range 2 {
		der, err := certificate.Of(key)
		if err != nil {
			t.Fatal(err)
		}
		own, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if own.CheckSignatureFrom(own) != nil || own.Subject.String() != "CN=Test,OU=Test,O=Test,C=FR" || own.NotAfter.Before(time.Now().AddDate(0, 11, 0)) {
			t.Errorf("got %s, until %s", own.Subject, own.NotAfter)
		}
		serials[own.SerialNumber.String()] = true
	}
	if len(serials) != 2 {
		t.Error("two certificates have one serial number")
	}
}
