//go:build unix

package command_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest/proxytest"
)

// The host and its plugins reach a server through a real proxy that only the
// script of option fpac knows.
func TestProxyScript(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "through") }))
	t.Cleanup(server.Close)
	proxy := proxytest.Start(t, map[string]string{"192.0.2.1:443": server.Listener.Addr().String()})
	m := withDemo(t, "")
	script := `function FindProxyForURL(url, host) { return "PROXY ` + proxy.Address + `"; }`
	options := []string{"--insecure=yes", "--warn-insecure=no", "--silent-insecure=no", "--fpac=" + script,
		"--http-options=@json:" + string(record.JSON(proxytest.HTTPOptions()))}
	right := append([]string{"--proxy-credentials=@list:," + proxytest.User + "," + proxytest.Password}, options...)
	wrong := append([]string{"--proxy-credentials=@list:," + proxytest.User + ",wr0ng"}, options...)

	saved := filepath.Join(t.TempDir(), "saved")
	download := []string{"config", "download", "https://192.0.2.1/x", saved}
	check(t, m, m.run(t, append(download, right...)...), outcome{0, "Saved to: " + saved + "\n", ""})
	if got := m.read(t, saved); got != "through" {
		t.Errorf("saved %q", got)
	}
	check(t, m, m.run(t, append([]string{"demo", "fetch", "--url=https://192.0.2.1"}, right...)...), outcome{0, "through\n", ""})
	if log := proxy.Log(t); strings.Count(log, "CONNECT 192.0.2.1:443") < 2 {
		t.Errorf("log of the proxy: %s", log)
	}
	for _, words := range [][]string{download, {"demo", "fetch", "--url=https://192.0.2.1"}} {
		got := m.run(t, append(words, wrong...)...)
		if got.status != 1 || !strings.Contains(got.err, "proxy_credentials") || strings.Contains(got.err, "wr0ng") {
			t.Errorf("%v with a wrong password: %d %s", words, got.status, got.err)
		}
	}
	check(t, m, m.run(t, append([]string{"config", "proxy_check", "https://192.0.2.1"}, right...)...), outcome{0, "PROXY " + proxy.Address + "\n", ""})
}
