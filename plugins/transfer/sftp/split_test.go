package sftp

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// largestRequest is what one request carries.
const largestRequest = 64 << 10

// splitContent is of a size that goes over several connections.
func splitContent() []byte {
	content := make([]byte, splitSize+12345)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	return content
}

func sameFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has other content: %d bytes, want %d", filepath.Base(path), len(got), len(want))
	}
}

// A single large file goes over all connections, and one that breaks costs no more
// than what was under way.
func TestSplitFile(t *testing.T) {
	t.Parallel()
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		content := splitContent()
		writeFile(t, filepath.Join(from, "big"), content)
		proxy := through(t, b)
		spec := specOf(direction, to, []string{filepath.Join(from, "big")})
		// The file goes slowly until its second connection has joined, which else
		// might come too late.
		var step func()
		at := int64(0)
		step = func() {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			look := time.NewTicker(time.Millisecond)
			defer look.Stop()
			for proxy.busy(100<<10) < 2 && ctx.Err() == nil {
				<-look.C
			}
			if at += 1 << 20; at < splitSize/2 {
				proxy.when(at, step)
			} else {
				proxy.when(at, proxy.cut)
			}
		}
		proxy.after(at, step)
		if r := b.run(t.Context(), spec, `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		sameFile(t, filepath.Join(to, "big"), content)
		if n := proxy.busy(4 << 20); n < 3 {
			t.Errorf("%d connections carried the file, want two and after the cut another one", n)
		}
		if again := proxy.passed() - int64(len(content)); again > splitWindow*64<<10+16<<20 {
			t.Errorf("%d bytes were sent again", again)
		}
	})
}

// The end of a part that came over several connections may have holes.
func TestHolesInPart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	content := splitContent()
	source := filepath.Join(b.here, "big")
	writeFile(t, source, content)
	stat, err := os.Stat(source)
	if err != nil {
		t.Fatal(err)
	}
	part := bytes.Clone(content[:100<<20])
	for chunk := range splitWindow - 1 {
		if chunk%2 == 0 {
			end := len(part) - chunk*largestRequest
			clear(part[end-2*largestRequest : end-largestRequest])
		}
	}
	writeFile(t, filepath.Join(b.there, "big.partial"), part)
	writeFile(t, filepath.Join(b.there, "big.partial.info"), sourceInfo{int64(len(content)), stat.ModTime().Unix()}.text())
	proxy := through(t, b)
	if r := b.run(t.Context(), specOf("send", b.there, []string{source}), `{}`); r.err != nil {
		t.Fatal(r.err)
	}
	sameFile(t, filepath.Join(b.there, "big"), content)
	if sent, missing := proxy.passed(), int64(len(content)-len(part)); sent > missing+splitWindow*largestRequest+4<<20 {
		t.Errorf("%d bytes were sent, %d were missing", sent, missing)
	}
}
