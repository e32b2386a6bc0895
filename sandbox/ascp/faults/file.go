package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

const (
	// FileName is the name of the file of rules, in the folder of the program.
	FileName = "ascp-faults.json"

	maxFile = 1 << 20
	// lockTimeout is how long the other runs may hold the file.
	lockTimeout = 10 * time.Second
	lockPause   = 10 * time.Millisecond
)

// Write makes the file of rules in a folder, or removes it if there are none.
func Write(folder string, rules []Rule) error {
	name := filepath.Join(folder, FileName)
	if len(rules) == 0 {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the faults of ascp: %w", err)
		}
		return nil
	}
	return write(name, rules)
}

func write(name string, rules []Rule) error {
	text, err := json.MarshalIndent(rules, "", " ")
	if err != nil {
		return fmt.Errorf("faults of ascp: %w", err)
	}
	return atomicfile.Write(name, append(text, '\n'))
}

// Take gives the rule for this run, and notes in the file that it was used.
// Without a file, or when all rules are used up, it is one of kind [None].
func Take(ctx context.Context, name string) (Rule, error) {
	nothing := Rule{Kind: None}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nothing, nil
	}
	lock := flock.New(name+".lock", flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, lockPause); err != nil {
		return nothing, fmt.Errorf("lock the faults of ascp: %w", err)
	}
	defer lock.Close()
	rules, err := read(name)
	if err != nil {
		return nothing, err
	}
	for at, r := range rules {
		if r.Times > 0 && r.Used >= r.Times {
			continue
		}
		rules[at].Used++
		return r, write(name, rules)
	}
	return nothing, nil
}

func read(name string) ([]Rule, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // it was removed meanwhile
	}
	if err != nil {
		return nil, fmt.Errorf("faults of ascp: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, fmt.Errorf("faults of ascp: %w", err)
	}
	rules, err := parseAll(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rules, nil
}
