// Command demo moves real files through every layer of ascli and tells the
// story: upload, list and download, with two agents, over both generations of
// the Node API. It fails when a single byte differs.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/ascli-go/ascli/testscripts/world"
)

// limit bounds the whole story.
const limit = 3 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := time.Now()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo: FAILED:", err)
		stop()
		os.Exit(1)
	}
	fmt.Printf("\nEverything came back as it went, in %.1f s.\n", time.Since(start).Seconds())
}

func run(ctx context.Context) (err error) {
	bin, err := world.Bin()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "ascli-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	d := &demo{ctx: ctx, bin: bin, folder: folder}
	d.say("A sandbox starts: Node API, HTTP gateway and SSH server on loopback, with a stand-in for ascp")
	if d.sandbox, err = world.Start(ctx, bin, filepath.Join(folder, "sandbox")); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, d.sandbox.Stop())
	}()
	d.say("Files to send: one of 100 MB, and a tree of 200 with empty files, blanks and names in other scripts")
	if err := makeFiles(filepath.Join(folder, "local")); err != nil {
		return err
	}
	d.ascli("config", "preset", "overview")
	for _, agent := range []string{"direct", "httpgw"} {
		d.story(agent)
	}
	return d.err
}

// story sends, lists, fetches and compares with one agent.
func (d *demo) story(agent string) {
	var flags []string
	if agent == "httpgw" {
		flags = []string{"--preset=sandbox_gateway"}
	}
	remote3, remote4 := "/by_path_"+agent, "/by_id_"+agent
	d.say("Agent " + agent + ", by path (gen3): a node user sends")
	d.ascli("node", "mkdir", remote3, remote4)
	d.ascli(append([]string{"node", "upload", "big.bin", "tree", "--to-folder=" + remote3}, flags...)...)
	d.ascli("node", "browse", remote3, "--fields=path,type,size")

	d.say("Agent " + agent + ", by file id (gen4): an access key sends")
	gen4 := func(words ...string) []string {
		return append(append([]string{"node", "--preset=sandbox_ak", "access_keys", "do", "self"}, words...), flags...)
	}
	d.ascli(gen4("upload", "big.bin", "tree", "--to-folder="+remote4)...)
	d.ascli(gen4("browse", remote4)...)
	d.ascli(gen4("find", remote4, "*77 é.txt", "--format=csv")...)

	d.say("Agent " + agent + ": both come back, and every file is compared")
	d.fetch(agent, remote3, func(to string) []string {
		return append([]string{"node", "download", remote3 + "/big.bin", remote3 + "/tree", "--to-folder=" + to}, flags...)
	})
	d.fetch(agent, remote4, func(to string) []string {
		return gen4("download", remote4, "big.bin", "tree", "--to-folder="+to)
	})
	d.say("Agent " + agent + ": and it is cleaned up")
	d.ascli("node", "delete", remote3, remote4)
}

// fetch downloads into a new folder and compares. A gateway delivers several
// files as one zip archive, which is unpacked first.
func (d *demo) fetch(agent, remote string, words func(to string) []string) {
	to := "back" + strings.ReplaceAll(remote, "/", "_")
	if d.err != nil {
		return
	}
	if d.err = os.Mkdir(filepath.Join(d.folder, to), 0o755); d.err != nil {
		return
	}
	d.ascli(words("../" + to)...)
	if agent == "httpgw" && d.err == nil {
		d.err = unzipAll(filepath.Join(d.folder, to))
	}
	d.compare("local", to)
}
