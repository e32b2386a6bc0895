package testscripts

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/ascli-go/ascli/sandbox/tlsca"
	"github.com/ascli-go/ascli/testscripts/contract"
	"github.com/ascli-go/ascli/testscripts/world"
)

// hearing lets a judge hear what all scripts say to the sandbox's Node API. It is
// nil without IBM's OpenAPI document: scripts then talk to the sandbox itself.
type hearing struct {
	document *contract.Document
	judge    *contract.Judge
	proxy    *contract.Proxy
	// direct is the URL of the sandbox; trust what its certificate is from.
	direct string
	trust  *tls.Config
	// scripts counts those that ran; operations tells that TestNodeOperations did.
	scripts    atomic.Int32
	operations atomic.Bool
}

// startHearing puts the proxy in front of the sandbox.
func startHearing(sandbox *world.Sandbox) (*hearing, error) {
	folder, err := contract.Folder("..")
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "No contract is checked: the OpenAPI document of the Node API is not here; $ASCLI_OPENAPI can name its folder")
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	document, err := contract.Open(folder)
	if err != nil {
		return nil, err
	}
	h := &hearing{document: document, judge: contract.NewJudge(document, contract.NodeDeviations())}
	if h.direct, err = sandbox.Preset("sandbox_node", "url"); err != nil {
		return nil, err
	}
	ca, err := tlsca.Open(filepath.Join(sandbox.Folder, "tls"))
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(ca.File())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	h.trust = &tls.Config{RootCAs: pool}
	h.proxy, err = contract.StartProxy(h.direct, ca.ServerConfig(), h.trust, h.judge)
	return h, err
}

// begin counts a script.
func (h *hearing) begin() {
	if h != nil {
		h.scripts.Add(1)
	}
}

func (h *hearing) stop() {
	if h != nil {
		h.proxy.Close()
	}
}

// config makes a configuration file lead to the proxy.
func (h *hearing) config(text []byte) []byte {
	if h == nil {
		return text
	}
	return bytes.ReplaceAll(text, []byte(h.direct), []byte(h.proxy.URL))
}

// url is where scripts find the Node API.
func (h *hearing) url(direct string) string {
	if h == nil {
		return direct
	}
	return h.proxy.URL
}

// judgement fails the test if a script broke the contract. When everything ran,
// it also fails if a deviation that is listed did not occur, which keeps the list
// true, or if an operation of the document was not heard.
func (h *hearing) judgement(t *testing.T) {
	if h == nil {
		return
	}
	for _, v := range h.judge.Broken() {
		t.Errorf("the contract of the Node API is broken; mend it, or list it in contract/node.go with the reason:\n%s", v)
	}
	scripts, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if int(h.scripts.Load()) < len(scripts) || !h.operations.Load() || t.Failed() {
		return
	}
	for _, d := range h.judge.Unmet() {
		t.Errorf("this deviation from the contract of the Node API did not occur in any script; add one that shows it, or strike it from contract/node.go:\n%s", d)
	}
	for _, o := range h.judge.Unheard() {
		t.Errorf("no script and no test makes this request of the contract: %s", o)
	}
	t.Logf("%d requests judged", h.judge.Judged())
}
