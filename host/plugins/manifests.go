package plugins

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ascli-go/ascli/host/atomicfile"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/wire"
)

// describeTimeout bounds `ascli-plugin-NAME describe`.
const describeTimeout = 10 * time.Second

// Manifests reads the manifests of programs and remembers them on disk.
type Manifests struct {
	// Cache is the folder of remembered manifests; it is made when needed.
	Cache string
}

// Of returns the manifest of a program: the remembered one while the program's
// path, size and modification time are the same, else what `describe` prints.
func (m Manifests) Of(ctx context.Context, p Program) (*ascliv1.Manifest, error) {
	info, err := os.Stat(p.Path)
	if err != nil {
		return nil, failure.Toolf("plugin %s: %w", p.Name, err)
	}
	key := fmt.Sprintf("%s\x00%d\x00%d", p.Path, info.Size(), info.ModTime().UnixNano())
	sum := sha256.Sum256([]byte(key))
	file := filepath.Join(m.Cache, p.Name+"-"+hex.EncodeToString(sum[:12])+".pb")
	if text, err := os.ReadFile(file); err == nil {
		var known ascliv1.Manifest
		if proto.Unmarshal(text, &known) == nil && known.Name == p.Name {
			return &known, checkProtocol(&known)
		}
	}
	manifest, err := describe(ctx, p, describeTimeout)
	if err != nil {
		return nil, err
	}
	m.remember(file, p.Name, manifest)
	return manifest, checkProtocol(manifest)
}

// Described is a program with its manifest, or why it has none.
type Described struct {
	Program  Program
	Manifest *ascliv1.Manifest
	Err      error
}

// All returns the manifests of programs, in their order. Those that are not
// remembered are asked for at once.
func (m Manifests) All(ctx context.Context, programs []Program) []Described {
	list := make([]Described, len(programs))
	var asked sync.WaitGroup
	for i, p := range programs {
		asked.Go(func() {
			manifest, err := m.Of(ctx, p)
			list[i] = Described{p, manifest, err}
		})
	}
	asked.Wait()
	return list
}

// remember drops the manifests of older builds. It may fail: the next run
// describes again.
func (m Manifests) remember(file, name string, manifest *ascliv1.Manifest) {
	text, err := proto.Marshal(manifest)
	if err != nil || os.MkdirAll(m.Cache, 0o700) != nil {
		return
	}
	if old, err := filepath.Glob(filepath.Join(m.Cache, name+"-*.pb")); err == nil {
		for _, o := range old {
			os.Remove(o)
		}
	}
	// Without it the next run describes again.
	_ = atomicfile.Write(file, text)
}

// describe asks a program for its manifest, which it has to give within limit.
func describe(ctx context.Context, p Program, limit time.Duration) (*ascliv1.Manifest, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, p.Path, "describe")
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	text, err := cmd.Output()
	if ctx.Err() == context.DeadlineExceeded {
		return nil, failure.Toolf("plugin %s: `%s describe` gave no answer in %s", p.Name, p.Path, limit)
	}
	if err != nil {
		return nil, failure.Toolf("plugin %s: `%s describe` failed: %w%s", p.Name, p.Path, err, lastLines(stderr.String()))
	}
	var m ascliv1.Manifest
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, &m); err != nil {
		return nil, failure.Toolf("plugin %s: `%s describe` printed no manifest: %w", p.Name, p.Path, err)
	}
	if m.Name != p.Name {
		return nil, failure.Toolf("plugin %s: its manifest says %q: rename the file to %s%s", p.Name, m.Name, prefix, m.Name)
	}
	return &m, nil
}

// checkProtocol says which side to upgrade when no protocol version is common.
func checkProtocol(m *ascliv1.Manifest) error {
	if wire.Supports(m.ProtocolVersions) {
		return nil
	}
	return mismatch(m.Name, m.ProtocolVersions)
}

func mismatch(name string, theirs []uint32) error {
	ours := wire.ProtocolVersions()
	upgrade := "upgrade plugin " + name
	for _, v := range theirs {
		if v > ours[len(ours)-1] {
			upgrade = "upgrade ascli"
		}
	}
	return failure.Toolf("plugin %s speaks protocol version %s, ascli speaks %s: %s", name, versions(theirs), versions(ours), upgrade)
}

func versions(list []uint32) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Trim(fmt.Sprint(list), "[]")
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return ""
	}
	return "\n" + strings.Join(lines[max(0, len(lines)-stderrLines):], "\n")
}
