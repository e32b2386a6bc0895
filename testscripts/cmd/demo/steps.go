package main

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/testscripts/world"
)

const bigSize = 100 << 20

// demo is the story so far. After the first error nothing runs any more.
type demo struct {
	ctx         context.Context
	bin, folder string
	sandbox     *world.Sandbox
	chapter     int
	err         error
}

func (d *demo) say(text string) {
	if d.err == nil {
		d.chapter++
		fmt.Printf("\n%d. %s\n", d.chapter, text)
	}
}

// ascli runs one command line, shown as a user would type it.
func (d *demo) ascli(args ...string) {
	if d.err != nil {
		return
	}
	var typed []string
	for _, a := range args {
		if strings.ContainsAny(a, " *") {
			a = "'" + a + "'"
		}
		typed = append(typed, a)
	}
	fmt.Println("   $ ascli", strings.Join(typed, " "))
	cmd := world.Ascli(d.ctx, d.bin, filepath.Join(d.folder, "home"), d.sandbox.Config, args...)
	cmd.Dir = filepath.Join(d.folder, "local")
	out, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		fmt.Print("     ", line)
	}
	if err != nil {
		d.err = fmt.Errorf("ascli %s: %w", strings.Join(args, " "), err)
	}
}

// makeFiles writes what the story sends.
func makeFiles(folder string) error {
	if err := os.MkdirAll(filepath.Join(folder, "tree"), 0o755); err != nil {
		return err
	}
	big, err := os.Create(filepath.Join(folder, "big.bin"))
	if err != nil {
		return err
	}
	if _, err := io.CopyN(big, rand.Reader, bigSize); err != nil {
		return err
	}
	if err := big.Close(); err != nil {
		return err
	}
	places := []string{".", "with blanks", "日本語/naïve", "deep/er/and/deep er", "ελληνικά"}
	for i := range 200 {
		place := filepath.Join(folder, "tree", filepath.FromSlash(places[i%len(places)]))
		if err := os.MkdirAll(place, 0o755); err != nil {
			return err
		}
		name := fmt.Sprintf("file %03d é.txt", i)
		content := strings.Repeat(fmt.Sprintf("line of file %d\n", i), i*7)
		if err := os.WriteFile(filepath.Join(place, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare checks that two folders hold the same files with the same content.
func (d *demo) compare(want, got string) {
	if d.err != nil {
		return
	}
	sent, err := checksums(filepath.Join(d.folder, want))
	if err != nil {
		d.err = err
		return
	}
	back, err := checksums(filepath.Join(d.folder, got))
	if err != nil {
		d.err = err
		return
	}
	for name, sum := range sent {
		switch other, ok := back[name]; {
		case !ok:
			d.err = fmt.Errorf("%s did not come back in %s", name, got)
		case other != sum:
			d.err = fmt.Errorf("%s came back different in %s", name, got)
		}
	}
	for name := range back {
		if _, ok := sent[name]; !ok {
			d.err = fmt.Errorf("%s came back in %s but was never sent", name, got)
		}
	}
	if d.err == nil {
		fmt.Printf("   = %d files, SHA-256 of each the same\n", len(sent))
	}
}

func checksums(folder string) (map[string][sha256.Size]byte, error) {
	sums := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		sums[name] = [sha256.Size]byte(h.Sum(nil))
		return err
	})
	return sums, err
}

// unzipAll unpacks the archives in a folder and removes them.
func unzipAll(folder string) error {
	archives, err := filepath.Glob(filepath.Join(folder, "*.zip"))
	if err != nil {
		return err
	}
	for _, archive := range archives {
		z, err := zip.OpenReader(archive)
		if err != nil {
			return err
		}
		if err := os.CopyFS(folder, z); err != nil {
			z.Close()
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if err := os.Remove(archive); err != nil {
			return err
		}
	}
	return nil
}
