package sftp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const bigSize = 24 << 20

// A connection that breaks costs what was under way, not what has arrived.
func TestCutConnection(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		content := string(randomBytes(bigSize))
		writeFile(t, filepath.Join(from, "big"), []byte(content))
		proxy := through(t, b)
		for _, percent := range []int64{10, 50, 90} {
			t.Run(fmt.Sprint(percent), func(t *testing.T) {
				to := filepath.Join(to, fmt.Sprint(percent))
				cutAt := bigSize * percent / 100
				proxy.after(cutAt, proxy.cut)
				r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "big")}), `{}`)
				if r.err != nil {
					t.Fatal(r.err)
				}
				sameTree(t, tree(t, to), map[string]string{"big": content})
				// A window of one file and of the channel may be lost.
				if again := proxy.passed() - bigSize; again > window*64<<10+4<<20 {
					t.Errorf("%d bytes were sent again", again)
				}
				if n := r.count(transfer.Retry); n != 1 {
					t.Errorf("%d retries were told", n)
				}
				if moved := r.last(transfer.Transfer); moved.Bytes != bigSize {
					t.Errorf("%d bytes were told", moved.Bytes)
				}
			})
		}
	})
}

// What an interrupted job has moved, a later one does not move again.
func TestInterruptedJob(t *testing.T) {
	for _, policy := range []string{resumeAttrs, resumeSparse, resumeFull, resumeNone} {
		t.Run(policy, func(t *testing.T) {
			directions(t, func(t *testing.T, b *bench, direction, from, to string) {
				content := string(randomBytes(bigSize))
				writeFile(t, filepath.Join(from, "big"), []byte(content))
				proxy := through(t, b)
				ctx, cancel := context.WithCancel(t.Context())
				proxy.after(bigSize/2, cancel)
				spec := specOf(direction, to, []string{filepath.Join(from, "big")}, "resume_policy", policy)
				r := b.run(ctx, spec, `{}`)
				if failed := failure.As(r.err); failed == nil || failed.Label != failure.Interruption {
					t.Fatalf("the interrupted job gives %v", r.err)
				}
				names := tree(t, to)
				if _, complete := names["big"]; complete || names["big.partial"] == "" {
					t.Errorf("the interrupted job leaves %d names", len(names))
				}
				proxy.after(0, nil)
				if r := b.run(t.Context(), spec, `{}`); r.err != nil {
					t.Fatal(r.err)
				}
				sameTree(t, tree(t, to), map[string]string{"big": content})
				again := proxy.passed()
				resumed := again < bigSize*8/10
				if want := policy == resumeAttrs || policy == resumeSparse; policy != resumeFull && resumed != want {
					t.Errorf("%d bytes passed the second time", again)
				}
			})
		})
	}
}

// A part of another version of the source is not completed.
func TestPartOfAnotherFile(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		for _, policy := range []string{resumeAttrs, resumeSparse, resumeFull} {
			t.Run(policy, func(t *testing.T) {
				to := t.TempDir()
				content := string(randomBytes(3 << 20))
				writeFile(t, filepath.Join(from, "big"), []byte(content))
				info := sourceInfo{Size: 3 << 20, Modified: 1}
				if policy == resumeSparse {
					// The info fits, the content does not.
					stat, err := os.Stat(filepath.Join(from, "big"))
					if err != nil {
						t.Fatal(err)
					}
					info.Modified = stat.ModTime().Unix()
				}
				writeFile(t, filepath.Join(to, "big.partial"), randomBytes(2<<20))
				writeFile(t, filepath.Join(to, "big.partial.info"), info.text())
				r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "big")}, "resume_policy", policy), `{}`)
				if r.err != nil {
					t.Fatal(r.err)
				}
				sameTree(t, tree(t, to), map[string]string{"big": content})
			})
		}
	})
}

func TestRetriesExhausted(t *testing.T) {
	b := newBench(t)
	proxy := through(t, b)
	proxy.listener.Close()
	writeFile(t, filepath.Join(b.here, "f"), nil)
	r := b.run(t.Context(), specOf("send", b.there, []string{filepath.Join(b.here, "f")}), `{"resume":{"iter_max":2}}`)
	var failed *transfer.Error
	if !errors.As(r.err, &failed) || failed.Code != codeNoConnection || !strings.Contains(failed.Message, "Maximum number of retry reached (2)") {
		t.Errorf("got %v", r.err)
	}
	if n := r.count(transfer.Retry); n != 2 {
		t.Errorf("%d retries", n)
	}
}

// A source that changes while it is read is a failed file, never a mixture.
func TestUnstableSource(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string){
		"grows": func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("more")
				f.Close()
			}
			if err != nil {
				t.Error(err)
			}
		},
		"shrinks": func(t *testing.T, path string) {
			if err := os.Truncate(path, 1000); err != nil {
				t.Error(err)
			}
		},
		"vanishes": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			directions(t, func(t *testing.T, b *bench, direction, from, to string) {
				path := filepath.Join(from, "big")
				writeFile(t, path, randomBytes(bigSize))
				writeFile(t, filepath.Join(from, "other"), []byte("x"))
				proxy := through(t, b)
				proxy.after(bigSize/4, func() { change(t, path) })
				r := b.run(t.Context(), specOf(direction, to, []string{path, filepath.Join(from, "other")}), `{}`)
				if code(r.err) != codeSomeFiles || !strings.Contains(r.err.Error(), path) {
					t.Errorf("got %d: %v", code(r.err), r.err)
				}
				sameTree(t, tree(t, to), map[string]string{"other": "x"})
			})
		})
	}
}

func TestMissingSource(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		none, one := filepath.Join(from, "none"), filepath.Join(from, "one")
		r := b.run(t.Context(), specOf(direction, to, []string{none}), `{}`)
		if code(r.err) != codeNoSuchFile || !strings.Contains(r.err.Error(), none) {
			t.Errorf("got %d: %v", code(r.err), r.err)
		}
		writeFile(t, one, []byte("1"))
		r = b.run(t.Context(), specOf(direction, to, []string{none, one}), `{}`)
		if code(r.err) != codeSomeFiles || !strings.Contains(r.err.Error(), none) {
			t.Errorf("got %d: %v", code(r.err), r.err)
		}
		sameTree(t, tree(t, to), map[string]string{"one": "1"})
		// Without create_dir the destination folder must be there.
		r = b.run(t.Context(), specOf(direction, filepath.Join(to, "new"), []string{one}, "create_dir", false), `{}`)
		if code(r.err) != codeNoSuchFile {
			t.Errorf("got %d: %v", code(r.err), r.err)
		}
		// A file in the place of the folder, a folder in the place of a file.
		r = b.run(t.Context(), specOf(direction, filepath.Join(to, "one"), []string{one}), `{}`)
		if code(r.err) != codeNotFolder {
			t.Errorf("got %d: %v", code(r.err), r.err)
		}
		writeFile(t, filepath.Join(to, "dir", "one", "x"), nil)
		r = b.run(t.Context(), specOf(direction, filepath.Join(to, "dir"), []string{one}), `{}`)
		if code(r.err) != codeIsFolder {
			t.Errorf("got %d: %v", code(r.err), r.err)
		}
	})
}
