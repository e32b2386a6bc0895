package testscripts

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/contract"
	"github.com/ascli-go/ascli/testscripts/world"
)

// TestTransferControl changes, pauses, resumes and ends a transfer that a server
// makes, with the commands of `node transfer`.
func TestTransferControl(t *testing.T) {
	if shared.hearing == nil {
		t.Skip("the OpenAPI document of the Node API is not here; $ASCLI_OPENAPI can name its folder")
	}
	folder, err := os.MkdirTemp(shared.sandbox.Files, "control-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	big := filepath.Join(folder, "big.bin")
	// Holes would not be sent: at the rate below it takes a minute.
	if err := os.WriteFile(big, bytes.Repeat([]byte{1}, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	place := "/" + filepath.Base(folder)
	started := ask(t, accessKey, "POST", "/ops/transfers", ownTransfer(t,
		`"paths":[{"source":"`+place+`/big.bin"}],"destination_root":"`+place+`/to","create_dir":true,"target_rate_kbps":1000`))
	var transfer struct{ ID string }
	if err := json.Unmarshal(started.AnswerBody, &transfer); err != nil || transfer.ID == "" {
		t.Fatalf("%v: %s", err, started.AnswerBody)
	}
	home := t.TempDir()
	ascli := func(want string, words ...string) {
		t.Helper()
		args := append([]string{"node", "-Psandbox_ak", "--url=" + shared.hearing.proxy.URL, "transfer"}, words...)
		said, err := world.Ascli(t.Context(), shared.bin, home, shared.sandbox.Config, args...).CombinedOutput()
		if err != nil || !strings.Contains(string(said), want) {
			t.Fatalf("%q: %v\n%s\nwant %s", words, err, said, want)
		}
	}
	judge := contract.NewJudge(shared.hearing.document, contract.NodeDeviations())
	awaitTransfer(t, transfer.ID, hasStatus("running"), judge)
	ascli(transfer.ID, "list", `--query=@json:{"active_only":true}`)
	ascli(transfer.ID, "modify", transfer.ID, `@json:{"target_rate_kbps":2000}`)
	awaitTransfer(t, transfer.ID, func(s transferState) bool { return len(s.Sessions) > 0 && s.Sessions[0].Rate == 2000 }, judge)
	ascli("", "modify", transfer.ID, `@json:{"status":"paused"}`)
	awaitTransfer(t, transfer.ID, hasStatus("paused"), judge)
	ascli("", "modify", transfer.ID, `@json:{"status":"running"}`)
	awaitTransfer(t, transfer.ID, hasStatus("running"), judge)
	ascli("Cancelled", "cancel", transfer.ID)
	awaitTransfer(t, transfer.ID, hasStatus("canceled"), judge)
	ascli("canceled", "show", transfer.ID, "--format=json")
	for _, v := range judge.Broken() {
		t.Errorf("the contract of the Node API is broken:\n%s", v)
	}
}
